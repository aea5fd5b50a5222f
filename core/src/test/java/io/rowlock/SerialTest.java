package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.engines.Actors;
import io.rowlock.engines.Eventually;
import io.rowlock.event.RowlockEvent;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code serial} promises: one at a time per key in this JVM, in order, with nothing left behind. No database. */
class SerialTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Key KEY = Key.of("account", 17);

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private final Rowlock rowlock = Rowlock.on(new NoDatabase())
            .serialHoldLimit(Duration.ofMillis(20))
            .listener(events::add)
            .build();
    private final List<Thread> threads = new ArrayList<>();

    /** Serial needs none. */
    private static final class NoDatabase implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("serial asks no database");
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            throw new SQLException("serial asks no database");
        }

        @Override
        public PrintWriter getLogWriter() throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public void setLogWriter(PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLFeatureNotSupportedException();
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }

    /** Holds a key on a thread of its own until told. */
    private final class Holder {
        private final CountDownLatch holds = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);
        private final Thread thread;

        Holder(Key key) {
            thread = start("holder", () -> {
                rowlock.serial(key, LONG, () -> {
                    holds.countDown();
                    holdHere(mayEnd);
                    return null;
                });
                return null;
            });
            await(holds);
        }

        void end() throws InterruptedException {
            mayEnd.countDown();
            thread.join(20_000);
        }
    }

    private static void holdHere(CountDownLatch until) {
        await(until);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    private Thread start(String name, Callable<@Nullable Object> work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.call();
                    } catch (Exception failed) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private void untilWaiting(int waiters) {
        Eventually.until(
                waiters + " wait",
                Eventually.DEADLINE,
                () -> rowlock.serialHolds().stream()
                                .mapToInt(hold -> hold.waiters().size())
                                .sum()
                        == waiters);
    }

    @AfterEach
    void nothingIsLeft() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(20_000);
            assertThat(thread.isAlive()).as(thread.getName() + " still runs").isFalse();
        }
        assertThat(rowlock.serialHolds()).isEmpty();
    }

    @Test
    void whoWaitsForAKeyGetsItInTheOrderOfComing() throws Exception {
        Holder holder = new Holder(KEY);
        List<Integer> served = Collections.synchronizedList(new ArrayList<>());
        for (int i = 1; i <= 10; i++) {
            int number = i;
            start("waiter-" + i, () -> rowlock.serial(KEY, LONG, () -> served.add(number)));
            untilWaiting(i);
        }
        holder.end();
        Eventually.until("all are served", Eventually.DEADLINE, () -> served.size() == 10);
        assertThat(served).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        assertThat(events)
                .filteredOn(RowlockEvent.SerialWaited.class::isInstance)
                .hasSize(10);
    }

    @Test
    void keysAreExactSoTwoKeysNeverShareALock() throws Exception {
        Holder holder = new Holder(KEY);
        // Both texts have the same hash code in Java.
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        Holder sameHash = new Holder(Key.of("Aa"));
        assertThat(rowlock.<Integer, RuntimeException>serial(Key.of("BB"), Duration.ZERO, () -> 1))
                .isEqualTo(1);
        for (int i = 100; i < 1100; i++) {
            int number = i;
            assertThat(rowlock.<Integer, RuntimeException>serial(Key.of("account", i), Duration.ZERO, () -> number))
                    .isEqualTo(number);
        }
        sameHash.end();
        holder.end();
    }

    @Test
    void aWaitThatEndsThrowsWithItsFactsAndLeavesTheQueue() throws Exception {
        Holder holder = new Holder(KEY);
        for (Duration wait : List.of(Duration.ZERO, Duration.ofMillis(5))) {
            assertThatThrownBy(() -> rowlock.serial(KEY, wait, () -> 1))
                    .isInstanceOf(LockTimeout.class)
                    .hasMessageContaining("Lock not had in time (key=account:17, waited=")
                    .hasMessageContaining("holder=holder, heldFor=");
        }
        assertThat(rowlock.serialHolds())
                .singleElement()
                .satisfies(hold -> assertThat(hold.waiters()).isEmpty());
        assertThat(events)
                .filteredOn(RowlockEvent.SerialWaited.class::isInstance)
                .extracting(event -> ((RowlockEvent.SerialWaited) event).had())
                .containsExactly(false, false);
        holder.end();
        assertThat(rowlock.<Integer, RuntimeException>serial(KEY, Duration.ZERO, () -> 1))
                .isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheWaitAndItsFlagIsKept() throws Exception {
        Holder holder = new Holder(KEY);
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        Thread waiter = start("waiter", () -> {
            thrown.set(catchThrowable(() -> rowlock.serial(KEY, LONG, () -> 1)));
            flag.set(Thread.currentThread().isInterrupted());
            return null;
        });
        untilWaiting(1);
        waiter.interrupt();
        waiter.join(20_000);
        assertThat(thrown.get()).isInstanceOf(Interrupted.class).hasMessageContaining("key=account:17");
        assertThat(flag).isTrue();
        untilWaiting(0);
        holder.end();
    }

    @Test
    void anInterruptBeforeAnUncontendedKeyChangesNothing() {
        Thread.currentThread().interrupt();
        assertThat(rowlock.<Integer, RuntimeException>serial(KEY, LONG, () -> 1))
                .isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void itsOwnThreadReEntersAndTheKeyIsFreeAfterTheOutermostBody() {
        int depth = rowlock.serial(KEY, LONG, () -> {
            int inner = rowlock.<Integer, RuntimeException>serial(
                    KEY, Duration.ZERO, () -> rowlock.<Integer, RuntimeException>serial(KEY, Duration.ZERO, () -> 3));
            assertThat(rowlock.serialHolds()).as("still held").hasSize(1);
            List<Actors.Outcome<Integer>> other =
                    Actors.run(() -> rowlock.<Integer, RuntimeException>serial(KEY, Duration.ZERO, () -> 1));
            assertThat(other.get(0).failure()).isInstanceOf(LockTimeout.class);
            return inner;
        });
        assertThat(depth).isEqualTo(3);
        assertThat(rowlock.serialHolds()).isEmpty();
    }

    @Test
    void aBodyThatThrowsFreesTheKey() {
        assertThatThrownBy(() -> rowlock.serial(KEY, LONG, () -> {
                    throw new java.io.IOException("broken");
                }))
                .isInstanceOf(java.io.IOException.class);
        assertThatThrownBy(() -> rowlock.serial(KEY, LONG, () -> {
                    throw new AssertionError("very broken");
                }))
                .isInstanceOf(AssertionError.class);
        assertThat(rowlock.serialHolds()).isEmpty();
    }

    @Test
    void holderAndWaitersAreVisibleWithTheirCallSites() throws Exception {
        Holder holder = new Holder(KEY);
        Thread waiter = start("waiter", () -> rowlock.serial(KEY, LONG, () -> null));
        untilWaiting(1);
        SerialHold seen = rowlock.serialHolds().get(0);
        assertThat(seen.key()).isEqualTo(KEY);
        assertThat(seen.holder()).isEqualTo(holder.thread);
        assertThat(seen.held()).isPositive();
        assertThat(seen.callSite()).contains("SerialTest");
        assertThat(seen.waiters()).singleElement().satisfies(first -> {
            assertThat(first.thread()).isEqualTo(waiter);
            assertThat(first.waiting()).isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(first.callSite()).contains("SerialTest");
        });
        holder.end();
    }

    @Test
    void aHoldOverItsLimitIsReportedOnceWhileItLasts() throws Exception {
        Holder holder = new Holder(KEY);
        Eventually.until("the hold is reported", Eventually.DEADLINE, () -> longHolds() == 1);
        assertThat(rowlock.serialHolds()).as("the hold goes on").hasSize(1);
        assertThat(events)
                .filteredOn(RowlockEvent.SerialHeldLong.class::isInstance)
                .singleElement()
                .satisfies(event -> {
                    RowlockEvent.SerialHeldLong held = (RowlockEvent.SerialHeldLong) event;
                    assertThat(held.keyKind()).isEqualTo("account");
                    assertThat(held.key()).isEqualTo("account:17");
                    assertThat(held.held()).isGreaterThan(Duration.ofMillis(20));
                    assertThat(held.callSite()).contains("SerialTest");
                });
        holder.end();
        assertThat(longHolds()).as("not again at its end").isEqualTo(1);
    }

    @Test
    void theNextHolderOfTheSameKeyIsReportedForItself() throws Exception {
        Holder first = new Holder(KEY);
        Eventually.until("the first is reported", Eventually.DEADLINE, () -> longHolds() == 1);
        CountDownLatch secondMayEnd = new CountDownLatch(1);
        start(
                "second",
                () -> rowlock.serial(KEY, LONG, () -> {
                    await(secondMayEnd);
                    return null;
                }));
        untilWaiting(1);
        first.end();
        Eventually.until("the second is reported", Eventually.DEADLINE, () -> longHolds() == 2);
        secondMayEnd.countDown();
    }

    private long longHolds() {
        return events.stream()
                .filter(RowlockEvent.SerialHeldLong.class::isInstance)
                .count();
    }

    @Test
    void nobodyWatchesWhenNothingIsHeld() {
        rowlock.<@Nullable Object, RuntimeException>serial(KEY, LONG, () -> null);
        Eventually.until(
                "the watching thread has ended",
                Eventually.DEADLINE,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.isAlive() && "rowlock-watchdog".equals(thread.getName())));
    }

    // ---- circles

    /** Takes one key after the other, and waits in between. */
    private AtomicReference<@Nullable Throwable> takes(
            String name, Key first, Key second, CountDownLatch holds, CountDownLatch goOn) {
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        start(name, () -> {
            failed.set(catchThrowable(() -> rowlock.serial(first, LONG, () -> {
                holds.countDown();
                await(goOn);
                return rowlock.serial(second, LONG, () -> "both");
            })));
            return null;
        });
        await(holds);
        return failed;
    }

    @Test
    void whoClosesACircleIsToldOfAllInItAndTheOtherGoesOn() throws Exception {
        Key a = Key.of("story", "a");
        Key b = Key.of("story", "b");
        CountDownLatch devMay = new CountDownLatch(1);
        CountDownLatch qaMay = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> dev = takes("dev", a, b, new CountDownLatch(1), devMay);
        AtomicReference<@Nullable Throwable> qa = takes("qa", b, a, new CountDownLatch(1), qaMay);

        devMay.countDown();
        untilWaiting(1);
        qaMay.countDown();
        for (Thread thread : threads) {
            thread.join(20_000);
        }

        assertThat(dev.get()).isNull();
        assertThat(qa.get())
                .isInstanceOf(SerialDeadlock.class)
                .hasMessageStartingWith("Keys waited for in a circle (key=story:a, waited=PT")
                .hasMessageContaining("circle=[qa holds story:b and waits for story:a at ")
                .hasMessageContaining("; dev holds story:a and waits for story:b at ");
        assertThat(((SerialDeadlock) qa.get()).circle())
                .allSatisfy(wait -> assertThat(wait.callSite()).contains("SerialTest"));
        assertThat(((SerialDeadlock) qa.get()).circle())
                .extracting(wait -> wait.owner().getName(), SerialDeadlock.Wait::holds, SerialDeadlock.Wait::wants)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("qa", b, a),
                        org.assertj.core.groups.Tuple.tuple("dev", a, b));
        assertThat(events)
                .filteredOn(RowlockEvent.SerialDeadlocked.class::isInstance)
                .hasSize(1);
        assertThat(events)
                .filteredOn(RowlockEvent.SerialDeadlocked.class::isInstance)
                .first()
                .satisfies(event -> {
                    RowlockEvent.SerialDeadlocked told = (RowlockEvent.SerialDeadlocked) event;
                    assertThat(told.keyKind()).isEqualTo("story");
                    assertThat(told.threads()).isEqualTo(2);
                });
    }

    @Test
    void aCircleOfThreeIsToldOnce() throws Exception {
        List<Key> keys = List.of(Key.of("story", 1), Key.of("story", 2), Key.of("story", 3));
        CountDownLatch goOn = new CountDownLatch(1);
        List<AtomicReference<@Nullable Throwable>> ends = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ends.add(takes("owner-" + i, keys.get(i), keys.get((i + 1) % 3), new CountDownLatch(1), goOn));
        }

        goOn.countDown();
        for (Thread thread : threads) {
            thread.join(20_000);
        }

        List<SerialDeadlock> told = ends.stream()
                .map(AtomicReference::get)
                .filter(SerialDeadlock.class::isInstance)
                .map(SerialDeadlock.class::cast)
                .toList();
        assertThat(told).hasSize(1);
        assertThat(told.get(0).circle()).hasSize(3);
        assertThat(ends).filteredOn(end -> end.get() == null).hasSize(2);
    }

    @Test
    void aWaitForSomebodyWhoWaitsForSomebodyElseIsNoCircle() throws Exception {
        Holder holder = new Holder(KEY);
        CountDownLatch goOn = new CountDownLatch(1);
        Key other = Key.of("account", 18);
        AtomicReference<@Nullable Throwable> middle = takes("middle", other, KEY, new CountDownLatch(1), goOn);
        goOn.countDown();
        untilWaiting(1);
        Thread last = start("last", () -> rowlock.serial(other, LONG, () -> 1));
        untilWaiting(2);
        holder.end();
        last.join(20_000);
        assertThat(middle.get()).isNull();
        assertThat(events).noneMatch(RowlockEvent.SerialDeadlocked.class::isInstance);
    }

    /** In one order nobody is ever told; in any order nobody ever waits for long, and whoever was told tries again. */
    @Test
    void manyThreadsWithTwoKeysEachNeverStallAndOrderedOnesAreNeverTold() {
        long seed = 20_261_130;
        for (boolean ordered : new boolean[] {true, false}) {
            AtomicInteger told = new AtomicInteger();
            long[] counters = new long[4];
            List<Callable<Integer>> actors = new ArrayList<>();
            for (int t = 0; t < 6; t++) {
                SplittableRandom random = new SplittableRandom(seed + t);
                actors.add(() -> {
                    for (int i = 0; i < 500; i++) {
                        int one = random.nextInt(4);
                        int other = (one + 1 + random.nextInt(3)) % 4;
                        int first = ordered ? Math.min(one, other) : one;
                        int second = ordered ? Math.max(one, other) : other;
                        boolean done = false;
                        while (!done) {
                            try {
                                rowlock.<Object, RuntimeException>serial(
                                        Key.of("pair", first),
                                        LONG,
                                        () -> rowlock.<Object, RuntimeException>serial(
                                                Key.of("pair", second), LONG, () -> {
                                                    counters[first]++;
                                                    counters[second]++;
                                                    return "";
                                                }));
                                done = true;
                            } catch (SerialDeadlock circle) {
                                told.incrementAndGet();
                            }
                        }
                    }
                    return 0;
                });
            }
            Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
            assertThat(java.util.Arrays.stream(counters).sum()).isEqualTo(2L * 6 * 500);
            if (ordered) {
                assertThat(told).as("seed %d", seed).hasValue(0);
            }
        }
    }

    @Test
    void aMillionKeysLeaveNothingBehind() {
        for (int i = 0; i < 1_000_000; i++) {
            rowlock.<@Nullable Object, RuntimeException>serial(Key.of("k", i), Duration.ZERO, () -> null);
        }
        assertThat(rowlock.serialHolds()).isEmpty();
    }

    /** A plain field loses increments unless exactly one thread at a time adds to it, and sees what the last one wrote. */
    @Test
    void manyThreadsOnFewKeysMissNothingWhileKeysCloseAndReopen() {
        int threadCount = 8;
        int rounds = 20_000;
        int keys = 3;
        long[] counters = new long[keys];
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            int seed = t;
            actors.add(() -> {
                for (int i = 0; i < rounds; i++) {
                    int key = (i + seed) % keys;
                    rowlock.<Long, RuntimeException>serial(Key.of("hot", key), LONG, () -> counters[key]++);
                }
                return seed;
            });
        }
        Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
        assertThat(counters[0] + counters[1] + counters[2]).isEqualTo((long) threadCount * rounds);
        assertThat(rowlock.serialHolds()).isEmpty();
    }

    /** The moment in which a wait ends is the moment in which the key is handed over: one of the two must win, not both. */
    @Test
    void aHandOverAndATimeoutInTheSameMomentLoseNoKey() {
        int threadCount = 6;
        long[] counter = new long[1];
        long[] had = new long[threadCount];
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            int me = t;
            actors.add(() -> {
                for (int i = 0; i < 5_000; i++) {
                    Throwable late = catchThrowable(() ->
                            rowlock.<@Nullable Object, RuntimeException>serial(KEY, Duration.ofNanos(20_000), () -> {
                                counter[0]++;
                                had[me]++;
                                return null;
                            }));
                    if (late != null && !(late instanceof LockTimeout)) {
                        throw new AssertionError(late);
                    }
                }
                return me;
            });
        }
        Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
        long all = 0;
        for (long each : had) {
            all += each;
        }
        assertThat(counter[0]).isEqualTo(all).isPositive();
        assertThat(rowlock.<Integer, RuntimeException>serial(KEY, Duration.ZERO, () -> 1))
                .isEqualTo(1);
    }
}
