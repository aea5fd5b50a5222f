/** Guards over JDBC: units of work, versioned rows, keys held in this JVM. Depends on the JDK only. */
@org.jspecify.annotations.NullMarked
module io.rowlock.core {
    requires transitive java.sql;
    requires transitive io.rowlock.dialect;
    requires static transitive org.jspecify;

    exports io.rowlock;
    exports io.rowlock.batch;
    exports io.rowlock.claim;
    exports io.rowlock.companion;
    exports io.rowlock.event;
    exports io.rowlock.lease;
    exports io.rowlock.once;
}
