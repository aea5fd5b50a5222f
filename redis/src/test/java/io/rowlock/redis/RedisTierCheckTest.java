package io.rowlock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.cache.MemoryTier;
import io.rowlock.cache.SharedTier;
import io.rowlock.cache.SharedTier.TierKey;
import io.rowlock.lab.cache.CacheCase;
import io.rowlock.lab.cache.CacheCheck;
import io.rowlock.lab.cache.CaseResult;
import io.rowlock.lab.cache.CommonPatterns;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The usual ways to keep a cache, and ours, under every interleaving on a real Redis. The counts of the usual ones were had before, by
 * another program on another Redis.
 */
class RedisTierCheckTest {
    /** All of them are 54,000 runs, most of them in four large cells: on demand. */
    private static final boolean ALL = Boolean.getBoolean("rowlock.check.all");

    private static final CacheCase TWO_READERS = CacheCase.of(2, 1);
    private static final CacheCase TWO_WRITERS = CacheCase.of(1, 2);
    private static final CacheCase TWO_WRITERS_ONE_DIES = CacheCase.of(1, 2).withCrash();

    private static String counts(CommonPatterns pattern, Keys keys, CacheCase... cases) {
        CacheCheck check = pattern.check(keys::store);
        return Arrays.stream(cases).map(one -> check.run(one).toString()).collect(Collectors.joining(" "));
    }

    private static String small(CommonPatterns pattern, Keys keys) {
        return counts(
                pattern,
                keys,
                CacheCase.of(1, 1),
                CacheCase.of(1, 1).withCrash(),
                CacheCase.of(1, 1).withEviction(),
                CacheCase.of(1, 1).withOldSnapshots());
    }

    @Test
    @Timeout(120)
    void theUsualWaysLeaveStaleValuesOnARealRedisToo() {
        try (Keys keys = Keys.shared()) {
            assertThat(small(CommonPatterns.DELETE_FIRST, keys)).startsWith("8/20 0/40 40/120");
            assertThat(small(CommonPatterns.CACHE_ASIDE, keys)).isEqualTo("1/20 13/40 6/120 7/30");
            assertThat(small(CommonPatterns.DOUBLE_DELETE, keys)).startsWith("4/40 12/120 26/280");
            assertThat(small(CommonPatterns.WRITE_THROUGH, keys)).startsWith("1/20 13/40 6/120");
            assertThat(small(CommonPatterns.FILL_IF_ABSENT, keys)).startsWith("1/20 13/40 6/120");
            assertThat(small(CommonPatterns.FILL_UNLESS_NEWER, keys)).isEqualTo("1/20 13/40 6/120 7/30");
            assertThat(small(CommonPatterns.SET_UNLESS_NEWER, keys)).isEqualTo("0/20 13/40 1/120 0/30");
            assertThat(small(CommonPatterns.TOMBSTONE, keys)).isEqualTo("0/20 13/40 1/120 0/30");
        }
    }

    @Test
    @Timeout(300)
    @EnabledIfSystemProperty(named = "rowlock.check.all", matches = "true")
    void andAsOftenInTheLargeCells() {
        CacheCase[] large = {TWO_READERS, TWO_WRITERS, TWO_WRITERS_ONE_DIES};
        try (Keys keys = Keys.shared()) {
            assertThat(counts(CommonPatterns.DELETE_FIRST, keys, large)).isEqualTo("490/1120 228/420 344/840");
            assertThat(counts(CommonPatterns.CACHE_ASIDE, keys, large)).isEqualTo("70/1120 26/420 66/840");
            assertThat(counts(CommonPatterns.DOUBLE_DELETE, keys, large)).isEqualTo("458/3360 392/3360 1412/10080");
            assertThat(counts(CommonPatterns.WRITE_THROUGH, keys, large)).isEqualTo("74/1120 138/420 214/840");
            assertThat(counts(CommonPatterns.FILL_IF_ABSENT, keys, large)).isEqualTo("80/1120 26/420 66/840");
            assertThat(counts(CommonPatterns.FILL_UNLESS_NEWER, keys, large)).isEqualTo("52/1120 26/420 66/840");
            assertThat(counts(CommonPatterns.SET_UNLESS_NEWER, keys, large)).isEqualTo("0/1120 0/420 165/840");
            assertThat(counts(CommonPatterns.TOMBSTONE, keys, large)).isEqualTo("0/1120 0/420 36/840");
        }
    }

    @Test
    @Timeout(300)
    void oursLeavesNoneAndServesNothingOldAfterAnAcknowledgement() {
        try (Keys keys = Keys.shared()) {
            requireNoneLeft(keys);
        }
    }

    @Test
    @Timeout(300)
    void norOnACluster() {
        try (Cluster cluster = new Cluster(3, 0);
                Keys keys = new Keys(cluster)) {
            requireNoneLeft(keys);
        }
    }

    /** Which is what makes it stand for Redis in the lab. */
    @Test
    void aStoreInMemoryDoesWhatRedisDoes() {
        MemoryTier store = new MemoryTier();
        try (MemoryTier.Line line = store.line()) {
            assertThat(line.identity()).isNotEmpty();
            requireNoneLeft(line, number -> store.forgetAll());
        }
    }

    private static void requireNoneLeft(Keys keys) {
        try (RedisTier tier = keys.tier()) {
            requireNoneLeft(
                    tier, number -> keys.redis().del(keys.at(new TierKey("", "check", 1, Long.toString(number)))));
        }
    }

    private static void requireNoneLeft(SharedTier tier, LongConsumer evict) {
        AtomicLong numbers = new AtomicLong();
        CacheCheck ours = TierAdapter.check(tier, numbers::incrementAndGet, evict);
        long runs = 0;
        for (CacheCase one : CacheCase.usual()) {
            if (!ALL && one.readers() + one.writers() > 2) {
                continue;
            }
            CaseResult result = ours.run(one);
            assertThat(result.stale()).as("%s %s", one, result.shortest()).isZero();
            assertThat(result.servedOld()).as("%s", one).isZero();
            runs += result.runs();
        }
        long small = 40 + 120 + 40 + 280 + 70 + 210 + 560;
        assertThat(runs).isEqualTo(ALL ? small + 3360 + 3360 + 10080 + 8400 : small);
    }
}
