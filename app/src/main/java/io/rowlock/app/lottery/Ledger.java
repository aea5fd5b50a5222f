package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.LEDGER;

import io.rowlock.Tx;
import io.rowlock.Version;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Bookings. Whoever changes a balance books it in the same unit, by which the {@linkplain AuditLog log of changes} has it
 * too; the ledger refuses to book an operation twice.
 */
final class Ledger {
    private Ledger() {}

    /**
     * Books a change of a balance.
     *
     * @param operationId what was done, once and never again
     * @param change negative when money left the balance
     * @param after what the balance is now
     * @param version the version that the balance has with this change
     */
    static void book(
            Tx tx,
            String operationId,
            LedgerType type,
            UUID userId,
            BalanceType balanceType,
            Money change,
            Money after,
            Version version,
            @Nullable String description) {
        book(tx, operationId, type, userId, balanceType, change, after, version, description, null);
    }

    /** As the other, for what an order brought about. */
    static void book(
            Tx tx,
            String operationId,
            LedgerType type,
            UUID userId,
            BalanceType balanceType,
            Money change,
            Money after,
            Version version,
            @Nullable String description,
            @Nullable UUID relatedOrderId) {
        tx.insert(
                LEDGER,
                new LedgerRow(
                        tx.newId("ledger:" + operationId),
                        operationId,
                        userId,
                        type,
                        balanceType,
                        change.cents(),
                        after.cents(),
                        version.number(),
                        relatedOrderId,
                        description,
                        tx.now()));
        String balance = small(balanceType);
        AuditLog.write(
                tx,
                small(type),
                "users",
                userId.toString(),
                userId,
                balance + "=" + after.minus(change),
                balance + "=" + after + ", version=" + version.number());
    }

    private static String small(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
