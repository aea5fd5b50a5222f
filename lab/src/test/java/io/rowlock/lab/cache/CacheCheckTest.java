package io.rowlock.lab.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a check counts, shows and runs again. The counts were had before, by another program. */
class CacheCheckTest {
    private static String counts(CacheCheck check, CacheCase... cases) {
        return CacheCheck.table(List.of(check), List.of(cases))
                .lines()
                .skip(1)
                .findFirst()
                .orElseThrow()
                .substring(check.name().length())
                .strip()
                .replaceAll(" +", " ");
    }

    private static String fresh(CommonPatterns pattern) {
        return counts(
                pattern.check(PatternStore::inMemory),
                CacheCase.of(1, 1),
                CacheCase.of(2, 1),
                CacheCase.of(1, 2),
                CacheCase.of(1, 1).withCrash(),
                CacheCase.of(1, 2).withCrash(),
                CacheCase.of(1, 1).withEviction());
    }

    @Test
    void theUsualPatternsLeaveStaleValuesAsOftenAsWasCountedBefore() {
        assertThat(fresh(CommonPatterns.DELETE_FIRST)).isEqualTo("8/20 490/1120 228/420 0/40 344/840 40/120");
        assertThat(fresh(CommonPatterns.CACHE_ASIDE)).isEqualTo("1/20 70/1120 26/420 13/40 66/840 6/120");
        assertThat(fresh(CommonPatterns.DOUBLE_DELETE)).isEqualTo("4/40 458/3360 392/3360 12/120 1412/10080 26/280");
        assertThat(fresh(CommonPatterns.WRITE_THROUGH)).isEqualTo("1/20 74/1120 138/420 13/40 214/840 6/120");
        assertThat(fresh(CommonPatterns.FILL_IF_ABSENT)).isEqualTo("1/20 80/1120 26/420 13/40 66/840 6/120");
        assertThat(fresh(CommonPatterns.FILL_UNLESS_NEWER)).isEqualTo("1/20 52/1120 26/420 13/40 66/840 6/120");
        assertThat(fresh(CommonPatterns.SET_UNLESS_NEWER)).isEqualTo("0/20 0/1120 0/420 13/40 165/840 1/120");
        assertThat(fresh(CommonPatterns.TOMBSTONE)).isEqualTo("0/20 0/1120 0/420 13/40 36/840 1/120");
    }

