package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static io.rowlock.dialect.Engine.POSTGRESQL;
import static io.rowlock.dialect.Engine.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.dialect.SqlFailure.Kind;
import io.rowlock.dialect.SqlFailure.Undone;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.BusyHandler;

/**
 * What each engine's failures look like, what the verdict on them is, and what is stored if a program catches them and
 * commits: with plain JDBC, which shows that {@code undone} tells the truth, and inside a unit, where nothing is stored by
 * halves.
 *
 * <p>Each scenario changes the row {@code before}, then meets the failure, then changes the row {@code after}, then commits.
 */
class SqlFailureGoldenTest {

    @BeforeEach
    void notes(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS notes",
                "CREATE TABLE notes (name VARCHAR(20) PRIMARY KEY, n INT NOT NULL)",
                "INSERT INTO notes (name, n) VALUES ('before', 0), ('after', 0), ('a', 0), ('b', 0), ('held', 0)");
    }

    /** What was seen of a failure, as one line. */
    private static String line(Engine engine, SQLException error, String stored) {
        SqlFailure verdict = SqlFailure.of(engine, error);
        return error.getSQLState() + "/" + error.getErrorCode() + " " + verdict.kind() + ", undone " + verdict.undone()
                + ", commit stores " + stored;
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int bump(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE notes SET n = n + 1 WHERE name = ?")) {
            statement.setString(1, name);
            return statement.executeUpdate();
        }
    }

    private static int look(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT n FROM notes WHERE name = ?")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : -1;
            }
        }
    }

    private static int stored(Database database, String name) throws SQLException {
        try (Connection connection = database.connect()) {
            return look(connection, name);
        }
    }

    private static SQLException failing(Step step) {
        return Objects.requireNonNull(catchThrowableOfType(SQLException.class, step::run));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }

    /** Goes on as a program does that has caught the error and thinks nothing of it. */
    private static String catchAndCommit(Database database, Connection connection, String before, String after)
            throws SQLException {
        String tail = "";
        try {
            bump(connection, after);
        } catch (SQLException refused) {
            tail = " (next statement "
                    + SqlFailure.of(database.engine(), refused).kind();
        }
        String commit = "";
        try {
            connection.commit();
        } catch (SQLException refused) {
            commit = "commit() " + SqlFailure.of(database.engine(), refused).kind();
            connection.rollback();
        }
        if (!tail.isEmpty()) {
            commit = tail + ", " + (commit.isEmpty() ? "commit() returns normally)" : commit + ")");
        } else if (!commit.isEmpty()) {
            commit = " (" + commit + ")";
        }
        boolean first = stored(database, before) > 0;
        boolean second = stored(database, after) > 0;
        String what = first ? second ? "before and after" : "before" : second ? "after alone" : "nothing";
        return what + commit;
    }

    // ---- MariaDB, by both drivers

    private enum Driver {
        MARIADB_DRIVER,
        MYSQL_DRIVER;

        Connection connect(Database database) throws SQLException {
            String url = this == MARIADB_DRIVER
                    ? database.url()
                    : "jdbc:mysql://" + database.host() + ":" + database.port() + "/" + database.name()
                            + "?sslMode=DISABLED&allowPublicKeyRetrieval=true";
            return DriverManager.getConnection(url, database.properties());
        }
    }

    private static Connection begin(Database database, Driver driver, int isolation) throws SQLException {
        Connection connection = driver.connect(database);
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        return connection;
    }

    @Databases(MARIADB)
    void aDeadlockOnMariaDbUndoesTheTransactionAndCommittingStoresTheTail(Database database) throws Exception {
        for (Driver driver : Driver.values()) {
            notes(database);
            assertThat(deadlock(database, () -> begin(database, driver, Connection.TRANSACTION_READ_COMMITTED)))
                    .as(driver.name())
                    .isEqualTo("40001/1213 DEADLOCK, undone TRANSACTION, commit stores after alone");
        }
    }

    @Databases({POSTGRESQL, MARIADB})
    void whoLacksARightIsNotPermitted(Database database) throws Exception {
        notes(database);
        String user = "clerk" + Integer.toUnsignedString(database.name().hashCode());
        database.execute(
                database.engine() == POSTGRESQL ? "CREATE ROLE " + user : "CREATE USER " + user + " IDENTIFIED BY 'k'",
                "GRANT SELECT ON notes TO " + user);
        try (Connection connection = as(database, user)) {
            connection.setAutoCommit(false);
            assertThat(look(connection, "a")).isZero();
            SqlFailure refused = SqlFailure.of(database.engine(), failing(() -> bump(connection, "a")));
            assertThat(refused.kind()).isEqualTo(SqlFailure.Kind.NOT_PERMITTED);
            assertThat(refused.mayPass()).isFalse();
            assertThat(refused.undone())
                    .isEqualTo(
                            database.engine() == POSTGRESQL
                                    ? SqlFailure.Undone.TRANSACTION
                                    : SqlFailure.Undone.STATEMENT);
            connection.rollback();
        } finally {
            database.execute(
                    database.engine() == POSTGRESQL ? "DROP OWNED BY " + user : "REVOKE ALL ON notes FROM " + user,
                    database.engine() == POSTGRESQL ? "DROP ROLE " + user : "DROP USER " + user);
        }
    }

    private static Connection as(Database database, String user) throws SQLException {
        if (database.engine() == MARIADB) {
            return DriverManager.getConnection(database.url(), user, "k");
        }
        Connection connection = database.connect();
        run(connection, "SET SESSION AUTHORIZATION " + user);
        return connection;
    }

    @FunctionalInterface
    private interface Beginning {
        Connection begin() throws SQLException;
    }

    /** Two take two rows in opposite order; whoever is chosen catches it and goes on. */
    private static String deadlock(Database database, Beginning beginning) throws Exception {
        database.execute(
                "INSERT INTO notes (name, n) VALUES ('before2', 0)",
                "INSERT INTO notes (name, n) VALUES ('after2', 0)");
        CyclicBarrier bothHoldOne = new CyclicBarrier(2);
        List<Actors.Outcome<String>> outcomes = Actors.run(
                () -> crossing(database, beginning, bothHoldOne, "", "a", "b"),
                () -> crossing(database, beginning, bothHoldOne, "2", "b", "a"));
        List<String> seen = outcomes.stream()
                .map(Actors.Outcome::get)
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(seen).hasSize(1);
        return seen.get(0);
    }

    private static String crossing(
            Database database, Beginning beginning, CyclicBarrier bothHoldOne, String mine, String first, String second)
            throws Exception {
        try (Connection connection = beginning.begin()) {
            bump(connection, "before" + mine);
            bump(connection, first);
            bothHoldOne.await(20, TimeUnit.SECONDS);
            try {
                bump(connection, second);
            } catch (SQLException deadlock) {
                return line(
                        database.engine(),
                        deadlock,
                        catchAndCommit(database, connection, "before" + mine, "after" + mine));
            }
            connection.commit();
            return "";
        }
    }

    @Databases(MARIADB)
    void aLockTimeoutOnMariaDbUndoesTheStatementAndCommittingIsPartial(Database database) throws Exception {
        for (Driver driver : Driver.values()) {
            String state = driver == Driver.MARIADB_DRIVER ? "HY000" : "40001";
            for (String waiting : List.of("", " NOWAIT")) {
                notes(database);
                try (Connection holder = database.connect();
                        Connection connection = begin(database, driver, Connection.TRANSACTION_READ_COMMITTED)) {
                    holder.setAutoCommit(false);
                    bump(holder, "held");
                    run(connection, "SET SESSION innodb_lock_wait_timeout = 1");
                    bump(connection, "before");
                    SQLException timeout = failing(
                            () -> run(connection, "SELECT n FROM notes WHERE name = 'held' FOR UPDATE" + waiting));
                    assertThat(line(MARIADB, timeout, catchAndCommit(database, connection, "before", "after")))
                            .as(driver + waiting)
                            .isEqualTo(state + "/1205 LOCK_TIMEOUT, undone STATEMENT, commit stores before and after");
                    holder.rollback();
                }
            }
        }
    }

    @Databases(MARIADB)
    void aSnapshotConflictOnMariaDbUndoesTheTransactionAndCommittingStoresTheTail(Database database) throws Exception {
        for (Driver driver : Driver.values()) {
            notes(database);
            try (Connection other = database.connect();
                    Connection connection = begin(database, driver, Connection.TRANSACTION_REPEATABLE_READ)) {
                run(connection, "SET SESSION innodb_snapshot_isolation = ON");
                bump(connection, "before");
                assertThat(look(connection, "a")).isZero();
                bump(other, "a");
                SQLException conflict = failing(() -> bump(connection, "a"));
                assertThat(line(MARIADB, conflict, catchAndCommit(database, connection, "before", "after")))
                        .as(driver.name())
                        .isEqualTo("HY000/1020 SERIALIZATION, undone TRANSACTION, commit stores after alone");
            }
        }
    }

    // ---- PostgreSQL

    private static Connection begin(Database database, int isolation) throws SQLException {
        Connection connection = database.connect();
        connection.setTransactionIsolation(isolation);
        connection.setAutoCommit(false);
        return connection;
    }

    private static final String ABORTED = ", commit stores nothing (next statement ABORTED, commit() returns normally)";

    @Databases(POSTGRESQL)
    void aDeadlockOnPostgresAbortsTheTransaction(Database database) throws Exception {
        assertThat(deadlock(database, () -> {
                    Connection connection = begin(database, Connection.TRANSACTION_READ_COMMITTED);
                    run(connection, "SET LOCAL deadlock_timeout = '100ms'");
                    return connection;
                }))
                .isEqualTo("40P01/0 DEADLOCK, undone TRANSACTION" + ABORTED);
    }

    @Databases(POSTGRESQL)
    void aConcurrentChangeOnPostgresAbortsASnapshotsTransaction(Database database) throws Exception {
        for (int isolation : List.of(Connection.TRANSACTION_REPEATABLE_READ, Connection.TRANSACTION_SERIALIZABLE)) {
            notes(database);
            try (Connection other = database.connect();
                    Connection connection = begin(database, isolation)) {
                bump(connection, "before");
                bump(other, "a");
                SQLException conflict = failing(() -> bump(connection, "a"));
                assertThat(line(POSTGRESQL, conflict, catchAndCommit(database, connection, "before", "after")))
                        .isEqualTo("40001/0 SERIALIZATION, undone TRANSACTION" + ABORTED);
            }
        }
    }

    @Databases(POSTGRESQL)
    void aLockNotHadOnPostgresAbortsTheTransaction(Database database) throws Exception {
        for (String waiting : List.of("", " NOWAIT")) {
            notes(database);
            try (Connection holder = begin(database, Connection.TRANSACTION_READ_COMMITTED);
                    Connection connection = begin(database, Connection.TRANSACTION_READ_COMMITTED)) {
                bump(holder, "held");
                run(connection, "SET LOCAL lock_timeout = '50ms'");
                bump(connection, "before");
                SQLException timeout =
                        failing(() -> run(connection, "SELECT n FROM notes WHERE name = 'held' FOR UPDATE" + waiting));
                assertThat(line(POSTGRESQL, timeout, catchAndCommit(database, connection, "before", "after")))
                        .isEqualTo("55P03/0 LOCK_TIMEOUT, undone TRANSACTION" + ABORTED);
                holder.rollback();
            }
        }
    }

    /** Neither the driver nor the server tells: COMMIT of a failed transaction answers ROLLBACK, which nobody reads. */
    @Databases(POSTGRESQL)
    void committingAFailedTransactionOnPostgresAsTextReturnsNormallyAndStoresNothing(Database database)
            throws Exception {
        try (Connection connection = database.connect()) {
            run(connection, "BEGIN");
            bump(connection, "before");
            failing(() -> run(connection, "SELECT 1 / 0"));
            SQLException refused = failing(() -> bump(connection, "after"));
            assertThat(line(POSTGRESQL, refused, "?"))
                    .isEqualTo("25P02/0 ABORTED, undone TRANSACTION, commit stores ?");
            String commit = "returns normally";
            try {
                run(connection, "COMMIT");
            } catch (SQLException told) {
                commit = SqlFailure.of(POSTGRESQL, told).kind().toString();
            }
            assertThat(commit).isEqualTo("returns normally");
            assertThat(stored(database, "before")).isZero();
            assertThat(stored(database, "after")).isZero();
        }
    }

    @Databases(POSTGRESQL)
    void twoWhoLookAndThenInsertOnPostgresMeetTheUniqueKeyOrASerializationFailure(Database database) throws Exception {
        List<String> seen = new ArrayList<>();
        for (int isolation : List.of(
                Connection.TRANSACTION_READ_COMMITTED,
                Connection.TRANSACTION_REPEATABLE_READ,
                Connection.TRANSACTION_SERIALIZABLE)) {
            notes(database);
            try (Connection first = begin(database, isolation);
                    Connection second = begin(database, isolation)) {
                assertThat(look(first, "new")).isEqualTo(-1);
                assertThat(look(second, "new")).isEqualTo(-1);
                run(first, "INSERT INTO notes (name, n) VALUES ('new', 1)");
                first.commit();
                bump(second, "before");
                SQLException taken = failing(() -> run(second, "INSERT INTO notes (name, n) VALUES ('new', 2)"));
                seen.add(line(POSTGRESQL, taken, catchAndCommit(database, second, "before", "after")));
            }
        }
        assertThat(seen.get(0)).isEqualTo("23505/0 UNIQUE, undone TRANSACTION" + ABORTED);
        assertThat(seen.get(1)).isEqualTo("23505/0 UNIQUE, undone TRANSACTION" + ABORTED);
        assertThat(seen.get(2)).isEqualTo("40001/0 SERIALIZATION, undone TRANSACTION" + ABORTED);
    }

    @Databases(POSTGRESQL)
    void writeSkewOnPostgresIsToldByTheCommit(Database database) throws Exception {
        try (Connection first = begin(database, Connection.TRANSACTION_SERIALIZABLE);
                Connection second = begin(database, Connection.TRANSACTION_SERIALIZABLE)) {
            assertThat(look(first, "a") + look(first, "b")).isZero();
            assertThat(look(second, "a") + look(second, "b")).isZero();
            bump(first, "a");
            bump(second, "b");
            first.commit();
            SQLException skew = failing(second::commit);
            assertThat(line(POSTGRESQL, skew, "?"))
                    .isEqualTo("40001/0 SERIALIZATION, undone TRANSACTION, commit stores ?");
            assertThat(SqlFailure.of(POSTGRESQL, skew).duringCommit().kind()).isEqualTo(Kind.SERIALIZATION);
            second.rollback();
        }
        assertThat(stored(database, "b")).isZero();
    }

    // ---- SQLite

    /** Counts how often SQLite asks whether to go on waiting, and lets it a few times. */
    private static final class Patience extends BusyHandler {
        private final AtomicInteger asked = new AtomicInteger();

        static Patience of(Connection connection) throws SQLException {
            Patience patience = new Patience();
            BusyHandler.setHandler(connection, patience);
            return patience;
        }

        @Override
        protected int callback(int invocations) {
            asked.incrementAndGet();
            return invocations < 3 ? 1 : 0;
        }
    }

    private static Connection sqlite(Database database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.properties());
    }

    @Databases(SQLITE)
    void aSqliteSnapshotThatIsTooOldToWriteFromIsToldAtOnceAndNeverGetsBetter(Database database) throws Exception {
        try (Connection other = sqlite(database);
                Connection connection = sqlite(database)) {
            Patience patience = Patience.of(connection);
            run(connection, "BEGIN");
            assertThat(look(connection, "a")).isZero();
            bump(other, "a");
            SQLException stale = failing(() -> bump(connection, "before"));
            assertThat(line(SQLITE, stale, "?")).isEqualTo("null/5 BUSY_SNAPSHOT, undone NOTHING, commit stores ?");
            SQLException again = failing(() -> bump(connection, "before"));
            assertThat(SqlFailure.of(SQLITE, again).kind()).isEqualTo(Kind.BUSY_SNAPSHOT);
            assertThat(patience.asked).as("waits").hasValue(0);
            assertThat(look(connection, "a"))
                    .as("the transaction still reads its snapshot")
                    .isZero();
            run(connection, "ROLLBACK");
            assertThat(bump(connection, "before")).isEqualTo(1);
        }
    }

    @Databases(SQLITE)
    void aSqliteReaderThatWritesWhileAnotherHoldsTheWriteLockIsRefusedAtOnce(Database database) throws Exception {
        try (Connection other = sqlite(database);
                Connection connection = sqlite(database)) {
            Patience patience = Patience.of(connection);
            run(connection, "BEGIN");
            assertThat(look(connection, "a")).isZero();
            run(other, "BEGIN IMMEDIATE");
            SQLException busy = failing(() -> bump(connection, "before"));
            assertThat(line(SQLITE, busy, "?")).isEqualTo("null/5 BUSY, undone NOTHING, commit stores ?");
            assertThat(patience.asked).as("waits").hasValue(0);
            run(other, "ROLLBACK");
            assertThat(bump(connection, "before"))
                    .as("the same statement, once the lock is free")
                    .isEqualTo(1);
            run(connection, "COMMIT");
        }
        assertThat(stored(database, "before")).isEqualTo(1);
    }

    @Databases(SQLITE)
    void aSqliteWriterWaitsForTheWriteLockIfWritingIsTheFirstItDoes(Database database) throws Exception {
        try (Connection other = sqlite(database);
                Connection connection = sqlite(database)) {
            Patience patience = Patience.of(connection);
            run(connection, "BEGIN");
            run(other, "BEGIN IMMEDIATE");
            SQLException busy = failing(() -> bump(connection, "before"));
            assertThat(line(SQLITE, busy, "?")).isEqualTo("null/5 BUSY, undone NOTHING, commit stores ?");
            assertThat(patience.asked).as("waits").hasValueGreaterThan(0);
            run(other, "ROLLBACK");
            bump(connection, "before");
            run(connection, "COMMIT");
        }
        assertThat(stored(database, "before")).isEqualTo(1);
    }

    @Databases(SQLITE)
    void withADeleteJournalTwoSqliteReadersThatWriteBlockEachOtherUntilOneRollsBack(
            Database database, @TempDir Path folder) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("delete.db");
        try (Connection first = DriverManager.getConnection(url);
                Connection second = DriverManager.getConnection(url)) {
            run(first, "PRAGMA journal_mode = DELETE");
            run(first, "CREATE TABLE notes (name VARCHAR(20) PRIMARY KEY, n INT NOT NULL)");
            run(first, "INSERT INTO notes (name, n) VALUES ('a', 0), ('b', 0)");
            Patience firstPatience = Patience.of(first);
            Patience secondPatience = Patience.of(second);
            run(first, "BEGIN");
            run(second, "BEGIN");
            assertThat(look(first, "a") + look(second, "a")).isZero();
            bump(first, "a");
            SQLException write = failing(() -> bump(second, "b"));
            assertThat(line(SQLITE, write, "?")).isEqualTo("null/5 BUSY, undone NOTHING, commit stores ?");
            assertThat(secondPatience.asked).as("waits of the second writer").hasValue(0);
            SQLException commit = failing(() -> run(first, "COMMIT"));
            SqlFailure verdict = SqlFailure.of(SQLITE, commit).duringCommit();
            assertThat(verdict.kind()).isEqualTo(Kind.BUSY);
            assertThat(verdict.undone()).isEqualTo(Undone.NOTHING);
            assertThat(firstPatience.asked).as("waits of the commit").hasValueGreaterThan(0);
            run(second, "ROLLBACK");
            run(first, "COMMIT");
            assertThat(look(second, "a")).isEqualTo(1);
        }
    }

    // ---- wherever the telling exception is

    @Databases
    void theFailureIsFoundInsideABatchAndBehindCauses(Database database) throws Exception {
        try (Connection connection = database.connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO notes (name, n) VALUES (?, 1)")) {
            for (String name : List.of("x", "a", "y")) {
                insert.setString(1, name);
                insert.addBatch();
            }
            SQLException batch = failing(insert::executeBatch);
            assertThat(SqlFailure.of(database.engine(), batch).kind()).isEqualTo(Kind.UNIQUE);
            Throwable wrapped = new IllegalStateException(new RuntimeException(new SQLException("outer", batch)));
            SqlFailure behind = SqlFailure.of(database.engine(), wrapped);
            assertThat(behind.kind()).isEqualTo(Kind.UNIQUE);
            assertThat(behind.error().getMessage()).isNotEqualTo("outer");
        }
        SQLException first = new SQLException("told nothing");
        first.setNextException(new SQLException("lost", "08006"));
        assertThat(SqlFailure.of(POSTGRESQL, new RuntimeException(first)).kind())
                .isEqualTo(Kind.CONNECTION_LOST);
        SqlFailure unknown = SqlFailure.of(database.engine(), new IllegalStateException("no database at all"));
        assertThat(unknown.kind()).isEqualTo(Kind.OTHER);
        assertThat(unknown.undone()).isEqualTo(Undone.UNKNOWN);
    }

    // ---- inside a unit

    /** Runs a body that meets the failure in its first attempt, swallows it and goes on; answers how often it ran. */
    private static int swallowing(Database database, Step failing) throws SQLException {
        AtomicInteger attempts = new AtomicInteger();
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        rowlock.<@Nullable Object, SQLException>transact(tx -> {
            attempts.incrementAndGet();
            Connection connection = tx.connection();
            bump(connection, "before");
            if (tx.attempt() == 1) {
                swallow(() -> failing(connection, failing));
            }
            bump(connection, "after");
            return null;
        });
        return attempts.get();
    }

    private static void failing(Connection connection, Step step) throws SQLException {
        CURRENT.set(connection);
        try {
            step.run();
        } finally {
            CURRENT.remove();
        }
    }

    private static final ThreadLocal<@Nullable Connection> CURRENT = new ThreadLocal<>();

    private static Connection unit() {
        return Objects.requireNonNull(CURRENT.get());
    }

    private static void swallow(Step step) {
        try {
            step.run();
        } catch (SQLException swallowed) {
            assertThat((Throwable) swallowed).isNotNull();
        }
    }

    private static void requireOnce(Database database) throws SQLException {
        assertThat(List.of(stored(database, "before"), stored(database, "after")))
                .as("before and after, each counted once")
                .containsExactly(1, 1);
    }

    @Databases({MARIADB, POSTGRESQL})
    void aUnitThatSwallowsALockTimeoutIsRunAgainAndStoresNeitherHalfNorTwice(Database database) throws Exception {
        try (Connection holder = database.connect()) {
            holder.setAutoCommit(false);
            bump(holder, "held");
            int attempts = swallowing(database, () -> {
                try {
                    run(unit(), "SELECT n FROM notes WHERE name = 'held' FOR UPDATE NOWAIT");
                } finally {
                    holder.rollback();
                }
            });
            assertThat(attempts).isEqualTo(2);
        }
        requireOnce(database);
    }

    @Databases({MARIADB, POSTGRESQL})
    void aUnitThatSwallowsADeadlockIsRunAgainAndStoresNoTail(Database database) throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        CountDownLatch unitHoldsA = new CountDownLatch(1);
        CountDownLatch otherHoldsB = new CountDownLatch(1);
        try {
            Future<?> other = pool.submit(() -> {
                try (Connection connection = database.connect()) {
                    connection.setAutoCommit(false);
                    if (database.engine() == POSTGRESQL) {
                        run(connection, "SET LOCAL deadlock_timeout = '60s'");
                    }
                    // The heavier transaction is not the one that InnoDB chooses.
                    for (int i = 0; i < 50; i++) {
                        run(connection, "INSERT INTO notes (name, n) VALUES ('weight" + i + "', 0)");
                    }
                    bump(connection, "b");
                    otherHoldsB.countDown();
                    unitHoldsA.await();
                    bump(connection, "a");
                    connection.commit();
                }
                return null;
            });
            int attempts = swallowing(database, () -> {
                if (database.engine() == POSTGRESQL) {
                    run(unit(), "SET LOCAL deadlock_timeout = '50ms'");
                }
                await(otherHoldsB);
                bump(unit(), "a");
                unitHoldsA.countDown();
                bump(unit(), "b");
            });
            other.get(30, TimeUnit.SECONDS);
            assertThat(attempts).isEqualTo(2);
        } finally {
            pool.shutdownNow();
        }
        requireOnce(database);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    @Databases
    void aUnitThatSwallowsARefusedStatementIsToldAndStoresNothing(Database database) throws Exception {
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        Throwable told = catchThrowableOfType(
                RuntimeException.class,
                () -> rowlock.transact(tx -> {
                    Connection connection = tx.connection();
                    bump(connection, "before");
                    swallow(() -> run(connection, "INSERT INTO notes (name, n) VALUES ('a', 9)"));
                    bump(connection, "after");
                    return null;
                }));
        assertThat(told).isInstanceOf(DatabaseFailure.class).hasMessageContaining("kind=UNIQUE");
        Throwable swallowedToTheEnd = catchThrowableOfType(
                RuntimeException.class,
                () -> rowlock.transact(tx -> {
                    Connection connection = tx.connection();
                    bump(connection, "before");
                    swallow(() -> run(connection, "INSERT INTO notes (name, n) VALUES ('a', 9)"));
                    return null;
                }));
        assertThat(swallowedToTheEnd)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("A statement failed and the failure was swallowed");
        assertThat(stored(database, "before")).isZero();
        assertThat(stored(database, "after")).isZero();
    }

    /** OR ROLLBACK ends the transaction behind the unit's back, and what follows would commit by itself. */
    @Databases(SQLITE)
    void aUnitThatSwallowsWhatUndidItsTransactionStoresNoTail(Database database) throws Exception {
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        Throwable told = catchThrowableOfType(
                RuntimeException.class,
                () -> rowlock.transact(tx -> {
                    Connection connection = tx.connection();
                    bump(connection, "before");
                    swallow(() -> run(connection, "INSERT OR ROLLBACK INTO notes (name, n) VALUES ('a', 9)"));
                    bump(connection, "after");
                    return null;
                }));
        assertThat(told).isInstanceOf(DatabaseFailure.class).hasMessageContaining("kind=UNIQUE");
        assertThat(stored(database, "before")).isZero();
        assertThat(stored(database, "after")).isZero();
    }

    @Databases(SQLITE)
    void aUnitOnSqliteMeetsNeitherBusyNorASnapshotTooOld(Database database) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        List<Actors.Outcome<Integer>> outcomes = Actors.run(
                () -> bumpTwice(rowlock, attempts),
                () -> bumpTwice(rowlock, attempts),
                () -> bumpTwice(rowlock, attempts));
        outcomes.forEach(Actors.Outcome::get);
        assertThat(stored(database, "a")).isEqualTo(60);
        assertThat(attempts).hasValue(60);
    }

    private static int bumpTwice(Rowlock rowlock, AtomicInteger attempts) throws SQLException {
        for (int i = 0; i < 20; i++) {
            rowlock.<@Nullable Object, SQLException>transact(tx -> {
                attempts.incrementAndGet();
                look(tx.connection(), "a");
                bump(tx.connection(), "a");
                return null;
            });
        }
        return 20;
    }
}
