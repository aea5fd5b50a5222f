package io.rowlock.app.lottery;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The lottery as everybody writes it first: tables without constraints, reads that decide, writes that follow. On servers
 * each operation is a transaction at the engine's default level; on SQLite, where a transaction that writes after a read
 * is refused, each statement is one, as with most pools.
 *
 * <p>Where an operation has read and not yet written it comes to a {@link Pause}, at which a test makes operations meet.
 */
final class NaiveLottery {
    private static final int PATIENCE_SECONDS = 30;

    private final Database database;

    NaiveLottery(Database database) {
        this.database = database;
        for (String table : List.of("users", "rounds", "participations", "orders", "ledger")) {
            database.execute("DROP TABLE IF EXISTS naive_" + table);
        }
        database.execute(
                "CREATE TABLE naive_users (id int PRIMARY KEY, balance int, free_plays int, last_reset int)",
                "CREATE TABLE naive_rounds (id int PRIMARY KEY, total int, sold int, status varchar(16), winner int)",
                "CREATE TABLE naive_participations (user_id int, round_id int, first_number int, shares int)",
                "CREATE TABLE naive_orders (round_id int, winner int)",
                "CREATE TABLE naive_ledger (user_id int, amount int)");
    }

    /** What happens between a read and the write that follows from it. */
    @FunctionalInterface
    interface Pause {
        Pause NONE = () -> {};

        void here() throws Exception;

        /** All of so many operations come here before one goes on: the worst order, and it happens every time. */
        static Pause meeting(int operations) {
            CyclicBarrier all = new CyclicBarrier(operations);
            return () -> {
                try {
                    all.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (BrokenBarrierException | TimeoutException somebodyFailed) {
                    throw new IllegalStateException("The others did not come", somebodyFailed);
                }
            };
        }
    }

    void user(int id, int balance) {
        database.execute("INSERT INTO naive_users VALUES (" + id + ", " + balance + ", 0, 0)");
    }

    void round(int id, int total, int sold) {
        database.execute("INSERT INTO naive_rounds VALUES (" + id + ", " + total + ", " + sold + ", '"
                + (sold == total ? "full" : "active") + "', NULL)");
    }

    // ---- the operations

    /** Reads the balance, and writes what it should then be. */
    boolean deduct(int user, int amount, Pause pause) throws Exception {
        return inTransaction(connection -> {
            int balance = one(connection, "SELECT balance FROM naive_users WHERE id = ?", user);
            pause.here();
            if (balance < amount) {
                return false;
            }
            run(connection, "UPDATE naive_users SET balance = ? WHERE id = ?", balance - amount, user);
            run(connection, "INSERT INTO naive_ledger VALUES (?, ?)", user, -amount);
            return true;
        });
    }

    /** C1 and C3: looks whether there is any share left, numbers from the count it has read, adds what was asked for. */
    boolean participate(int user, int round, int shares, Pause pause) throws Exception {
        return inTransaction(connection -> {
            int sold = one(connection, "SELECT sold FROM naive_rounds WHERE id = ?", round);
            int total = one(connection, "SELECT total FROM naive_rounds WHERE id = ?", round);
            pause.here();
            if (sold >= total) {
                return false;
            }
            run(connection, "UPDATE naive_rounds SET sold = sold + ? WHERE id = ?", shares, round);
            run(connection, "UPDATE naive_users SET balance = balance - ? WHERE id = ?", shares, user);
            run(
                    connection,
                    "INSERT INTO naive_participations VALUES (?, ?, ?, ?)",
                    user,
                    round,
                    10_000_001 + sold,
                    shares);
            run(connection, "INSERT INTO naive_ledger VALUES (?, ?)", user, -shares);
            return true;
        });
    }

    /** The same in steps that commit one by one; those after the last are the ones that the crash took. */
    void participateUntil(int lastStep, int user, int round) throws SQLException {
        try (Connection connection = database.connect()) {
            List<String> steps = List.of(
                    "UPDATE naive_users SET balance = balance - 1 WHERE id = " + user,
                    "UPDATE naive_rounds SET sold = sold + 1 WHERE id = " + round,
                    "INSERT INTO naive_participations SELECT " + user + ", id, 10000000 + sold, 1 FROM naive_rounds"
                            + " WHERE id = " + round,
                    "INSERT INTO naive_ledger VALUES (" + user + ", -1)");
            for (String step : steps.subList(0, lastStep)) {
                run(connection, step);
            }
        }
    }

