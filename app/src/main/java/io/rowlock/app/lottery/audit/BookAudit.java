package io.rowlock.app.lottery.audit;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.audit.SqlAudit;
import io.rowlock.app.audit.SqlAudit.Check;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Asks a lottery's database whether its books are right: whether money, shares, numbers, winners, orders, payments and stock
 * agree with each other.
 *
 * <pre>{@code
 * try (Connection connection = dataSource.getConnection()) {
 *     List<Finding> wrong = BookAudit.run(connection).stream().filter(f -> !f.holds()).toList();
 * }
 * }</pre>
 *
 * <p><b>Promise.</b> One error is found by one check, the most telling one: a check passes over what another has already
 * found broken underneath it (a sum over a ledger that lacks a booking says nothing).
 *
 * <p><b>Holds when</b> all checks see one moment: give a connection in a transaction at REPEATABLE READ, or a database that
 * nobody writes to. <b>Breaks when</b> each statement sees its own moment and somebody writes: a round may then seem to have
 * sold what the participations, read later, have grown beyond.
 *
 * <p>Reads whole tables; the SQL is the same on SQLite, PostgreSQL and MariaDB. Safe for use by many threads, each with a
 * connection of its own.
 */
public final class BookAudit {
    /** How many violations a check shows. */
    public static final int EXAMPLES_MAX = SqlAudit.EXAMPLES_MAX;

    /** The balances of all users as rows. */
    private static final String BALANCES = """
            balances AS (
                SELECT id AS user_id, 'BALANCE' AS balance_type, balance_cents AS cents, balance_version AS version
                  FROM users
                UNION ALL
                SELECT id, 'PLATFORM_BALANCE', platform_balance_cents, platform_balance_version FROM users
                UNION ALL
                SELECT id, 'LUCKY_COINS', lucky_coins_cents, lucky_coins_version FROM users
            )""";

    /**
     * What the ledger has of each balance, and whether it lacks something: it begins with version 2, or with 1 if the
     * balance was opened with money, and has each version up to the balance's own.
     */
    private static final String LEDGERS = BALANCES + """
            , ledgers AS (
                SELECT b.user_id, b.balance_type, b.cents, b.version,
                       COUNT(t.id) AS bookings,
                       COALESCE(SUM(t.amount_cents), 0) AS booked_cents,
                       CASE WHEN COUNT(t.id) = 0 THEN b.version = 1
                            ELSE MIN(t.balance_version) <= 2
                                 AND MAX(t.balance_version) = b.version
                                 AND COUNT(t.id) = b.version - MIN(t.balance_version) + 1 END AS complete
                  FROM balances b
                  LEFT JOIN transactions t ON t.user_id = b.user_id AND t.balance_type = b.balance_type
                 GROUP BY b.user_id, b.balance_type, b.cents, b.version
            )""";

    /** How each round's shares were numbered: how many numbers, how many different ones, from where to where. */
    private static final String NUMBERED = """
            numbered AS (
                SELECT round_id, COUNT(*) AS numbers, COUNT(DISTINCT number) AS different,
                       MIN(number) AS lowest, MAX(number) AS highest
                  FROM participation_numbers
                 GROUP BY round_id
            )""";

    private static final String PRIZES = """
            prizes AS (
                SELECT round_id, COUNT(*) AS prizes, MIN(CAST(id AS char(36))) AS prize_id
                  FROM orders
                 WHERE type = 'LOTTERY_WIN'
                 GROUP BY round_id
            )""";

