package io.rowlock.lab.cache;

import java.util.Optional;

/**
 * What came of one case.
 *
 * @param name of the cache
 * @param runs how many there were
 * @param stale how many ended with a value in the cache that is older than the database's
 * @param servedOld in how many a reader that began after a writer had ended was served what was there before
 * @param shortest of the runs that ended stale, the shortest
 */
public record CaseResult(
        String name, CacheCase checked, long runs, long stale, long servedOld, Optional<CacheRun> shortest) {
    /** As {@code 228/420}. */
    @Override
    public String toString() {
        return stale + "/" + runs;
    }
}
