package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * Write skew: of two doctors one must stay on call; each looks at both rows and, if both are on call, writes its own. The
 * two meet between looking and writing, so that without a guard every pair goes wrong. READ COMMITTED throughout.
 *
 * <p>On SQLite two writing units are never inside their bodies at once, so there they meet at the door.
 */
class WriteSkewRaceTest {
    private static final int PAIRS = 10_000;
    /** Of the forms that go wrong a few hundred pairs tell enough. */
    private static final int NAIVE_PAIRS = 300;

    private static final int ABSENT_PAIRS = 1_000;
    private static final int PAIRS_AT_ONCE = 8;
    private static final long MEET_SECONDS = 30;

    record Doctor(long id, long onCall, long version) {
        Doctor offCall() {
            return new Doctor(id, 0, version);
        }
    }

    record Seat(long id, long room, long version) {}

    private static final Table<Doctor, Long> DOCTORS = Table.of("doctors", Doctor.class)
            .key("id", Long.class)
            .column("onCall", "on_call")
            .build();

    private static final Table<Seat, Long> SEATS =
            Table.of("seats", Seat.class).key("id", Long.class).build();

    // ---- rows that exist

    @Databases
    void unitsThatReadBothRowsNeverBothLeave(Database database) throws Exception {
        createDoctors(database, PAIRS);
        Tally tally = new Tally();
        Rowlock rowlock = Rowlock.on(database.dataSource()).listener(tally).build();
        long began = System.nanoTime();
        race(PAIRS, (pair, side, meeting) -> {
            long mine = doctor(pair, side);
            long other = doctor(pair, 1 - side);
            if (database.engine() == Engine.SQLITE) {
                meeting.meet();
            }
            rowlock.transact(tx -> {
                Row<Doctor> me = tx.read(DOCTORS, mine).orElseThrow();
                Row<Doctor> them = tx.read(DOCTORS, other).orElseThrow();
                if (tx.attempt() == 1 && database.engine() != Engine.SQLITE) {
                    meeting.meet();
                }
                if (me.value().onCall() + them.value().onCall() == 2) {
                    tx.update(me, Doctor::offCall);
                }
                return null;
            });
        });
        System.out.printf(
                "%s guarded: violations=%d of %d, attempts=%.2f, %.1f s%n",
                database.engine(),
                violations(database),
                PAIRS,
                tally.meanAttempts(),
                (System.nanoTime() - began) / 1e9);
        assertThat(violations(database)).isZero();
        // And it is not that nobody ever left.
        assertThat(count(database, "SELECT COUNT(*) FROM doctors WHERE on_call = 0"))
                .isEqualTo(PAIRS);
    }

    /** What one writes who has heard of optimistic locking: a version on each write, none on what was only read. */
    @Databases
    void versionsOnWritesAloneLetBothLeave(Database database) throws Exception {
        createDoctors(database, NAIVE_PAIRS);
        // Connections that Rowlock has not set up: on SQLite these wait for the write lock by themselves.
        DataSource plain = database.dataSource(UnaryOperator.identity());
        race(NAIVE_PAIRS, (pair, side, meeting) -> {
            long mine = doctor(pair, side);
            long other = doctor(pair, 1 - side);
            try (Connection connection = plain.getConnection()) {
                // Read in autocommit and written later: on SQLite the only way in which two can have read at once.
                Doctor me = read(connection, mine);
                Doctor them = read(connection, other);
                meeting.meet();
                if (me.onCall() + them.onCall() == 2) {
                    assertThat(leave(connection, me)).isEqualTo(1);
                }
            }
        });
        long violations = violations(database);
        System.out.printf(
                "%s versions on writes alone: violations=%d of %d%n", database.engine(), violations, NAIVE_PAIRS);
        assertThat(violations).isPositive();
    }

    /** The check's lock must conflict with an update: FOR KEY SHARE does not, and FOR SHARE does. */
    @Databases(Engine.POSTGRESQL)
    void aCheckForKeyShareLetsBothLeave(Database database) throws Exception {
        long withKeyShare = checkedByHand(database, "FOR KEY SHARE");
        long withShare = checkedByHand(database, "FOR SHARE");
        System.out.printf(
                "POSTGRESQL checks by hand: FOR KEY SHARE violations=%d, FOR SHARE violations=%d, of %d%n",
                withKeyShare, withShare, NAIVE_PAIRS);
        assertThat(withKeyShare).isPositive();
        assertThat(withShare).isZero();
    }

