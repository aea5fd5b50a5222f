/** Placeholder. */
@org.jspecify.annotations.NullMarked
module io.rowlock.dialect {
    requires static transitive org.jspecify;
}
