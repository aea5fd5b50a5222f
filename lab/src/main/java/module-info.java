/** Every meaningfully different interleaving of real code on a real database. */
@org.jspecify.annotations.NullMarked
module io.rowlock.lab {
    requires java.management;
    requires transitive java.sql;
    requires transitive io.rowlock.dialect;
    requires transitive io.rowlock.watch;
    requires com.zaxxer.hikari;
    requires static org.checkerframework.checker.qual;
    requires static org.postgresql.jdbc;
    requires tools.jackson.core;
    requires static org.xerial.sqlitejdbc;
    requires static transitive org.jspecify;
    requires static transitive org.junit.jupiter.api;

    exports io.rowlock.lab;
    exports io.rowlock.lab.cache;
    exports io.rowlock.lab.hermitage;
    exports io.rowlock.lab.junit;
    exports io.rowlock.lab.matrix;
    exports io.rowlock.lab.report;
    exports io.rowlock.lab.spec;

    uses io.rowlock.lab.junit.RaceDatabases;
}
