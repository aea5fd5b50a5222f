package io.rowlock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rowlock.bench.Bounds.Verdict;
import io.rowlock.bench.Measurement.Line;
import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class HarnessTest {
    private static final Plan SHORT = new Plan(3, 3, Duration.ofMillis(20), Duration.ofMillis(1), 1);

    private final Harness harness = new Harness(SHORT, new Cpu(), candidate -> {});

    @Test
    void aSlowerCandidateCostsMore() throws Exception {
        AtomicLong stored = new AtomicLong();
        Workload workload = new Workload(
                "wait",
                "wait",
                List.of(waiting("short", 200_000, stored), waiting("long", 2_000_000, stored)),
                stored::get);

        List<Line> lines = harness.measure(workload, 2).lines();

        assertThat(lines.get(0).ratio().median()).isEqualTo(1.0);
        assertThat(lines.get(1).ratio().median()).isGreaterThan(2);
        assertThat(lines.stream().mapToLong(Line::operations).sum()).isLessThanOrEqualTo(stored.get());
    }

    private static Candidate waiting(String name, long nanos, AtomicLong stored) {
        return new Candidate(name, name, thread -> () -> {
            long until = System.nanoTime() + nanos;
            while (System.nanoTime() < until) {
                LockSupport.parkNanos(nanos);
            }
            stored.incrementAndGet();
        });
    }

    @Test
    void aCandidateThatOnlySaysSoIsFoundOut() {
        AtomicLong stored = new AtomicLong();
        Workload workload = new Workload(
                "count",
                "count",
                List.of(
                        new Candidate("honest", "counts", thread -> stored::incrementAndGet),
                        new Candidate("idle", "does nothing", thread -> () -> {})),
                stored::get);

        assertThatThrownBy(() -> harness.measure(workload, 1))
                .isInstanceOf(NotStored.class)
                .hasMessageContaining("candidate=idle")
                .hasMessageContaining("stored=0");
    }

    @Test
    void aCandidateThatNeverCommitsIsFoundOutOnARealDatabase() throws Exception {
        try (Rig rig = Rig.open(Engine.SQLITE, 1)) {
            Workload honest = new Workload(
                    "save", "save", List.of(new Candidate("hand", "by hand", new ByHand(rig)::save)), rig::operations);
            Workload cheating = new Workload(
                    "save",
                    "save",
                    List.of(new Candidate("rollback", "never commits", thread -> () -> writeAndRollBack(rig))),
                    rig::operations);

            assertThat(harness.measure(honest, 1).lines().get(0).operations()).isPositive();
            assertThatThrownBy(() -> harness.measure(cheating, 1))
                    .isInstanceOf(NotStored.class)
                    .hasMessageContaining("candidate=rollback");
        }
    }

    private static void writeAndRollBack(Rig rig) throws SQLException {
        try (Connection connection = rig.automatic().getConnection()) {
            connection.setAutoCommit(false);
            try (var update = connection.prepareStatement("UPDATE account SET version = version + 1")) {
                update.executeUpdate();
            }
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Test
    void whatACandidateThrowsEndsTheMeasurement() {
        Workload workload = new Workload(
                "fail",
                "fail",
                List.of(new Candidate("broken", "throws", thread -> () -> {
                    throw new SQLException("no");
                })),
                () -> 0);

        assertThatThrownBy(() -> harness.measure(workload, 2))
                .isInstanceOf(SQLException.class)
                .hasMessage("no");
    }

    @Test
    void theIntervalOfAMedianNarrowsWithMoreRounds() {
        Random random = new Random(7);
        double[] few = random.doubles(8, 0.8, 1.2).toArray();
        double[] many = random.doubles(400, 0.8, 1.2).toArray();

        Statistics.Spread wide = Statistics.spread(few, random);
        Statistics.Spread narrow = Statistics.spread(many, random);

        assertThat(narrow.median()).isCloseTo(1.0, within(0.05));
        assertThat(narrow.low()).isLessThanOrEqualTo(narrow.median());
        assertThat(narrow.high()).isGreaterThanOrEqualTo(narrow.median());
        assertThat(narrow.high() - narrow.low()).isLessThan(wide.high() - wide.low());
    }

    @Test
    void candidatesAreComparedRoundByRound() throws Exception {
        AtomicLong stored = new AtomicLong();
        Workload workload = new Workload(
                "wait",
                "wait",
                List.of(
                        waiting("first", 500_000, stored),
                        waiting("short", 200_000, stored),
                        waiting("long", 2_000_000, stored)),
                stored::get);

        Measurement measured = harness.measure(workload, 1);
        Line brief = measured.line("short").orElseThrow();
        Line slow = measured.line("long").orElseThrow();

        assertThat(brief.nanos()).hasSize(SHORT.rounds());
        double times = brief.timesAsFastAs(slow, new Random(1)).median();
        assertThat(times).isGreaterThan(1);
        assertThat(slow.timesAsFastAs(brief, new Random(1)).median()).isCloseTo(1 / times, within(1e-9));
        assertThat(slow.latencies().percentileNanos(0.5)).isGreaterThan(1_900_000);
        assertThat(slow.latencies().maxNanos()).isGreaterThan(2_000_000);
        assertThat(measured.line("nobody")).isEmpty();
    }

    @Test
    void aWorkloadIsCutDownToWhatWasAskedFor() {
        Workload workload = new Workload(
                "wait",
                "wait",
                List.of(
                        waiting("first", 1, new AtomicLong()),
                        waiting("second", 1, new AtomicLong()),
                        waiting("third", 1, new AtomicLong())),
                () -> 0);

        assertThat(workload.only(List.of())).contains(workload);
        assertThat(workload.only(List.of("wait", "second"))).contains(workload);
        assertThat(workload.only(List.of("third")).orElseThrow().candidates())
                .extracting(Candidate::name)
                .containsExactly("first", "third");
        assertThat(workload.only(List.of("elsewhere"))).isEmpty();
    }

    @Test
    void aLowerBoundIsJudgedByTheWholeIntervalToo() {
        assertThat(Bounds.judgeAtLeast(1.6, new Statistics.Spread(1.8, 1.6, 1.9, 1.2, 2.2)))
                .isEqualTo(Verdict.HOLDS);
        assertThat(Bounds.judgeAtLeast(1.6, new Statistics.Spread(1.8, 1.5, 1.9, 1.2, 2.2)))
                .isEqualTo(Verdict.UNSURE);
        assertThat(Bounds.judgeAtLeast(1.6, new Statistics.Spread(1.4, 1.3, 1.5, 1.2, 2.2)))
                .isEqualTo(Verdict.MISSED);
    }

    @Test
    void aBoundIsJudgedByTheWholeInterval() {
        assertThat(Bounds.judge(1.0, new Statistics.Spread(0.9, 0.8, 0.99, 0.7, 1.2)))
                .isEqualTo(Verdict.HOLDS);
        assertThat(Bounds.judge(1.0, new Statistics.Spread(0.9, 0.8, 1.01, 0.7, 1.2)))
                .isEqualTo(Verdict.UNSURE);
        assertThat(Bounds.judge(1.0, new Statistics.Spread(1.1, 1.01, 1.2, 0.7, 1.2)))
                .isEqualTo(Verdict.MISSED);
    }
}
