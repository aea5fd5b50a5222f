package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.OtherProcess.Count;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Many writers of one SQLite file: each has its turn, and none ever hears that the file is busy. */
class FairQueueTest {
    private static final int THREADS = 32;
    private static final Duration WINDOW = Duration.ofSeconds(2);

    @Databases(Engine.SQLITE)
    void noThreadStarves(Database database) {
        database.execute(OtherProcess.DDL.toArray(String[]::new));
        Tally tally = new Tally();
        Rowlock rowlock = Rowlock.on(database.dataSource()).listener(tally).build();
        List<Crowd.Client> clients = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            clients.add(() -> rowlock.transact(
                    tx -> tx.update(tx.read(OtherProcess.COUNTS, 1L).orElseThrow(), Count::plusOne)));
        }
        long[] turns = Crowd.during(WINDOW, clients);
        long min = Arrays.stream(turns).min().orElseThrow();
        long max = Arrays.stream(turns).max().orElseThrow();
        System.out.printf("SQLITE %d threads: min=%d max=%d share=%.2f%n", THREADS, min, max, (double) min / max);
        assertThat((double) min / max).isGreaterThanOrEqualTo(0.5);
        assertThat(tally.causes()).isEmpty();
        assertThat(amount(rowlock, 1)).isEqualTo(Arrays.stream(turns).sum());
    }

    /** Two processes know nothing of each other's queues; the file's own lock stands between them. */
    @Databases(Engine.SQLITE)
    void twoProcessesNeverHearThatTheFileIsBusy(Database database) throws Exception {
        database.execute(OtherProcess.DDL.toArray(String[]::new));
        int threads = 4;
        int each = 150;
        Tally tally = new Tally();
        Rowlock rowlock = Rowlock.on(database.dataSource()).listener(tally).build();
        try (OtherProcess other = OtherProcess.start(database.url(), threads, each, OtherProcess.Halt.NEVER, 0)) {
            assertThat(other.awaitTold(1)).isEqualTo(1);
            OtherProcess.count(rowlock, threads, each, () -> {});
            assertThat(other.awaitTold(threads * each - 1)).isEqualTo(threads * each - 1);
            assertThat(other.awaitEnd()).isZero();
        }
        System.out.printf("SQLITE two processes: attempts=%.2f causes=%s%n", tally.meanAttempts(), tally.causes());
        assertThat(tally.failed()).isZero();
        assertThat(amount(rowlock, 1)).isEqualTo(2L * threads * each);
        assertThat(amount(rowlock, 2)).isEqualTo(2L * threads * each);
    }

    private static long amount(Rowlock rowlock, long id) {
        return rowlock.read(tx -> tx.peek(OtherProcess.COUNTS, id))
                .orElseThrow()
                .value()
                .amount();
    }
}
