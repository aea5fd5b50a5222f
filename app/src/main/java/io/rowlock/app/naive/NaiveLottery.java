package io.rowlock.app.naive;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/**
 * The lottery as it is mostly written: read, decide, write, in a transaction at the database's default level. Each operation
 * has the defect that its original had. For showing what the guards are for; nothing that serves customers uses it.
 *
 * <p>The schema's constraints refuse some of what would go wrong here. Where a constraint would hide the defect, the row that
 * it stands on is not written.
 */
public final class NaiveLottery {
    private static final long FIRST_NUMBER = 10_000_001;

    private final DataSource pool;
    private final Engine engine;

    /**
     * On a database with the lottery's tables.
     *
     * @param pool its connections
     */
    public NaiveLottery(DataSource pool, Engine engine) {
        this.pool = pool;
        this.engine = engine;
    }

    /** Buys one share. The first number follows from the shares that were sold when it looked: two buyers get the same. */
    public boolean buyOne(UUID user, UUID round) throws SQLException {
        return inTransaction(connection -> {
            long[] sale = read(
                    connection,
                    "SELECT sold_shares, total_shares, price_per_share_cents FROM lottery_rounds WHERE id = ?"
                            + " AND status = 'ACTIVE'",
                    3,
                    round);
            long[] balance = read(connection, "SELECT balance_cents FROM users WHERE id = ?", 1, user);
            if (sale[0] >= sale[1] || balance[0] < sale[2]) {
                return false;
            }
            long left = balance[0] - sale[2];
            write(connection, "UPDATE users SET balance_cents = ? WHERE id = ?", left, user);
            write(connection, "UPDATE lottery_rounds SET sold_shares = sold_shares + 1 WHERE id = ?", round);
            write(
                    connection,
                    "INSERT INTO participations (id, user_id, round_id, type, shares_count, first_number, cost_cents, created_at)"
                            + " VALUES (?, ?, ?, 'PAID', 1, ?, ?, CURRENT_TIMESTAMP)",
                    UUID.randomUUID(),
                    user,
                    round,
                    FIRST_NUMBER + sale[0],
                    sale[2]);
            book(connection, user, "PARTICIPATE", -sale[2], left);
            return true;
        });
    }

    /** Adds to a balance by writing what it was plus the amount: of two at once, one is lost. */
    public boolean add(UUID user, long cents) throws SQLException {
        return inTransaction(connection -> {
            long balance = read(connection, "SELECT balance_cents FROM users WHERE id = ?", 1, user)[0];
            write(connection, "UPDATE users SET balance_cents = ? WHERE id = ?", balance + cents, user);
            book(connection, user, "ADD", cents, balance + cents);
            return true;
        });
    }

    /** It knows no versions: the number that the ledger asks for is any. */
    private void book(Connection connection, UUID user, String type, long change, long after) throws SQLException {
        UUID id = UUID.randomUUID();
        write(
                connection,
                "INSERT INTO transactions (id, operation_id, user_id, type, balance_type, amount_cents, balance_after_cents,"
                        + " balance_version, created_at) VALUES (?, ?, ?, '" + type
                        + "', 'BALANCE', ?, ?, ?, CURRENT_TIMESTAMP)",
                id,
                id.toString(),
                user,
                change,
                after,
                ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
    }

    // ---- what is wrong afterwards, whoever wrote it

    /** Shares that bear a number which another share of their round has as well, or that their round does not count. */
    public long wrongShares(UUID round) {
        return count(
                "SELECT (SELECT COUNT(*) - COUNT(DISTINCT first_number) FROM participations WHERE round_id = r.id)"
                        + " + ABS(r.sold_shares - (SELECT COUNT(*) FROM participations WHERE round_id = r.id))"
                        + " FROM lottery_rounds r WHERE r.id = ?",
                round);
    }

    /** Cents by which a balance differs from the sum of its ledger. */
    public long wrongCents(UUID user) {
        return count(
                "SELECT ABS(u.balance_cents - (SELECT COALESCE(SUM(amount_cents), 0) FROM transactions"
                        + " WHERE user_id = u.id AND balance_type = 'BALANCE')) FROM users u WHERE u.id = ?",
                user);
    }

    private long count(String sql, UUID id) {
        try (Connection connection = pool.getConnection()) {
            return read(connection, sql, 1, id)[0];
        } catch (SQLException failed) {
            throw new IllegalStateException("The books cannot be read", failed);
        }
    }

    // ----

    @FunctionalInterface
    private interface Part {
        boolean run(Connection connection) throws SQLException;
    }

    private boolean inTransaction(Part part) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                boolean done = part.run(connection);
                connection.commit();
                return done;
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private long[] read(Connection connection, String sql, int columns, UUID id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, 1, id);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("No such row");
                }
                long[] values = new long[columns];
                for (int i = 0; i < columns; i++) {
                    values[i] = row.getLong(i + 1);
                }
                return values;
            }
        }
    }

    private void write(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                bind(statement, i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private void bind(PreparedStatement statement, int index, Object value) throws SQLException {
        boolean asText = value instanceof UUID && engine != Engine.POSTGRESQL;
        statement.setObject(index, asText ? value.toString() : value);
    }
}
