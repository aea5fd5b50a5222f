/**
 * Whether a cache can keep what is stale: any cache, under every interleaving of a few readers and writers with its database.
 *
 * <p>A cache is shown by five methods ({@link io.rowlock.lab.cache.CacheAdapter}): what a reader does when it looks and when it fills, what
 * a writer does before its commit and after, and that a key is evicted. The database is one committed register, whose value is its own
 * version. A {@link io.rowlock.lab.cache.CacheCase} says who takes part and what goes wrong: a writer that dies at each of its steps, an
 * eviction at each moment, a step of a writer's that the store forgets, readers whose snapshot is older than their look. A
 * {@link io.rowlock.lab.cache.CacheCheck} runs all of it, from an empty cache and from a warm one, counts the runs that leave a stale value
 * behind, and shows the shortest of them as a story and as a test.
 *
 * <p>{@link io.rowlock.lab.cache.CommonPatterns} has the ways in which caches are mostly kept, to be run on any store.
 */
package io.rowlock.lab.cache;
