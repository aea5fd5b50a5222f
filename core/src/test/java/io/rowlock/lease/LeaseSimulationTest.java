package io.rowlock.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Choices;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lease.Bank.Account;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/**
 * Random schedules of processes that hold leases, lose them and go on: two or three Rowlocks on one database, each of which may
 * stand still in the midst of its unit while the others do whatever they like. After each the balance is what it was and one
 * for each commit, and every grant has had a larger token than the one before.
 *
 * <p>One thread plays all processes: whoever stands still has the others' moves run inside of its unit. So a schedule is what
 * {@link Choices} answered, and a failure prints it with its seed.
 */
class LeaseSimulationTest {
    private static final int SCHEDULES = 350;
    private static final int PROCESSES_MAX = 3;
    private static final int MOVES = 5;
    private static final int KEYS = 2;

    private Database database;
    private Bank bank;
    private final List<Rowlock> processes = new ArrayList<>();

    @BeforeEach
    void open(Database database) throws SQLException {
        this.database = database;
        bank = Bank.open(database);
        for (int i = 0; i < PROCESSES_MAX; i++) {
            processes.add(bank.rowlock());
        }
    }

    @Databases
    void fencedHoldersLoseNoUpdateHoweverTheyStandStill(Database database) {
        long seed = Long.getLong("rowlock.lease.seed", System.nanoTime());
        System.out.println(database.engine() + " seed=" + seed);
        Totals totals = new Totals();
        Choices.random(seed, SCHEDULES, choices -> {
            Schedule schedule = new Schedule(choices, true);
            schedule.play();
            schedule.check();
            totals.add(schedule);
        });
        System.out.println(database.engine() + " " + totals);
        // It is not that nothing happened.
        assertThat(totals.commits).isGreaterThan(SCHEDULES / 3);
        assertThat(totals.refused).isGreaterThan(SCHEDULES / 30);
        assertThat(totals.stolen).isGreaterThan(SCHEDULES / 30);
    }

    /** The same without fences: were nothing lost there, nothing would be shown. */
    @Databases
    void withoutFencesUpdatesAreLost(Database database) {
        long seed = Long.getLong("rowlock.lease.seed", System.nanoTime());
        System.out.println(database.engine() + " seed=" + seed);
        int[] lost = new int[1];
        Choices.random(seed, SCHEDULES / 3, choices -> {
            Schedule schedule = new Schedule(choices, false);
            schedule.play();
            lost[0] += schedule.lostUpdates() > 0 ? 1 : 0;
        });
        assertThat(lost[0]).isPositive();
    }

    private static final class Totals {
        private int commits;
        private int refused;
        private int stolen;

        void add(Schedule schedule) {
            commits += schedule.commits;
            refused += schedule.refused;
            stolen += schedule.stolen;
        }

        @Override
        public String toString() {
            return "schedules=" + SCHEDULES + ", commits=" + commits + ", refused=" + refused + ", takenOver=" + stolen;
        }
    }

    private final class Schedule {
        private final Choices choices;
        private final boolean fenced;
        private final int count;
        private final List<Key> keys = new ArrayList<>();
        private final @Nullable Lease[][] held = new Lease[PROCESSES_MAX][KEYS];
        private final long[] lastToken = new long[KEYS];

        /** Processes that stand still in the midst of a unit. */
        private final boolean[] inUnit = new boolean[PROCESSES_MAX];

        /** Keys whose row such a unit has locked: others that would change the row would wait for it, on this one thread. */
        private final boolean[] pinned = new boolean[KEYS];

        private int commits;
        private int refused;
        private int stolen;

        Schedule(Choices choices, boolean fenced) {
            this.choices = choices;
            this.fenced = fenced;
            this.count = 2 + choices.choose(PROCESSES_MAX - 1);
            for (int i = 0; i < KEYS; i++) {
                keys.add(Bank.newKey());
            }
        }

        void play() throws SQLException {
            bank.reset();
            int moves = MOVES + choices.choose(MOVES);
            for (int i = 0; i < moves; i++) {
                move();
            }
            for (Lease[] leases : held) {
                for (Lease lease : leases) {
                    if (lease != null) {
                        lease.close();
                    }
                }
            }
        }

        void check() throws SQLException {
            assertThat(lostUpdates()).as("lost updates").isZero();
        }

        private long lostUpdates() throws SQLException {
            return KEYS * Bank.INITIAL + commits - bank.balance(1) - bank.balance(2);
        }

        /** One process does one thing. */
        private void move() throws SQLException {
            move(choices.choose(count), choices.choose(KEYS));
        }

        private void move(int process, int key) throws SQLException {
            if (inUnit[process]) {
                return;
            }
            Lease lease = held[process][key];
            if (lease == null) {
                acquire(process, key);
                return;
            }
            switch (choices.choose(9)) {
                case 0 -> loseIt(key);
                case 1 -> giveBack(process, key, lease);
                case 2 -> renew(key, lease);
                case 3 -> force(process, key);
                case 4 -> reap(process);
                default -> work(process, key, lease);
            }
        }