    /** The protocol by hand: read, meet, then check and write in one order; whoever finds a row changed gives up. */
    private static long checkedByHand(Database database, String lock) throws Exception {
        createDoctors(database, NAIVE_PAIRS);
        race(NAIVE_PAIRS, (pair, side, meeting) -> {
            long mine = doctor(pair, side);
            long other = doctor(pair, 1 - side);
            try (Connection connection = database.dataSource().getConnection()) {
                Doctor me = read(connection, mine);
                Doctor them = read(connection, other);
                meeting.meet();
                connection.setAutoCommit(false);
                boolean valid = mine < other
                        ? leave(connection, me) == 1 && unchanged(connection, them, lock)
                        : unchanged(connection, them, lock) && leave(connection, me) == 1;
                if (valid) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        });
        return violations(database);
    }

    private static boolean unchanged(Connection connection, Doctor doctor, String lock) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM doctors WHERE id = ? AND version = ? " + lock)) {
            statement.setLong(1, doctor.id());
            statement.setLong(2, doctor.version());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private static Doctor read(Connection connection, long id) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT id, on_call, version FROM doctors WHERE id = ?")) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next()).isTrue();
                return new Doctor(row.getLong(1), row.getLong(2), row.getLong(3));
            }
        }
    }

    private static int leave(Connection connection, Doctor doctor) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE doctors SET on_call = 0, version = version + 1 WHERE id = ? AND version = ?")) {
            statement.setLong(1, doctor.id());
            statement.setLong(2, doctor.version());
            return statement.executeUpdate();
        }
    }

    // ---- rows that do not

    @Databases
    void aGuardKeepsASecondSeatOut(Database database) throws Exception {
        createSeats(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        seatEachPair(database, rowlock, ABSENT_PAIRS, true);
        long violations = twiceTaken(database);
        System.out.printf("%s absent, guarded: violations=%d of %d%n", database.engine(), violations, ABSENT_PAIRS);
        assertThat(violations).isZero();
        assertThat(count(database, "SELECT COUNT(*) FROM seats")).isEqualTo(ABSENT_PAIRS);
    }

    @Databases
    void withoutAGuardAbsenceIsNobodysPromise(Database database) throws Exception {
        createSeats(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        seatEachPair(database, rowlock, NAIVE_PAIRS, false);
        long violations = twiceTaken(database);
        System.out.printf("%s absent, no guard: violations=%d of %d%n", database.engine(), violations, NAIVE_PAIRS);
        if (database.engine() == Engine.SQLITE) {
            assertThat(violations).isZero();
        } else {
            assertThat(violations).isPositive();
        }
    }

    /** "The room is empty, so I take a seat in it." */
    private static void seatEachPair(Database database, Rowlock rowlock, int pairs, boolean guarded) throws Exception {
        race(pairs, (pair, side, meeting) -> {
            if (database.engine() == Engine.SQLITE) {
                meeting.meet();
            }
            boolean meetsInside = database.engine() != Engine.SQLITE;
            rowlock.transact(tx -> {
                if (guarded) {
                    if (meetsInside && tx.attempt() == 1) {
                        meeting.meet();
                    }
                    tx.guard(Key.of("room", pair));
                }
                boolean empty = seatsIn(tx, pair) == 0;
                if (!guarded && meetsInside && tx.attempt() == 1) {
                    meeting.meet();
                }
                if (empty) {
                    tx.insert(SEATS, new Seat(doctor(pair, side), pair, 0));
                }
                return null;
            });
        });
    }

    private static long seatsIn(Tx tx, long room) throws SQLException {
        try (PreparedStatement statement =
                tx.connection().prepareStatement("SELECT COUNT(*) FROM seats WHERE room = ?")) {
            statement.setLong(1, room);
            try (ResultSet row = statement.executeQuery()) {
                assertThat(row.next()).isTrue();
                return row.getLong(1);
            }
        }
    }

    private static long twiceTaken(Database database) throws SQLException {
        return count(database, "SELECT COUNT(*) FROM (SELECT room FROM seats GROUP BY room HAVING COUNT(*) > 1) twice");
    }

    // ---- pairs

    /** Where the two of a pair wait for each other. */
    private interface Meeting {
        void meet() throws InterruptedException, BrokenBarrierException, TimeoutException;
    }

    /** One side of a pair. */
    private interface Side {
        void play(int pair, int side, Meeting meeting) throws Exception;
    }

    /** Every pair is two rows of its own, played by two threads that live through many pairs. */
    private static void race(int pairs, Side play) {
        List<Crowd.Client> clients = new ArrayList<>();
        for (int lane = 0; lane < PAIRS_AT_ONCE; lane++) {
            CyclicBarrier both = new CyclicBarrier(2);
            for (int s = 0; s < 2; s++) {
                int side = s;
                AtomicInteger next = new AtomicInteger(lane);
                clients.add(() -> {
                    int unused = both.await(MEET_SECONDS, TimeUnit.SECONDS);
                    int pair = next.getAndAdd(PAIRS_AT_ONCE);
                    if (pair < pairs) {
                        play.play(pair, side, () -> both.await(MEET_SECONDS, TimeUnit.SECONDS));
                    }
                });
            }
        }
        Crowd.times((pairs + PAIRS_AT_ONCE - 1) / PAIRS_AT_ONCE, clients);
    }

    private static long doctor(int pair, int side) {
        return 2L * pair + side + 1;
    }

    private static void createDoctors(Database database, int pairs) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS doctors",
                "CREATE TABLE doctors (id BIGINT PRIMARY KEY, on_call BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        for (int from = 0; from < pairs; from += 1_000) {
            List<String> rows = new ArrayList<>();
            for (int pair = from; pair < Math.min(pairs, from + 1_000); pair++) {
                rows.add("(" + doctor(pair, 0) + ", 1), (" + doctor(pair, 1) + ", 1)");
            }
            database.execute("INSERT INTO doctors (id, on_call) VALUES " + String.join(", ", rows));
        }
    }

    private static void createSeats(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS seats",
                "CREATE TABLE seats (id BIGINT PRIMARY KEY, room BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE INDEX seats_by_room ON seats (room)");
        List<String> unused = RowlockTables.createMissing(database.dataSource());
    }

    /** Pairs of which nobody stayed. */
    private static long violations(Database database) throws SQLException {
        return count(database, """
                SELECT COUNT(*) FROM doctors a JOIN doctors b ON b.id = a.id + 1
                WHERE a.id % 2 = 1 AND a.on_call = 0 AND b.on_call = 0""");
    }

    private static long count(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }
}
