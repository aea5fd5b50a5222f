/** Placeholder. */
@org.jspecify.annotations.NullMarked
module io.rowlock {
    requires static transitive org.jspecify;
}