        private void acquire(int process, int key) {
            Acquired acquired = processes.get(process).leases().tryAcquire(keys.get(key), Bank.BY_HAND);
            if (acquired instanceof Acquired.Granted granted) {
                assertThat(granted.lease().token()).as("token").isGreaterThan(lastToken[key]);
                assertThat(pinned[key]).as("granted while a unit has it pinned").isFalse();
                lastToken[key] = granted.lease().token();
                held[process][key] = granted.lease();
                for (int other = 0; other < count; other++) {
                    stolen += other != process && held[other][key] != null ? 1 : 0;
                }
            }
        }

        private void loseIt(int key) throws SQLException {
            if (!pinned[key]) {
                bank.expire(keys.get(key));
            }
        }

        private void giveBack(int process, int key, Lease lease) {
            if (!pinned[key]) {
                lease.close();
                held[process][key] = null;
            }
        }

        private void renew(int key, Lease lease) {
            if (!pinned[key] && lease.state() == LeaseState.HELD) {
                assertThat(lease.renew()).isNotInstanceOf(Renewed.Unknown.class);
            }
        }

        private void force(int process, int key) {
            if (!pinned[key]) {
                ForcedRelease forced =
                        processes.get(process).leases().forceRelease(keys.get(key), lastToken[key], "simulated");
                if (forced instanceof ForcedRelease.Forced now) {
                    assertThat(now.token()).isGreaterThan(lastToken[key]);
                    lastToken[key] = now.token();
                }
            }
        }

        private void reap(int process) {
            for (boolean one : pinned) {
                if (one) {
                    return;
                }
            }
            int reaped = processes.get(process).leases().reap(Duration.ZERO, 100);
            assertThat(reaped).isNotNegative();
        }

        /** Reads, stands still while others move, and writes what it has read plus one. */
        private void work(int process, int key, Lease lease) throws SQLException {
            // Stamps lean on the versions of those who come later, so all who write such a row write it by its version.
            Fence mode = key == 0 ? choices.pick(List.of(Fence.CHECK_AT_COMMIT, Fence.PIN)) : Fence.STAMP_ROWS;
            Isolation level = choices.pick(List.of(Isolation.READ_COMMITTED, Isolation.REPEATABLE_READ));
            // On SQLite the transaction of a unit that has begun keeps all others out.
            boolean early = database.engine() == Engine.SQLITE || choices.flag();
            boolean pins = fenced
                    && (mode == Fence.PIN
                            || (mode == Fence.CHECK_AT_COMMIT
                                    && database.engine() == Engine.POSTGRESQL
                                    && level != Isolation.READ_COMMITTED));
            boolean pinnedBefore = pinned[key];
            inUnit[process] = true;
            try {
                processes.get(process).transact(Unit.named("work").withIsolation(level), tx -> {
                    pinned[key] = pinnedBefore;
                    if (mode == Fence.STAMP_ROWS) {
                        stamped(tx, key, lease);
                    } else if (early) {
                        readBefore(tx, key, lease, mode);
                    } else {
                        readInside(tx, key, lease, mode, pins);
                    }
                    return null;
                });
                commits++;
            } catch (LeaseLost lost) {
                refused++;
                held[process][key] = null;
            } finally {
                inUnit[process] = false;
                pinned[key] = pinnedBefore;
            }
        }

        private void readBefore(Tx tx, int key, Lease lease, Fence mode) throws SQLException {
            long read = bank.balance(key + 1L);
            standStill(key);
            fence(tx, lease, mode);
            Bank.write(tx, key + 1L, read + 1);
        }

        private void readInside(Tx tx, int key, Lease lease, Fence mode, boolean pins) throws SQLException {
            fence(tx, lease, mode);
            long read = Bank.read(tx, key + 1L);
            pinned[key] |= pins;
            standStill(key);
            Bank.write(tx, key + 1L, read + 1);
        }

        private void stamped(Tx tx, int key, Lease lease) throws SQLException {
            fence(tx, lease, Fence.STAMP_ROWS);
            if (database.engine() == Engine.SQLITE) {
                standStill(key);
            }
            Row<Account> row = tx.read(Bank.ACCOUNTS, key + 1L).orElseThrow();
            // A further attempt has the row locked.
            if (database.engine() != Engine.SQLITE && tx.attempt() == 1) {
                standStill(key);
            }
            Row<Account> unused = tx.update(row, Account::plusOne);
        }

        private void fence(Tx tx, Lease lease, Fence mode) {
            if (fenced) {
                tx.fence(lease, mode);
            }
        }

        /** The others move meanwhile, mostly with the same key, whose lease may run out. */
        private void standStill(int key) throws SQLException {
            if (choices.flag()) {
                loseIt(key);
            }
            int moves = choices.choose(MOVES);
            for (int i = 0; i < moves; i++) {
                move(choices.choose(count), choices.choose(3) == 0 ? choices.choose(KEYS) : key);
            }
        }
    }
}
