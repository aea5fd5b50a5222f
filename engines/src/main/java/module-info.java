/** Real database servers for tests, without containers, and what tests of concurrency need. */
@org.jspecify.annotations.NullMarked
module io.rowlock.engines {
    requires transitive com.zaxxer.hikari;
    requires transitive io.rowlock.dialect;
    requires transitive java.sql;
    requires org.tukaani.xz;
    requires static transitive org.jspecify;
    requires static transitive org.junit.jupiter.api;

    exports io.rowlock.engines;
}
