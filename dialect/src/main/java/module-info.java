/** What each database engine does: its failures, its isolation levels and the switches that change them. */
@org.jspecify.annotations.NullMarked
module io.rowlock.dialect {
    requires transitive java.sql;
    requires static transitive org.jspecify;

    exports io.rowlock.dialect;
}
