/** Placeholder. */
@org.jspecify.annotations.NullMarked
module io.rowlock.engines {
    requires static transitive org.jspecify;
}
