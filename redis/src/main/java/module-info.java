/** The tier of the coherent cache that all processes share, on Redis. */
@org.jspecify.annotations.NullMarked
module io.rowlock.redis {
    requires transitive io.rowlock.cache;
    requires lettuce.core;
    requires static transitive org.jspecify;

    exports io.rowlock.redis;
}