    /** C4, one side: the round first. */
    void lockRoundThenUser(int user, int round, Pause pause) throws Exception {
        inTransaction(connection -> {
            run(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
            pause.here();
            return run(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ?", user);
        });
    }

    /** C4, the other side: the user first. */
    void lockUserThenRound(int user, int round, Pause pause) throws Exception {
        inTransaction(connection -> {
            run(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ?", user);
            pause.here();
            return run(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
        });
    }

    /** C5: whether it is full is read, the winner written whatever has become of it. */
    boolean draw(int round, int winner, Pause pause) throws Exception {
        return inTransaction(connection -> {
            boolean full = text(connection, "SELECT status FROM naive_rounds WHERE id = ?", round)
                    .equals("full");
            pause.here();
            if (!full) {
                return false;
            }
            run(connection, "UPDATE naive_rounds SET status = 'completed', winner = ? WHERE id = ?", winner, round);
            run(connection, "INSERT INTO naive_orders VALUES (?, ?)", round, winner);
            return true;
        });
    }

    /** Whether it is a new day is read, the three plays are written. */
    void resetFreePlays(int user, int today, Pause pause) throws Exception {
        inTransaction(connection -> {
            int last = one(connection, "SELECT last_reset FROM naive_users WHERE id = ?", user);
            pause.here();
            return last < today
                    ? run(connection, "UPDATE naive_users SET free_plays = 3, last_reset = ? WHERE id = ?", today, user)
                    : 0;
        });
    }

    /** C8: one play less, however many shares, and whatever there was. */
    void playFree(int user, int shares) throws Exception {
        inTransaction(connection -> run(
                connection, "UPDATE naive_users SET free_plays = free_plays - 1 WHERE id = ? AND ? > 0", user, shares));
    }

    // ---- what became of it

    int balance(int user) throws Exception {
        return inTransaction(connection -> one(connection, "SELECT balance FROM naive_users WHERE id = ?", user));
    }

    int freePlays(int user) throws Exception {
        return inTransaction(connection -> one(connection, "SELECT free_plays FROM naive_users WHERE id = ?", user));
    }

    int sold(int round) throws Exception {
        return inTransaction(connection -> one(connection, "SELECT sold FROM naive_rounds WHERE id = ?", round));
    }

    int ledger(int user) throws Exception {
        return inTransaction(connection ->
                one(connection, "SELECT COALESCE(SUM(amount), 0) FROM naive_ledger WHERE user_id = ?", user));
    }

    List<Integer> firstNumbers(int round) throws Exception {
        return inTransaction(connection ->
                all(connection, "SELECT first_number FROM naive_participations WHERE round_id = ? ORDER BY 1", round));
    }

    List<Integer> prizes(int round) throws Exception {
        return inTransaction(
                connection -> all(connection, "SELECT winner FROM naive_orders WHERE round_id = ? ORDER BY 1", round));
    }

    // ---- JDBC

    /** What is done on one connection. */
    @FunctionalInterface
    private interface Body<R> {
        R run(Connection connection) throws Exception;
    }

    private <R> R inTransaction(Body<R> body) throws Exception {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(database.engine() == Engine.SQLITE);
            try {
                R result = body.run(connection);
                if (!connection.getAutoCommit()) {
                    connection.commit();
                }
                return result;
            } catch (Exception failed) {
                if (!connection.getAutoCommit()) {
                    connection.rollback();
                }
                throw failed;
            }
        }
    }

    private static int run(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static int one(Connection connection, String sql, int... values) throws SQLException {
        return all(connection, sql, values).get(0);
    }

    private static List<Integer> all(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<Integer> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getInt(1));
            }
            return all;
        }
    }

    private static String text(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, int... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setInt(i + 1, values[i]);
        }
        return statement;
    }
}
