/** A cache over a database in which no stale value stays. */
@org.jspecify.annotations.NullMarked
module io.rowlock.cache {
    requires transitive io.rowlock.core;
    requires com.github.benmanes.caffeine;
    requires static transitive org.jspecify;

    exports io.rowlock.cache;
}
