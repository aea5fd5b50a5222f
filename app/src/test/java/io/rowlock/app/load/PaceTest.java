package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long MILLI = 1_000_000;

    private long now = 5_000 * MILLI;
    private final List<Long> slept = new ArrayList<>();

    private Pace hundredASecond() {
        return Pace.open(100, () -> now, nanos -> {
            slept.add(nanos);
            now += nanos;
        });
    }

    @Test
    void aRequestThatIsEarlyWaitsUntilItIsDue() throws InterruptedException {
        Pace pace = hundredASecond();
        long began = now;

        assertThat(pace.awaitDue(3)).isEqualTo(began + 30 * MILLI);
        assertThat(now).isEqualTo(began + 30 * MILLI);
        assertThat(slept).containsExactly(30 * MILLI);
    }

    @Test
    void aRequestThatIsLateCountsFromWhenItWasDue() throws InterruptedException {
        Pace pace = hundredASecond();
        long began = now;
        now += 500 * MILLI; // the service stood still, and every client waited for it

        long due = pace.awaitDue(5);
        now += 10 * MILLI; // now it answers fast

        assertThat(slept).isEmpty();
        assertThat(now - due).as("latency").isEqualTo(460 * MILLI);
        assertThat(due).isEqualTo(began + 50 * MILLI);
    }

    @Test
    void lateRequestsDoNotMoveThoseAfterThem() throws InterruptedException {
        Pace pace = hundredASecond();
        long began = now;
        now += 95 * MILLI;

        assertThat(pace.awaitDue(9)).isEqualTo(began + 90 * MILLI);
        assertThat(pace.awaitDue(10)).isEqualTo(began + 100 * MILLI);
        assertThat(slept).containsExactly(5 * MILLI);
    }

    @Test
    void aSleepThatEndsEarlyIsFollowedByAnother() throws InterruptedException {
        Pace pace = Pace.open(100, () -> now, nanos -> {
            slept.add(nanos);
            now += Math.max(1, nanos / 2);
        });

        long due = pace.awaitDue(1);

        assertThat(now).isGreaterThanOrEqualTo(due);
        assertThat(slept.size()).isGreaterThan(1);
    }

    @Test
    void inAClosedLoopARequestBeginsWhenItIsSent() throws InterruptedException {
        Pace pace = Pace.closed(() -> now);
        now += 500 * MILLI;

        assertThat(pace.awaitDue(7)).isEqualTo(now);
        assertThat(pace.isOpen()).isFalse();
    }
}
