package io.rowlock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** The watch over a lock finds what is wrong with one, and nothing where nothing is. */
class ExclusionTest {
    private static final int TURNS = 50_000;

    private final Exclusion exclusion = new Exclusion();

    private void runTwice(Locking one, Locking other) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        CyclicBarrier together = new CyclicBarrier(2);
        try {
            Future<?> first = pool.submit(() -> repeat(one, together));
            Future<?> second = pool.submit(() -> repeat(other, together));
            first.get();
            second.get();
        } finally {
            pool.shutdownNow();
        }
    }

    private Void repeat(Locking locking, CyclicBarrier together) throws Exception {
        Op op = exclusion.op(locking);
        together.await();
        for (int i = 0; i < TURNS; i++) {
            op.run();
        }
        return null;
    }

    @Test
    void aLockThatKeepsOthersOutHasNoViolations() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        long[] token = new long[1];
        Locking locking = inside -> {
            lock.lock();
            try {
                inside.enter(++token[0]);
            } finally {
                lock.unlock();
            }
        };

        runTwice(locking, locking);

        assertThat(exclusion.finished()).isEqualTo(2L * TURNS);
        assertThat(exclusion.violations()).isZero();
        assertThat(exclusion.tokens()).isEqualTo(2L * TURNS);
        assertThat(exclusion.notRisen()).isZero();
    }

    @Test
    void twoInsideAtOnceAreSeen() throws Exception {
        CyclicBarrier meeting = new CyclicBarrier(2);
        Exclusion open = new Exclusion(() -> meet(meeting));
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Void>> both = List.of(() -> once(open), () -> once(open));
            for (Future<Void> one : pool.invokeAll(both)) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(open.finished()).isEqualTo(2);
        assertThat(open.violations()).isPositive();
    }

    private static Void once(Exclusion exclusion) throws Exception {
        exclusion.op(inside -> inside.enter(Locking.Inside.NO_TOKEN)).run();
        return null;
    }

    private static void meet(CyclicBarrier meeting) {
        try {
            meeting.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
            throw new AssertionError("The other one did not come in", alone);
        }
    }

    @Test
    void aTokenThatComesTwiceIsSeen() throws Exception {
        exclusion.op(inside -> inside.enter(7)).run();
        exclusion.op(inside -> inside.enter(8)).run();
        assertThat(exclusion.notRisen()).isZero();

        exclusion.op(inside -> inside.enter(8)).run();
        exclusion.op(inside -> inside.enter(3)).run();

        assertThat(exclusion.notRisen()).isEqualTo(2);
        assertThat(exclusion.violations()).isZero();
    }

    @Test
    void whoNeverCameInIsMissed() throws Exception {
        exclusion.op(inside -> {}).run();

        assertThat(exclusion.violations()).isEqualTo(1);
    }
}
