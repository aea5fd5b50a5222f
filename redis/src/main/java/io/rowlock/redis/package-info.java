/**
 * The {@linkplain io.rowlock.cache.SharedTier tier that all processes share}, on Redis 6.2 or newer.
 *
 * <p>{@link io.rowlock.redis.RedisTier} is one Lua script a step, each on one key. Deadlines are judged by the server's TIME. Every call has a bound
 * ({@link io.rowlock.redis.RedisTierOptions#callMax}); a connection that did not answer in time is given up and not trusted again before it
 * has been asked which server it leads to.
 *
 * <p>A {@code Link} is two connections to one server. {@code Links} are those that the tier has at a time, one or one for each master of a cluster,
 * which live and end together; {@code SlotMap} says which has a key.
 *
 * <p>This is the only module that knows Lettuce.
 */
package io.rowlock.redis;
