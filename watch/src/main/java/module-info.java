/** Records what any JDBC program does at its database. Knows nothing of the guards. */
@org.jspecify.annotations.NullMarked
module io.rowlock.watch {
    requires transitive java.sql;
    requires transitive io.rowlock.dialect;
    requires static transitive org.jspecify;
    requires net.ttddyy.dsproxy;
    requires net.sf.jsqlparser;

    exports io.rowlock.watch;
    exports io.rowlock.watch.jdbc;
    exports io.rowlock.watch.sql;
    exports io.rowlock.watch.trace;
}
