package io.rowlock.lab.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.transaction.TransactionAwareCacheDecorator;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionSynchronizationUtils;

/**
 * Spring's cache that takes part in transactions, as it is: it moves what writers do with it behind their commits, and nothing else. What is
 * left is plain cache-aside, or write-through.
 */
class SpringCacheTest {
    private static final CacheCase[] CASES = {
        CacheCase.of(1, 1),
        CacheCase.of(2, 1),
        CacheCase.of(1, 2),
        CacheCase.of(1, 1).withCrash(),
        CacheCase.of(1, 2).withCrash(),
        CacheCase.of(1, 1).withEviction()
    };

    private static final CacheCheck EVICTING =
            CacheCheck.of("@CacheEvict", EnumSet.of(WriterStep.AFTER), () -> new SpringAdapter(false));
    private static final CacheCheck PUTTING =
            CacheCheck.of("@CachePut", EnumSet.of(WriterStep.AFTER), () -> new SpringAdapter(true));

    @Test
    void anEvictionBehindTheCommitIsCacheAside() {
        assertCountsAs(EVICTING, CommonPatterns.CACHE_ASIDE);
    }

    @Test
    void aPutBehindTheCommitIsWriteThrough() {
        assertCountsAs(PUTTING, CommonPatterns.WRITE_THROUGH);
    }

    private static void assertCountsAs(CacheCheck check, CommonPatterns pattern) {
        CacheCheck usual = pattern.check(PatternStore::inMemory);
        for (CacheCase each : CASES) {
            CaseResult found = check.run(each);
            assertThat(found.stale()).as("%s", each).isPositive();
            assertThat(found).as("%s", each).hasToString(usual.run(each).toString());
        }
    }

    @Test
    void theShortestRunOfAnEvictionIsALateFill() {
        assertThat(EVICTING.run(CacheCase.of(1, 1)).shortest().orElseThrow().schedule())
                .isEqualTo("cold R1.lookup R1.read W1.commit W1.after R1.fill");
    }

    private static final class SpringAdapter implements CacheAdapter {
        private static final String KEY = "learner";

        private final Cache cache = new TransactionAwareCacheDecorator(new ConcurrentMapCache("learners"));
        private final boolean puts;

        SpringAdapter(boolean puts) {
            this.puts = puts;
        }

        @Override
        public Lookup lookup() {
            Long there = cache.get(KEY, Long.class);
            return there == null ? new Lookup.Miss("nothing") : new Lookup.Hit(there);
        }

        @Override
        public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {
            cache.put(KEY, version);
        }

        @Override
        public void beforeCommit(int writer) {}

        /** What was asked of it in the transaction is done now. */
        @Override
        public void afterCommit(int writer, long version) {
            TransactionSynchronizationManager.initSynchronization();
            try {
                Object before = there();
                if (puts) {
                    cache.put(KEY, version);
                } else {
                    cache.evict(KEY);
                }
                assertThat(there()).as("in the transaction").isEqualTo(before);
                TransactionSynchronizationUtils.invokeAfterCommit(
                        TransactionSynchronizationManager.getSynchronizations());
            } finally {
                TransactionSynchronizationManager.clearSynchronization();
            }
        }

        private Object there() {
            return Objects.requireNonNullElse(cache.get(KEY, Long.class), "nothing");
        }

        @Override
        public void evict() {
            cache.clear();
        }
    }
}
