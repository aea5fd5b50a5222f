package io.rowlock.app.naive;

import static io.rowlock.app.naive.PlainJdbc.prepared;
import static io.rowlock.app.naive.PlainJdbc.write;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * The lottery's operations on the smallest tables that show what is wrong with them, once as they are mostly written first and
 * once as their original repaired them. {@link NaiveLottery} has some of them on the service's own tables.
 *
 * <p>On servers an operation is a transaction at the engine's default level, where nothing else is said. On SQLite, where a
 * transaction that writes after a read is mostly refused, each statement is one, as with most pools.
 *
 * <p>Each operation answers {@link #DONE} or {@link #REFUSED}. Safe for use by many threads.
 */
public final class EarlyLottery {
    /** It says that it has done it. */
    public static final String DONE = "done";

    /** It says that it has not. */
    public static final String REFUSED = "refused";

    private static final int FIRST_NUMBER = 10_000_001;

    private static final List<String> TABLES = List.of(
            "naive_users (id int PRIMARY KEY, balance int, version int, free_plays int, last_reset int)",
            "naive_products (id int PRIMARY KEY, stock int)",
            "naive_rounds (id int PRIMARY KEY, total int, sold int, status varchar(16))",
            "naive_participations (user_id int, round_id int, first_number int, shares int)",
            "naive_prizes (round_id int, winner int)",
            "naive_orders (id int PRIMARY KEY, status varchar(16), paid int, version int)",
            "naive_ledger (user_id int, amount int)",
            "naive_requests (request int, answer varchar(16))");

    private final PlainJdbc jdbc;

    /** @param pool connections to a database that has the {@linkplain #createTables tables} */
    public EarlyLottery(DataSource pool, Engine engine) {
        this.jdbc = new PlainJdbc(pool, engine);
    }

    /** Creates the tables that are not there yet. */
    public static void createTables(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.executeUpdate("CREATE TABLE IF NOT EXISTS " + table);
            }
        }
    }

    /** What empties all tables. */
    public static String[] empty() {
        return TABLES.stream()
                .map(table -> "DELETE FROM " + table.substring(0, table.indexOf(' ')))
                .toArray(String[]::new);
    }

    // ---- balances

    /** Reads the balance, and writes what it should then be. */
    public String deduct(int user, int amount) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int balance = number(connection, "SELECT balance FROM naive_users WHERE id = ?", user);
            if (balance < amount) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_users SET balance = ? WHERE id = ?", balance - amount, user);
            write(connection, "INSERT INTO naive_ledger VALUES (?, ?)", user, -amount);
            return DONE;
        });
    }

    /** As {@link #deduct}, but the write says which version it was computed from. */
    public String deductByVersion(int user, int amount) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int[] read = numbers(connection, "SELECT balance, version FROM naive_users WHERE id = ?", user);
            int balance = read[0];
            int version = read[1];
            if (balance < amount
                    || write(
                                    connection,
                                    "UPDATE naive_users SET balance = ?, version = version + 1 WHERE id = ? AND version = ?",
                                    balance - amount,
                                    user,
                                    version)
                            == 0) {
                return REFUSED;
            }
            write(connection, "INSERT INTO naive_ledger VALUES (?, ?)", user, -amount);
            return DONE;
        });
    }

    /** C9: adds in the statement, which is right by itself, and leaves the version as it is. */
    public String credit(int user, int amount) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_users SET balance = balance + ? WHERE id = ?", amount, user);
            write(connection, "INSERT INTO naive_ledger VALUES (?, ?)", user, amount);
            return DONE;
        });
    }

    /** Two changes in the order in which they were asked for. */
    public String creditBoth(int first, int second) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_users SET balance = balance + 1 WHERE id = ?", first);
            write(connection, "UPDATE naive_users SET balance = balance + 1 WHERE id = ?", second);
            return DONE;
        });
    }

    // ---- purchases

    /** C2: looks whether there are enough left, and adds what was asked for whatever there is by then. */
    public String buy(int round, int shares) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int left = number(connection, "SELECT total - sold FROM naive_rounds WHERE id = ?", round);
            if (left < shares) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_rounds SET sold = sold + ? WHERE id = ?", shares, round);
            return DONE;
        });
    }

    /** C1: the write looks as well, and for too little: whether any share is left. */
    public String buyIfAnyIsLeft(int round, int shares) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int left = number(connection, "SELECT total - sold FROM naive_rounds WHERE id = ?", round);
            boolean sold = left >= shares
                    && write(
                                    connection,
                                    "UPDATE naive_rounds SET sold = sold + ? WHERE id = ? AND sold < total",
                                    shares,
                                    round)
                            == 1;
            return sold ? DONE : REFUSED;
        });
    }

    /** Counts the shares that were sold, and gives the next number. */
    public String takeNextNumber(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int sold = number(connection, "SELECT COUNT(*) FROM naive_participations WHERE round_id = ?", round);
            write(connection, "INSERT INTO naive_participations VALUES (?, ?, ?, 1)", user, round, FIRST_NUMBER + sold);
            return DONE;
        });
    }

    /** C3: never sells too many, and numbers from the count that it has read. */
    public String buyNumbered(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int sold = number(connection, "SELECT sold FROM naive_rounds WHERE id = ?", round);
            if (write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ? AND sold + 1 <= total", round)
                    == 0) {
                return REFUSED;
            }
            write(connection, "INSERT INTO naive_participations VALUES (?, ?, ?, 1)", user, round, FIRST_NUMBER + sold);
            return DONE;
        });
    }

    /** Each step is stored for itself, the money first. */
    public String buyInSteps(int user, int round) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (write(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ? AND balance >= 1", user)
                    == 0) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
            write(connection, "INSERT INTO naive_ledger VALUES (?, -1)", user);
            return DONE;
        });
    }

    /** Knows nothing of requests: whoever asks again buys again. */
    public String buyAgain(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
            write(connection, "INSERT INTO naive_participations VALUES (?, ?, 0, 1)", user, round);
            return DONE;
        });
    }

    /** Looks whether the request was answered; what it finds nowhere it does, and notes it. */
    public String buyOnce(int request, int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (finds(connection, "SELECT answer FROM naive_requests WHERE request = ?", request)) {
                return DONE;
            }
            write(connection, "INSERT INTO naive_participations VALUES (?, ?, 0, 1)", user, round);
            write(connection, "INSERT INTO naive_requests VALUES (?, 'done')", request);
            return DONE;
        });
    }

    // ---- two rows, and which comes first

    /** C4, one side: the round, then the user. */
    public String roundThenUser(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
            write(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ?", user);
            return DONE;
        });
    }

    /** C4, the other side: the user, then the round. */
    public String userThenRound(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ?", user);
            write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
            return DONE;
        });
    }

    /** As {@link #roundThenUser}, under locks that are taken first. */
    public String lockRoundThenUser(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            lock(connection, "SELECT sold FROM naive_rounds WHERE id = ?", round);
            lock(connection, "SELECT balance FROM naive_users WHERE id = ?", user);
            return sellLocked(connection, user, round);
        });
    }

    /** As {@link #userThenRound}, under locks that are taken first. */
    public String lockUserThenRound(int user, int round) throws SQLException {
        return jdbc.inTransaction(connection -> {
            lock(connection, "SELECT balance FROM naive_users WHERE id = ?", user);
            lock(connection, "SELECT sold FROM naive_rounds WHERE id = ?", round);
            return sellLocked(connection, user, round);
        });
    }

    private String sellLocked(Connection connection, int user, int round) throws SQLException {
        write(connection, "UPDATE naive_rounds SET sold = sold + 1 WHERE id = ?", round);
        write(connection, "UPDATE naive_users SET balance = balance - 1 WHERE id = ?", user);
        return DONE;
    }

    // ---- draws

    /** C5: whether it is full is read, and it is completed whatever has become of it. */
    public String draw(int round, int winner) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (!text(connection, "SELECT status FROM naive_rounds WHERE id = ?", round)
                    .equals("full")) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_rounds SET status = 'completed' WHERE id = ?", round);
            write(connection, "INSERT INTO naive_prizes VALUES (?, ?)", round, winner);
            return DONE;
        });
    }

    /** C5: looks for an earlier draw in the transaction, with a plain read. */
    public String drawUnlessDrawn(int round, int winner) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (finds(connection, "SELECT winner FROM naive_prizes WHERE round_id = ?", round)) {
                return REFUSED;
            }
            write(connection, "INSERT INTO naive_prizes VALUES (?, ?)", round, winner);
            write(connection, "UPDATE naive_rounds SET status = 'completed' WHERE id = ?", round);
            return DONE;
        });
    }

    // ---- orders and payments

    /** Looks whether the step is allowed, and takes it. */
    public String move(int order, String next) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (!isPending(connection, order)) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_orders SET status = ? WHERE id = ?", next, order);
            return DONE;
        });
    }

    /** The write names the version that was read. That it changed nothing is no exception, so nobody hears of it. */
    public String moveByVersion(int order, String next) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int version = number(connection, "SELECT version FROM naive_orders WHERE id = ?", order);
            if (!isPending(connection, order)) {
                return REFUSED;
            }
            write(
                    connection,
                    "UPDATE naive_orders SET status = ?, version = version + 1 WHERE id = ? AND version = ?",
                    next,
                    order,
                    version);
            return DONE;
        });
    }

    /** Pays an order that it finds unpaid, and credits the user. */
    public String receive(int order, int user, int amount) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (!isPending(connection, order)) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_orders SET status = 'paid', paid = 1 WHERE id = ?", order);
            write(connection, "UPDATE naive_users SET balance = balance + ? WHERE id = ?", amount, user);
            return DONE;
        });
    }

    /** C6: one of many does it, in one commit that pays and another that credits. */
    public String receiveInSteps(int order, int user, int amount) throws SQLException {
        return jdbc.inSteps(connection -> {
            if (pay(connection, order) == 0) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_users SET balance = balance + ? WHERE id = ?", amount, user);
            return DONE;
        });
    }

    /** Pays an order that is unpaid: this one is right. */
    public String payIfPending(int order) throws SQLException {
        return jdbc.inTransaction(connection -> pay(connection, order) == 1 ? DONE : REFUSED);
    }

    /** Pays an order that it finds unpaid. */
    public String payPending(int order) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (!isPending(connection, order)) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_orders SET status = 'paid', paid = 1 WHERE id = ?", order);
            return DONE;
        });
    }

    /** C7: ends an order that it finds unpaid, and writes the stock that it has computed. */
    public String expire(int order, int product) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (!isPending(connection, order)) {
                return REFUSED;
            }
            int stock = number(connection, "SELECT stock FROM naive_products WHERE id = ?", product);
            write(connection, "UPDATE naive_orders SET status = 'expired' WHERE id = ?", order);
            write(connection, "UPDATE naive_products SET stock = ? WHERE id = ?", stock + 1, product);
            return DONE;
        });
    }

    /** C7: gives the stock back, ends the order if it is still unpaid, and else takes the stock again: each a call of its own. */
    public String expireWithCompensation(int order, int product) throws SQLException {
        return jdbc.inSteps(connection -> {
            int stock = number(connection, "SELECT stock FROM naive_products WHERE id = ?", product);
            write(connection, "UPDATE naive_products SET stock = ? WHERE id = ?", stock + 1, product);
            boolean expired = write(
                            connection,
                            "UPDATE naive_orders SET status = 'expired' WHERE id = ? AND status = 'pending'",
                            order)
                    == 1;
            if (!expired) {
                write(connection, "UPDATE naive_products SET stock = ? WHERE id = ?", stock, product);
            }
            return expired ? DONE : REFUSED;
        });
    }

    private int pay(Connection connection, int order) throws SQLException {
        return write(
                connection,
                "UPDATE naive_orders SET status = 'paid', paid = 1 WHERE id = ? AND status = 'pending'",
                order);
    }

    private boolean isPending(Connection connection, int order) throws SQLException {
        return text(connection, "SELECT status FROM naive_orders WHERE id = ?", order)
                .equals("pending");
    }

    // ---- free plays

    /** Whether it is a new day is read, the three plays are written. */
    public String resetFreePlays(int user, int today) throws SQLException {
        return jdbc.inTransaction(connection -> {
            int last = number(connection, "SELECT last_reset FROM naive_users WHERE id = ?", user);
            if (last >= today) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_users SET free_plays = 3, last_reset = ? WHERE id = ?", today, user);
            return DONE;
        });
    }

    /** Plays if there is a play left, and looks no more when it takes one: C8. */
    public String playFree(int user) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (number(connection, "SELECT free_plays FROM naive_users WHERE id = ?", user) < 1) {
                return REFUSED;
            }
            write(connection, "UPDATE naive_users SET free_plays = free_plays - 1 WHERE id = ?", user);
            return DONE;
        });
    }

    // ---- JDBC

    private void lock(Connection connection, String sql, int id) throws SQLException {
        int unused = number(connection, sql + jdbc.forUpdate(), id);
    }

    private static int number(Connection connection, String sql, Object... values) throws SQLException {
        return Integer.parseInt(text(connection, sql, values));
    }

    private static String text(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("No such row");
            }
            return row.getString(1);
        }
    }

    /** The first row's first two columns. */
    private static int[] numbers(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("No such row");
            }
            return new int[] {row.getInt(1), row.getInt(2)};
        }
    }

    private static boolean finds(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }
}
