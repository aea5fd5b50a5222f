package io.rowlock.app.lottery;

import io.rowlock.DatabaseFailure;
import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.lottery.audit.BookAudit;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the lottery stands, for those who run it. Nothing here takes a lock on a row, and each answer is of one moment.
 *
 * <p>Safe for use by many threads.
 */
final class Monitor {
    private static final Unit COUNT = ofOneMoment("lottery-count");
    private static final Unit LOCKS = Unit.named("lottery-locks");

    /** The audit reads whole tables. */
    private static final Unit AUDIT = ofOneMoment("lottery-audit").withDeadline(Duration.ofSeconds(60));

    private final Rowlock rowlock;

    Monitor(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    private static Unit ofOneMoment(String name) {
        return Unit.named(name).withIsolation(Isolation.REPEATABLE_READ);
    }

    /** What there is, and what waits for somebody. */
    Overview overview() {
        return rowlock.read(
                COUNT,
                tx -> new Overview(
                        Sql.number(tx, "SELECT COUNT(*) FROM users"),
                        counts(tx, "SELECT status, COUNT(*) FROM lottery_rounds GROUP BY status ORDER BY status"),
                        counts(tx, "SELECT status, COUNT(*) FROM orders GROUP BY status ORDER BY status"),
                        Sql.number(tx, "SELECT COUNT(*) FROM lottery_rounds WHERE status = 'FULL'"),
                        Sql.number(tx, "SELECT COUNT(*) FROM orders WHERE status = 'PENDING'"),
                        Sql.number(tx, "SELECT COUNT(*) FROM payments WHERE status = 'UNMATCHED'")));
    }

    /**
     * What there is, and what waits for somebody.
     *
     * @param rounds how many, by status
     * @param orders how many, by status
     */
    record Overview(
            long users,
            Map<String, Long> rounds,
            Map<String, Long> orders,
            long pendingDraws,
            long unpaidOrders,
            long unmatchedPayments) {}

    /** How much there was of everything, in all. */
    Statistics statistics() {
        return rowlock.read(
                COUNT,
                tx -> new Statistics(
                        Sql.number(tx, "SELECT COUNT(*) FROM users"),
                        Sql.number(tx, "SELECT COUNT(*) FROM products"),
                        counts(tx, "SELECT status, COUNT(*) FROM lottery_rounds GROUP BY status ORDER BY status"),
                        Sql.number(tx, "SELECT COALESCE(SUM(sold_shares), 0) FROM lottery_rounds"),
                        counts(tx, "SELECT type, COUNT(*) FROM participations GROUP BY type ORDER BY type"),
                        counts(tx, "SELECT type, COUNT(*) FROM orders GROUP BY type ORDER BY type"),
                        counts(tx, "SELECT status, COUNT(*) FROM orders GROUP BY status ORDER BY status"),
                        counts(tx, "SELECT status, COUNT(*) FROM payments GROUP BY status ORDER BY status"),
                        counts(tx, "SELECT type, COUNT(*) FROM transactions GROUP BY type ORDER BY type"),
                        amounts(tx, "SELECT type, SUM(amount_cents) FROM transactions GROUP BY type ORDER BY type"),
                        balances(tx)));
    }

    /**
     * How much there was of everything. Maps go by type or status.
     *
     * @param bookedAmounts sums of the ledger
     * @param balances what all users have together
     */
    record Statistics(
            long users,
            long products,
            Map<String, Long> rounds,
            long sharesSold,
            Map<String, Long> participations,
            Map<String, Long> ordersByType,
            Map<String, Long> ordersByStatus,
            Map<String, Long> payments,
            Map<String, Long> bookings,
            Map<String, Money> bookedAmounts,
            Map<String, Money> balances) {}

    private static Map<String, Money> balances(ReadTx tx) {
        return amounts(tx, """
                SELECT 'BALANCE', COALESCE(SUM(balance_cents), 0) FROM users
                UNION ALL
                SELECT 'PLATFORM_BALANCE', COALESCE(SUM(platform_balance_cents), 0) FROM users
                UNION ALL
                SELECT 'LUCKY_COINS', COALESCE(SUM(lucky_coins_cents), 0) FROM users""");
    }

    /** Whether the books are right. */
    List<Finding> audit() {
        return rowlock.read(AUDIT, tx -> Sql.on(tx, BookAudit::run));
    }

    /** Versions of the rows that changed last, and who holds and awaits locks, as far as the engine tells. */
    Locks locks() {
        boolean keepsNone = rowlock.profile().engine() == Engine.SQLITE;
        try {
            return new Locks(
                    keepsNone ? Visibility.NOT_KEPT : Visibility.SHOWN, rowlock.read(LOCKS, Monitor::lockRows));
        } catch (DatabaseFailure failure) {
            if (failure.kind() == SqlFailure.Kind.NOT_PERMITTED) {
                return new Locks(Visibility.NOT_ALLOWED, List.of());
            }
            throw failure;
        }
    }

    /** Whether locks are among the rows. */
    enum Visibility {
        /** They are. */
        SHOWN,
        /** The engine keeps no list of them. */
        NOT_KEPT,
        /** The service's database user may not look at them. */
        NOT_ALLOWED
    }

    /** Rows of {@code lock_monitoring_view}. */
    record Locks(Visibility locks, List<LockRow> rows) {}

    /**
     * A version, a lock or a wait.
     *
     * @param kind {@code version}, {@code lock} or {@code wait}
     * @param rowId the key, or the place in the table where the engine knows no key
     * @param holder the database session that holds the lock or waits
     * @param waitsFor the sessions it waits for
     * @param since when the row changed, the lock's transaction began, or the wait began; ISO text in UTC
     */
    record LockRow(
            String kind,
            @Nullable String tableName,
            @Nullable String rowId,
            @Nullable String versionColumn,
            @Nullable Long version,
            @Nullable String lockMode,
            @Nullable String holder,
            @Nullable String waitsFor,
            @Nullable String since) {}

    private static List<LockRow> lockRows(ReadTx tx) {
        return Sql.query(
                tx,
                row -> {
                    long version = row.getLong("version");
                    return new LockRow(
                            row.getString("kind"),
                            row.getString("table_name"),
                            row.getString("row_id"),
                            row.getString("version_column"),
                            row.wasNull() ? null : version,
                            row.getString("lock_mode"),
                            row.getString("holder"),
                            row.getString("waits_for"),
                            row.getString("since"));
                },
                """
                SELECT kind, table_name, row_id, version_column, version, lock_mode, holder, waits_for, since
                  FROM lock_monitoring_view
                 ORDER BY kind, table_name, since DESC, row_id, version_column""");
    }

    // ----

    private static Map<String, Long> counts(ReadTx tx, String sql) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Sql.query(tx, row -> Map.entry(row.getString(1).toLowerCase(Locale.ROOT), row.getLong(2)), sql)
                .forEach(entry -> counts.put(entry.getKey(), entry.getValue()));
        return counts;
    }

    private static Map<String, Money> amounts(ReadTx tx, String sql) {
        Map<String, Money> amounts = new LinkedHashMap<>();
        counts(tx, sql).forEach((name, cents) -> amounts.put(name, Money.ofCents(cents)));
        return amounts;
    }
}
