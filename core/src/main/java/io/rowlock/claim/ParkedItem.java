package io.rowlock.claim;

import java.time.Instant;

/**
 * An item that was tried too often. It is not taken any more until somebody {@linkplain Claims#unpark says so}.
 *
 * @param item as it is now
 * @param key its key
 * @param attempts how often it was tried
 * @param reason what the last try failed of, or that its claim ran out
 * @param parkedAt when that was, by the database's clock
 */
public record ParkedItem<T, K>(T item, K key, int attempts, String reason, Instant parkedAt) {}