    @Test
    void aLostStepLeavesThemStaleToo() {
        CacheCase lost = CacheCase.of(1, 1).withLostWrite();
        for (CommonPatterns pattern : EnumSet.range(CommonPatterns.WRITE_THROUGH, CommonPatterns.TOMBSTONE)) {
            assertThat(counts(pattern.check(PatternStore::inMemory), lost))
                    .as("%s", pattern)
                    .isEqualTo("13/20");
        }
        assertThat(counts(CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory), lost))
                .isEqualTo("13/20");
        assertThat(counts(CommonPatterns.DOUBLE_DELETE.check(PatternStore::inMemory), lost))
                .isEqualTo("12/40");
    }

    @Test
    void oldSnapshotsMakeItWorse() {
        CacheCase[] old = {
            CacheCase.of(1, 1).withOldSnapshots(),
            CacheCase.of(1, 2).withOldSnapshots(),
            CacheCase.of(1, 1).withOldSnapshots().withCrash(),
            CacheCase.of(1, 1).withOldSnapshots().withEviction()
        };
        assertThat(counts(CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory), old))
                .isEqualTo("7/30 222/840 25/60 54/210");
        assertThat(counts(CommonPatterns.FILL_UNLESS_NEWER.check(PatternStore::inMemory), old))
                .isEqualTo("7/30 222/840 25/60 54/210");
        assertThat(counts(CommonPatterns.SET_UNLESS_NEWER.check(PatternStore::inMemory), old))
                .isEqualTo("0/30 0/840 25/60 9/210");
        assertThat(counts(CommonPatterns.TOMBSTONE.check(PatternStore::inMemory), old))
                .isEqualTo("0/30 0/840 25/60 13/210");
    }

    @Test
    void theShortestRunIsToldAndCanBeRunAgain() {
        CacheCheck check = CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory);

        CacheRun shortest = check.run(CacheCase.of(1, 1)).shortest().orElseThrow();

        assertThat(shortest).hasToString("""
                cold R1.lookup R1.read W1.commit W1.after R1.fill
                  The cache is empty, the database has version 1.
                  R1 finds nothing.
                  R1 reads version 1 from the database.
                  W1 commits version 2.
                  W1 does what it does after its commit.
                  R1 fills with version 1.
                  In the end the cache serves version 1, and the database has version 2.""");
        assertThat(check.replay(shortest.schedule())).isEqualTo(shortest);
        assertThat(shortest.asTest("aLateFillDoesNotStay", "CHECK"))
                .contains("void aLateFillDoesNotStay()", "CHECK.replay(\"cold R1.lookup R1.read W1.commit");
        // The other order of the last two is the one that this pattern is right in.
        assertThat(check.replay("cold R1.lookup R1.read W1.commit R1.fill W1.after")
                        .isStale())
                .isFalse();
    }

    @Test
    void aCrashIsPartOfASchedule() {
        CacheCheck check = CommonPatterns.TOMBSTONE.check(PatternStore::inMemory);

        CacheRun shortest = check.run(CacheCase.of(1, 1).withCrash()).shortest().orElseThrow();

        assertThat(shortest.schedule()).contains("W1.commit W1.crash").doesNotContain("W1.after");
        assertThat(check.replay(shortest.schedule())).isEqualTo(shortest);
    }

    /** What is served between a commit and its acknowledgement may be old; after it, it may not. */
    @Test
    void whatIsServedAfterAnAcknowledgementIsCountedApart() {
        CaseResult late =
                CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory).run(CacheCase.of(2, 1));
        CaseResult lost = CommonPatterns.CACHE_ASIDE
                .check(PatternStore::inMemory)
                .run(CacheCase.of(1, 1).withLostWrite());

        assertThat(late.servedOld()).isPositive();
        assertThat(lost.servedOld()).isPositive();
        assertThat(ModelTier.check(ModelTier.Kind.COUNTED_WITH_FLOOR)
                        .run(CacheCase.of(2, 1))
                        .servedOld())
                .isZero();
    }

    @Test
    void whatIsNoScheduleIsRefused() {
        CacheCheck check = CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory);

        assertThatThrownBy(() -> check.replay("R1.lookup")).hasMessageContaining("begins with warm or cold");
        assertThatThrownBy(() -> check.replay("cold R1.dance")).hasMessageContaining("No such step");
        assertThatThrownBy(() -> check.replay("cold R1")).hasMessageContaining("Not a step");
        assertThatThrownBy(() -> CacheCase.of(0, 1)).hasMessageContaining("a reader and a writer");
        assertThatThrownBy(() -> CacheCase.of(1, 2).withLostWrite()).hasMessageContaining("one writer");
    }

    /** Tokens close the races, intents before the commit the crashes, counting them the crash of one beside another. */
    @Test
    void eachPartOfTheProtocolClosesWhatTheOthersLeave() {
        CacheCase[] cases = {
            CacheCase.of(1, 1),
            CacheCase.of(2, 1),
            CacheCase.of(1, 2),
            CacheCase.of(1, 1).withCrash(),
            CacheCase.of(1, 2).withCrash(),
            CacheCase.of(1, 1).withLostWrite(),
            CacheCase.of(1, 1).withEviction()
        };
        assertThat(counts(ModelTier.check(ModelTier.Kind.TOKEN), cases))
                .isEqualTo("0/20 0/1120 0/420 13/40 6/840 13/20 0/120");
        assertThat(counts(ModelTier.check(ModelTier.Kind.FLAG), cases))
                .isEqualTo("0/40 0/3360 0/3360 0/120 18/10080 0/40 0/280");
        assertThat(counts(ModelTier.check(ModelTier.Kind.COUNTED), cases))
                .isEqualTo("0/40 0/3360 0/3360 0/120 0/10080 0/40 0/280");
        assertThat(counts(ModelTier.check(ModelTier.Kind.COUNTED_WITH_FLOOR), cases))
                .isEqualTo("0/40 0/3360 0/3360 0/120 0/10080 0/40 0/280");
    }

    /** The floor closes old snapshots unless it is evicted; refusing them closes that too. */
    @Test
    void oldSnapshotsNeedTheFloorOrARefusal() {
        CacheCase[] old = {
            CacheCase.of(1, 1).withOldSnapshots(),
            CacheCase.of(1, 2).withOldSnapshots(),
            CacheCase.of(1, 1).withOldSnapshots().withCrash(),
            CacheCase.of(1, 1).withOldSnapshots().withEviction()
        };
        assertThat(counts(ModelTier.check(ModelTier.Kind.TOKEN), old)).isEqualTo("2/30 28/840 25/60 8/210");
        assertThat(counts(ModelTier.check(ModelTier.Kind.COUNTED), old)).isEqualTo("4/70 176/8400 0/210 20/560");
        assertThat(counts(ModelTier.check(ModelTier.Kind.COUNTED_WITH_FLOOR), old))
                .isEqualTo("0/70 0/8400 0/210 4/560");
        assertThat(counts(ModelTier.check(ModelTier.Kind.REFUSING), old)).isEqualTo("0/70 0/8400 0/210 0/560");
    }

    @Test
    void theTableNamesCachesAndCases() {
        Set<WriterStep> after = EnumSet.of(WriterStep.AFTER);
        CacheCheck none = CacheCheck.of("keeps nothing", after, () -> new CacheAdapter() {
            @Override
            public Lookup lookup() {
                return Lookup.miss();
            }

            @Override
            public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {}

            @Override
            public void beforeCommit(int writer) {}

            @Override
            public void afterCommit(int writer, long version) {}

            @Override
            public void evict() {}
        });

        assertThat(CacheCheck.table(
                        List.of(CommonPatterns.CACHE_ASIDE.check(PatternStore::inMemory), none),
                        List.of(CacheCase.of(1, 1), CacheCase.of(1, 1).withCrash())))
                .isEqualTo("""
                                1R1W  1R1W crash
                commit, delete  1/20       13/40
                keeps nothing   0/20        0/40
                """);
    }
}
