package io.rowlock.app.load;

import io.rowlock.app.load.Acknowledged.Booking;
import io.rowlock.app.load.Acknowledged.Bought;
import io.rowlock.app.load.Acknowledged.Drawn;
import io.rowlock.app.load.Acknowledged.Moved;
import io.rowlock.app.load.Acknowledged.Paid;
import io.rowlock.app.load.Acknowledged.Placed;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Holds the database to what the service has acknowledged: each effect of which a client was told is there, as it was told,
 * and nothing is there of which nobody was told.
 *
 * <p><b>Holds when</b> the database is at rest, and the users of this run were changed by this run alone. <b>Breaks
 * when</b> requests are left without an answer: each of them may have had an effect that nobody was told of, so as many rows
 * more are let through ({@link Doubts#unknownRows}).
 *
 * <p>One thread at a time.
 */
final class AcknowledgedAudit {
    private final Connection connection;
    private final String ownUsers;
    private final Acknowledged acknowledged;
    private final List<String> findings = new ArrayList<>();
    /** Rows of which nobody was told, as sentences; not yet known whether they may be there. */
    private final List<String> untold = new ArrayList<>();

    /** What was moved by bookings of which somebody was told, and by those of which nobody was. */
    private long bookedCents;

    private long untoldCents;

    private AcknowledgedAudit(Connection connection, String telegramPrefix, Acknowledged acknowledged) {
        this.connection = connection;
        this.ownUsers = telegramPrefix + "%";
        this.acknowledged = acknowledged;
    }

    /**
     * Audits.
     *
     * @param telegramPrefix what the Telegram id of each of the run's users, and of nobody else's, begins with
     * @return what is wrong, a line each; empty if nothing is
     * @throws SQLException if the database cannot be read
     */
    static List<String> findings(Connection connection, String telegramPrefix, Acknowledged acknowledged)
            throws SQLException {
        AcknowledgedAudit audit = new AcknowledgedAudit(connection, telegramPrefix, acknowledged);
        audit.findings.addAll(acknowledged.doubts().contradictions());
        audit.ledger();
        audit.money();
        audit.participations();
        audit.orders();
        audit.payments();
        audit.draws();
        if (audit.untold.size() > acknowledged.doubts().unknownRows()) {
            audit.findings.addAll(audit.untold);
        }
        return audit.findings;
    }

    // ---- the ledger

    private void ledger() throws SQLException {
        Map<String, Booking> bookings = new HashMap<>();
        acknowledged.bookings().forEach(booking -> {
            Booking before = bookings.put(balance(booking.userId(), booking.balanceType(), booking.version()), booking);
            if (before != null && !Objects.equals(before.key(), booking.key())) {
                findings.add("Two answers tell of the same version of a balance (user=" + booking.userId()
                        + ", balance=" + booking.balanceType() + ", version=" + booking.version() + ", keys="
                        + before.key() + " and " + booking.key() + ")");
            }
        });
        // Each once, though both answers to a request tell of it.
        bookedCents = bookings.values().stream().mapToLong(Booking::amountCents).sum();
        Map<String, Paid> paid = new HashMap<>();
        acknowledged.paid().stream().filter(Paid::paid).forEach(payment -> paid.put(payment.orderId(), payment));
        Set<String> keys = new HashSet<>();
        acknowledged.bookings().forEach(booking -> keys.add(String.valueOf(booking.key())));
        query("""
                SELECT t.operation_id, t.user_id, t.balance_type, t.balance_version, t.amount_cents,
                       t.balance_after_cents, t.description, t.related_order_id, t.type
                  FROM transactions t JOIN users u ON u.id = t.user_id
                 WHERE u.telegram_id LIKE ?
                 ORDER BY t.balance_version""", ownUsers, row -> booked(row, bookings, paid, keys));
        bookings.values()
                .forEach(lost -> findings.add("Lost: the ledger has no booking that was acknowledged (key=" + lost.key()
                        + ", user=" + lost.userId() + ", balance=" + lost.balanceType() + ", version="
                        + lost.version() + ", cents=" + lost.amountCents() + ")"));
        paid.values()
                .forEach(lost -> findings.add("Lost: an acknowledged payment was never credited (payment="
                        + lost.paymentId() + ", order=" + lost.orderId() + ", cents=" + lost.cents() + ")"));
    }

    private void booked(ResultSet row, Map<String, Booking> bookings, Map<String, Paid> paid, Set<String> keys)
            throws SQLException {
        String operation = row.getString(1);
        String user = row.getString(2);
        long cents = row.getLong(5);
        String description = row.getString(7);
        String order = row.getString(8);
        Booking booking = bookings.remove(balance(user, row.getString(3), row.getLong(4)));
        Paid payment = booking != null || order == null ? null : paid.remove(order);
        if (booking != null) {
            same("booking " + operation + " of key " + booking.key(), "cents", booking.amountCents(), cents);
            same("booking " + operation + " of key " + booking.key(), "balance", booking.afterCents(), row.getLong(6));
        } else if (payment != null) {
            same("payment " + payment.paymentId(), "cents", payment.cents(), cents);
            same("payment " + payment.paymentId(), "user", payment.userId(), user);
        } else if (description != null && keys.contains(description)) {
            // Each change of a balance has its key as description: here is one of whose key another was told.
            untoldCents += cents;
            findings.add("Idempotency key " + description + " took effect more than once (operation=" + operation
                    + ", user=" + user + ", cents=" + cents + ")");
        } else {
            untoldCents += cents;
            untold.add("Nobody was told of a booking: an operation took effect twice or unasked (operation=" + operation
                    + ", type=" + row.getString(9) + ", user=" + user + ", cents=" + cents + ")");
        }
    }

    private static String balance(String user, String type, long version) {
        return user + type + version;
    }

    private void money() throws SQLException {
        long told = bookedCents
                + acknowledged.paid().stream()
                        .filter(Paid::paid)
                        .mapToLong(Paid::cents)
                        .sum()
                + untoldCents;
        query("""
                SELECT COALESCE(SUM(balance_cents + platform_balance_cents + lucky_coins_cents), 0)
                  FROM users WHERE telegram_id LIKE ?""", ownUsers, row -> {
            if (row.getLong(1) != told) {
                findings.add("Money is not conserved: the users of this run have " + row.getLong(1)
                        + " cents, and the changes that were made sum to " + told);
            }
        });
    }

    // ---- participations

    private void participations() throws SQLException {
        Map<String, Bought> told = new HashMap<>();
        Map<String, String> keys = new HashMap<>();
        acknowledged.bought().forEach(bought -> {
            told.put(bought.id(), bought);
            keys.put(look(bought.userId(), bought.roundId(), bought.shares()), String.valueOf(bought.key()));
        });
        query("""
                SELECT p.id, p.user_id, p.round_id, p.type, p.first_number, p.shares_count, p.cost_cents
                  FROM participations p JOIN users u ON u.id = p.user_id
                 WHERE u.telegram_id LIKE ?""", ownUsers, row -> {
            Bought bought = told.remove(row.getString(1));
            String user = row.getString(2);
            String round = row.getString(3);
            if (bought == null) {
                untold.add("Nobody was told of a participation: a purchase took effect twice or unasked (id="
                        + row.getString(1) + ", user=" + user + ", round=" + round
                        + ", alike=" + keys.get(look(user, round, row.getInt(6))) + ")");
                return;
            }
            String what = "participation " + bought.id() + " of key " + bought.key();
            same(what, "user", bought.userId(), user);
            same(what, "round", bought.roundId(), round);
            same(what, "type", bought.type(), row.getString(4));
            same(what, "first number", bought.firstNumber(), row.getLong(5));
            same(what, "shares", (long) bought.shares(), row.getLong(6));
            same(what, "cost", bought.costCents(), row.getLong(7));
        });
        told.values()
                .forEach(lost -> findings.add("Lost: a participation that was acknowledged is not there (id="
                        + lost.id() + ", key=" + lost.key() + ", user=" + lost.userId() + ", round="
                        + lost.roundId() + ", shares=" + lost.shares() + ")"));
    }

    private static String look(String user, String round, int shares) {
        return user + round + shares;
    }

    // ---- orders and payments

    private record State(long version, String status) {}

    private void orders() throws SQLException {
        Map<String, Placed> told = new HashMap<>();
        acknowledged.placed().forEach(order -> told.put(order.id(), order));
        Map<String, State> states = new HashMap<>();
        query("""
                SELECT o.id, o.user_id, o.product_id, o.type, o.quantity, o.total_amount_cents, o.version, o.status
                  FROM orders o JOIN users u ON u.id = o.user_id
                 WHERE u.telegram_id LIKE ? AND o.type IN ('DIRECT_BUY', 'RECHARGE')""", ownUsers, row -> {
            states.put(row.getString(1), new State(row.getLong(7), row.getString(8)));
            Placed order = told.remove(row.getString(1));
            if (order == null) {
                untold.add("Nobody was told of an order: it was placed twice or unasked (id="
                        + row.getString(1) + ", type=" + row.getString(4) + ", user=" + row.getString(2)
                        + ")");
                return;
            }
            String what = "order " + order.id() + " of key " + order.key();
            same(what, "user", order.userId(), row.getString(2));
            same(what, "type", order.type(), row.getString(4));
            same(what, "quantity", (long) order.quantity(), row.getLong(5));
            same(what, "total", order.totalCents(), row.getLong(6));
            if (order.productId() != null) {
                same(what, "product", order.productId(), row.getString(3));
            }
        });
        told.values()
                .forEach(lost -> findings.add("Lost: an order that was acknowledged is not there (id=" + lost.id()
                        + ", key=" + lost.key() + ", user=" + lost.userId() + ")"));
        for (Moved moved : acknowledged.moved()) {
            State now = states.get(moved.orderId());
            if (now == null) {
                continue; // told above
            }
            if (now.version() < moved.version()
                    || (now.version() == moved.version() && !now.status().equals(moved.status()))) {
                findings.add("Lost: an order is not what was acknowledged (id=" + moved.orderId() + ", acknowledged="
                        + moved.status() + " at version " + moved.version() + ", stored=" + now.status()
                        + " at version " + now.version() + ")");
            }
        }
    }

    private void payments() throws SQLException {
        if (acknowledged.paid().isEmpty()) {
            return;
        }
        Map<String, Paid> told = new HashMap<>();
        acknowledged.paid().forEach(payment -> told.put(payment.paymentId(), payment));
        query(
                "SELECT payment_id, order_id, amount_cents, status FROM payments WHERE payment_id LIKE ?",
                "load-" + ownUsers,
                row -> {
                    Paid payment = told.remove(row.getString(1));
                    if (payment == null) {
                        untold.add("Nobody was told of a payment (id=" + row.getString(1) + ")");
                        return;
                    }
                    String what = "payment " + payment.paymentId();
                    same(what, "order", payment.orderId(), row.getString(2));
                    same(what, "cents", payment.cents(), row.getLong(3));
                    same(what, "status", payment.paid() ? "PAID" : "FAILED", row.getString(4));
                });
        told.values()
                .forEach(lost -> findings.add("Lost: a payment that was acknowledged is not there (id="
                        + lost.paymentId() + ", order=" + lost.orderId() + ")"));
    }

    // ---- rounds

    private void draws() throws SQLException {
        for (Drawn drawn : acknowledged.drawn()) {
            boolean[] found = new boolean[1];
            query(
                    "SELECT status, winner_user_id, winning_number FROM lottery_rounds WHERE id = " + idParameter(),
                    drawn.roundId(),
                    row -> {
                        found[0] = true;
                        String what = "round " + drawn.roundId();
                        same(what, "status", "COMPLETED", row.getString(1));
                        same(what, "winner", drawn.winnerUserId(), row.getString(2));
                        same(what, "winning number", drawn.number(), row.getLong(3));
                    });
            if (!found[0]) {
                findings.add("Lost: a round whose draw was acknowledged is not there (id=" + drawn.roundId() + ")");
            }
        }
    }

    /** PostgreSQL keeps ids as uuid and compares them with nothing else. */
    private String idParameter() throws SQLException {
        return connection.getMetaData().getDatabaseProductName().startsWith("PostgreSQL") ? "CAST(? AS uuid)" : "?";
    }

    // ----

    private void same(String what, String field, Object told, Object stored) {
        if (!told.equals(stored)) {
            findings.add("Not as acknowledged: " + what + " (" + field + ": acknowledged=" + told + ", stored=" + stored
                    + ")");
        }
    }

    /** Looks at one row. */
    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private void query(String sql, String parameter, RowReader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, parameter);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }
}