    private static final List<Check> CHECKS = List.of(
            // ---- money
            new Check("not-negative", "No balance and no stock is below zero", "WITH " + BALANCES + """
                    SELECT user_id AS owner, balance_type AS what, cents AS amount
                      FROM balances
                     WHERE cents < 0
                     UNION ALL
                    SELECT id, 'STOCK', stock
                      FROM products
                     WHERE stock < 0"""),
            new Check(
                    "ledger-complete", "Each version of a balance was reached by one booking", "WITH " + LEDGERS + """
                    SELECT user_id, balance_type, version, bookings
                      FROM ledgers
                     WHERE NOT complete"""),
            new Check("ledger-sum", "A balance is the sum of its bookings", "WITH " + LEDGERS + """
                    SELECT user_id, balance_type, cents AS balance_cents, booked_cents
                      FROM ledgers
                     WHERE complete AND cents <> booked_cents"""),
            new Check("ledger-running", "Each booking has the balance after it", "WITH " + LEDGERS + """
                    , running AS (
                        SELECT id, user_id, balance_type, balance_after_cents,
                               SUM(amount_cents) OVER (PARTITION BY user_id, balance_type ORDER BY balance_version) AS sum_cents
                          FROM transactions
                    )
                    SELECT r.id AS transaction_id, r.balance_after_cents, r.sum_cents
                      FROM running r
                      JOIN ledgers l ON l.user_id = r.user_id AND l.balance_type = r.balance_type
                     WHERE l.complete AND l.cents = l.booked_cents
                       AND r.balance_after_cents <> r.sum_cents"""),
            new Check(
                    "transfer-pairs",
                    "What a transfer takes from one balance it adds to another",
                    "WITH " + LEDGERS + """
                    SELECT t.user_id, SUBSTR(t.operation_id, 1, 45) AS transfer, COUNT(*) AS bookings,
                           SUM(t.amount_cents) AS difference_cents
                      FROM transactions t
                     WHERE t.type IN ('TRANSFER_OUT', 'TRANSFER_IN')
                       AND NOT EXISTS (SELECT 1 FROM ledgers l
                                        WHERE l.user_id = t.user_id AND (NOT l.complete OR l.cents <> l.booked_cents))
                     GROUP BY t.user_id, SUBSTR(t.operation_id, 1, 45)
                    HAVING COUNT(*) <> 2 OR SUM(t.amount_cents) <> 0"""),
            new Check(
                    "total-spent",
                    "What a user has spent is what was booked for participations",
                    "WITH " + LEDGERS + """
                    , spent AS (
                        SELECT user_id, -SUM(amount_cents) AS cents
                          FROM transactions
                         WHERE type = 'PARTICIPATE'
                         GROUP BY user_id
                    )
                    SELECT u.id AS user_id, u.total_spent_cents, COALESCE(s.cents, 0) AS booked_cents
                      FROM users u
                      JOIN ledgers l ON l.user_id = u.id AND l.balance_type = 'BALANCE'
                      LEFT JOIN spent s ON s.user_id = u.id
                     WHERE l.complete AND l.cents = l.booked_cents
                       AND u.total_spent_cents <> COALESCE(s.cents, 0)"""),

            // ---- shares and numbers
            new Check("round-oversold", "A round sells no more shares than it has", """
                    SELECT id AS round_id, sold_shares, total_shares
                      FROM lottery_rounds
                     WHERE sold_shares < 0 OR sold_shares > total_shares"""),
            new Check("round-sold", "The shares sold are those of the participations", """
                    SELECT r.id AS round_id, r.sold_shares, COALESCE(SUM(p.shares_count), 0) AS participations_shares
                      FROM lottery_rounds r LEFT JOIN participations p ON p.round_id = r.id
                     GROUP BY r.id, r.sold_shares
                    HAVING r.sold_shares <> COALESCE(SUM(p.shares_count), 0)"""),
            new Check("round-status", "A round is active while it has shares left, and only then", """
                    SELECT id AS round_id, status, sold_shares, total_shares
                      FROM lottery_rounds
                     WHERE sold_shares BETWEEN 0 AND total_shares
                       AND (status = 'ACTIVE') <> (sold_shares < total_shares)"""),
            new Check("numbers-unique", "A number is sold once in its round", """
                    SELECT round_id, number, COUNT(*) AS times
                      FROM participation_numbers
                     GROUP BY round_id, number
                    HAVING COUNT(*) > 1"""),
            new Check(
                    "numbers-gapless",
                    "The numbers of a round begin at 10000001 and leave none out",
                    "WITH " + NUMBERED + """
                    SELECT round_id, different AS numbers, lowest, highest
                      FROM numbered
                     WHERE numbers = different AND (lowest <> 10000001 OR highest <> 10000000 + different)"""),
            new Check(
                    "participation-numbers",
                    "A participation has a number for each share, in a row",
                    "WITH " + NUMBERED + """
                    SELECT p.id AS participation_id, p.shares_count, COUNT(n.number) AS numbers,
                           p.first_number, MIN(n.number) AS lowest
                      FROM participations p
                      LEFT JOIN participation_numbers n ON n.participation_id = p.id
                      LEFT JOIN numbered r ON r.round_id = p.round_id
                     WHERE r.round_id IS NULL
                        OR (r.numbers = r.different AND r.lowest = 10000001 AND r.highest = 10000000 + r.different)
                     GROUP BY p.id, p.shares_count, p.first_number
                    HAVING COUNT(n.number) <> p.shares_count
                        OR MIN(n.number) <> p.first_number
                        OR MAX(n.number) <> p.first_number + p.shares_count - 1"""),
            new Check(
                    "participation-paid",
                    "A participation is booked once for what it cost, a free one never",
                    "WITH " + LEDGERS + """
                    , costs AS (
                        SELECT user_id, SUM(cost_cents) AS cost_cents, SUM(CASE WHEN cost_cents > 0 THEN 1 ELSE 0 END) AS paid
                          FROM participations
                         GROUP BY user_id
                    ), booked AS (
                        SELECT user_id, -SUM(amount_cents) AS booked_cents, COUNT(*) AS bookings
                          FROM transactions
                         WHERE type = 'PARTICIPATE'
                         GROUP BY user_id
                    )
                    SELECT l.user_id, c.cost_cents, c.paid AS participations, b.booked_cents, b.bookings
                      FROM ledgers l
                      LEFT JOIN costs c ON c.user_id = l.user_id
                      LEFT JOIN booked b ON b.user_id = l.user_id
                     WHERE l.balance_type = 'BALANCE' AND l.complete AND l.cents = l.booked_cents
                       AND (COALESCE(c.cost_cents, 0) <> COALESCE(b.booked_cents, 0)
                            OR COALESCE(c.paid, 0) <> COALESCE(b.bookings, 0))"""),

            // ---- winners
            new Check(
                    "round-winner",
                    "A completed round has a winner, who holds the winning number; no other round has",
                    """
                    SELECT r.id AS round_id, r.status, r.winner_user_id, r.winning_number
                      FROM lottery_rounds r
                     WHERE (r.status = 'COMPLETED') <> (r.winner_user_id IS NOT NULL)
                        OR (r.status = 'COMPLETED'
                            AND NOT EXISTS (SELECT 1
                                              FROM participations p
                                              JOIN participation_numbers n ON n.participation_id = p.id
                                             WHERE p.id = r.winning_participation_id
                                               AND p.round_id = r.id
                                               AND p.user_id = r.winner_user_id
                                               AND n.number = r.winning_number))"""),
            new Check(
                    "one-prize",
                    "A completed round has one prize, the winner's; no other round has one",
                    "WITH " + PRIZES + """
                    SELECT r.id AS round_id, r.status, COALESCE(z.prizes, 0) AS prizes
                      FROM lottery_rounds r
                      LEFT JOIN prizes z ON z.round_id = r.id
                      LEFT JOIN orders o ON o.id = r.prize_order_id
                     WHERE (r.status = 'COMPLETED' AND r.winner_user_id IS NOT NULL
                            AND (COALESCE(z.prizes, 0) <> 1
                                 OR r.prize_order_id IS NULL
                                 OR z.prize_id <> CAST(r.prize_order_id AS char(36))
                                 OR o.user_id <> r.winner_user_id))
                        OR (r.status <> 'COMPLETED' AND r.winner_user_id IS NULL AND z.prizes IS NOT NULL)"""),

            // ---- orders, payments, stock
            new Check("order-status", "An order that ended unpaid is not paid, and one that is paid did not end", """
                    SELECT id AS order_id, type, status, payment_status
                      FROM orders
                     WHERE (status IN ('CANCELLED', 'EXPIRED')) <> (payment_status = 'CANCELLED')
                        OR (status = 'PENDING' AND payment_status = 'PAID')
                        OR (status = 'PAID' AND payment_status <> 'PAID')"""),
            new Check("payment-order", "A payment that paid has paid the order it names, alone and in full", """
                    SELECT p.payment_id, p.order_id, p.amount_cents, o.total_amount_cents, o.payment_status
                      FROM payments p
                      LEFT JOIN orders o ON o.id = p.order_id
                     WHERE p.status = 'PAID'
                       AND (o.id IS NULL
                            OR p.amount_cents <> o.total_amount_cents
                            OR o.payment_status <> 'PAID'
                            OR EXISTS (SELECT 1 FROM payments other
                                        WHERE other.order_id = p.order_id
                                          AND other.status = 'PAID'
                                          AND other.payment_id <> p.payment_id))"""),
            new Check("recharge-payment", "A recharge that is paid has a payment", """
                    SELECT o.id AS order_id, o.total_amount_cents
                      FROM orders o
                     WHERE o.type = 'RECHARGE' AND o.payment_status = 'PAID'
                       AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.status = 'PAID')"""),
            new Check(
                    "recharge-credited",
                    "A recharge is credited once when it is paid, and never otherwise",
                    "WITH " + LEDGERS + """
                    , credits AS (
                        SELECT related_order_id AS order_id, COUNT(*) AS credits, SUM(amount_cents) AS cents
                          FROM transactions
                         WHERE type = 'RECHARGE'
                         GROUP BY related_order_id
                    )
                    SELECT o.id AS order_id, o.payment_status, o.total_amount_cents, COALESCE(c.credits, 0) AS credits
                      FROM orders o
                      JOIN ledgers l ON l.user_id = o.user_id AND l.balance_type = 'BALANCE'
                      LEFT JOIN credits c ON c.order_id = o.id
                     WHERE o.type = 'RECHARGE' AND l.complete AND l.cents = l.booked_cents
                       AND (COALESCE(c.credits, 0) <> CASE WHEN o.payment_status = 'PAID' THEN 1 ELSE 0 END
                            OR (c.credits = 1 AND c.cents <> o.total_amount_cents))"""),
            new Check("stock", "What was put on sale is in stock or in an order that has not ended unpaid", """
                    SELECT p.id AS product_id, p.stock_in, p.stock, COALESCE(SUM(o.quantity), 0) AS ordered
                      FROM products p
                      LEFT JOIN orders o
                        ON o.product_id = p.id AND o.type = 'DIRECT_BUY' AND o.status NOT IN ('CANCELLED', 'EXPIRED')
                     GROUP BY p.id, p.stock_in, p.stock
                    HAVING p.stock_in <> p.stock + COALESCE(SUM(o.quantity), 0)"""));

    private BookAudit() {}

    /** The names of all checks, in the order they run. */
    public static List<String> checks() {
        return CHECKS.stream().map(Check::name).toList();
    }

    /**
     * Runs every check.
     *
     * @param connection where to look; it is only read from, and neither committed nor closed
     * @return what each check found, those that found nothing included
     * @throws SQLException if a check could not be run
     */
    public static List<Finding> run(Connection connection) throws SQLException {
        return SqlAudit.run(CHECKS, connection);
    }
}
