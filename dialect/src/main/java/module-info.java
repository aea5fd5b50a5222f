/** What each database engine does. */
@org.jspecify.annotations.NullMarked
module io.rowlock.dialect {
    requires static transitive org.jspecify;

    exports io.rowlock.dialect;
}
