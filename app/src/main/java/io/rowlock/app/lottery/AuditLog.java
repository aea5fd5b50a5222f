package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.AUDIT_LOG;

import io.rowlock.Row;
import io.rowlock.Tx;
import io.rowlock.app.lottery.LotteryTables.AuditRow;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who changed what. Whoever changes a balance, an order or a round notes it in the same unit, so that there is a note of
 * exactly the changes that happened. Changes of balances are noted by {@link Ledger}.
 */
final class AuditLog {
    private AuditLog() {}

    /** Notes a change of an order, or with {@code before} null that it was made. */
    static void order(Tx tx, String operation, @Nullable Row<OrderRow> before, Row<OrderRow> after) {
        OrderRow order = after.value();
        write(
                tx,
                operation,
                "orders",
                order.id().toString(),
                order.userId(),
                before == null ? null : order(before),
                order(after));
    }

    /**
     * Notes a change of a round, or with {@code before} null that it was opened.
     *
     * @param userId who caused it, or null if no user did
     */
    static void round(
            Tx tx, String operation, @Nullable UUID userId, @Nullable Row<RoundRow> before, Row<RoundRow> after) {
        write(
                tx,
                operation,
                "lottery_rounds",
                after.value().id().toString(),
                userId,
                before == null ? null : round(before),
                round(after));
    }

    /**
     * Notes a change.
     *
     * @param operation what was done, constant text of at most 40 characters
     * @param table the table of the row that changed
     * @param rowId that row's key
     * @param userId whom it concerns, or null
     * @param oldValue what changed as it was, or null if it was not there; at most 400 characters
     * @param newValue as it is now, its version included: so no two changes of a row are noted alike
     */
    static void write(
            Tx tx,
            String operation,
            String table,
            String rowId,
            @Nullable UUID userId,
            @Nullable String oldValue,
            String newValue) {
        UUID id = tx.newId("audit:" + table + ":" + rowId + ":" + newValue);
        tx.insert(AUDIT_LOG, new AuditRow(id, operation, table, rowId, userId, oldValue, newValue, tx.now()));
    }

    private static String order(Row<OrderRow> row) {
        OrderRow order = row.value();
        return "status=" + small(order.status()) + ", payment=" + small(order.paymentStatus()) + ", fulfillment="
                + small(order.fulfillmentStatus()) + ", version="
                + row.version().number();
    }

    private static String round(Row<RoundRow> row) {
        RoundRow round = row.value();
        return "sold=" + round.soldShares() + ", status=" + small(round.status()) + ", version="
                + row.version().number();
    }

    private static String small(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
