package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.AUDIT_LOG;
import static io.rowlock.app.lottery.LotteryTables.LEDGER;
import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PARTICIPATIONS;
import static io.rowlock.app.lottery.LotteryTables.PAYMENTS;
import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.USERS;

import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.AuditRow;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.PaymentRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import io.rowlock.app.sql.Sql;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can be looked at in the lottery. Nothing here takes a lock, and nothing it answers can be written back.
 *
 * <p>Lists are found by SQL that answers ids, and shown by {@link ReadTx#peekAll}: how a row is read stands in one place.
 * Safe for use by many threads.
 */
final class LotteryQueries {
    private static final Unit LOOK = Unit.named("lottery-look");
    private static final Unit LIST = Unit.named("lottery-list");

    private final Rowlock rowlock;

    LotteryQueries(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    Optional<View<UserRow>> user(UUID id) {
        return look(USERS, id);
    }

    Optional<View<BalanceRow>> balance(UUID userId, BalanceType type) {
        return look(LotteryTables.balances(type), userId);
    }

    Optional<View<ProductRow>> product(UUID id) {
        return look(PRODUCTS, id);
    }

    Optional<View<ParticipationRow>> participation(UUID id) {
        return look(PARTICIPATIONS, id);
    }

    Optional<View<OrderRow>> order(UUID id) {
        return look(ORDERS, id);
    }

    Optional<NamedRound> round(UUID id) {
        return rowlock.read(
                LOOK,
                tx -> tx.peek(ROUNDS, id)
                        .flatMap(round -> named(tx, List.of(round)).stream().findFirst()));
    }

    /** A round and the name of what is drawn in it. */
    record NamedRound(View<RoundRow> round, String productName) {}

    List<View<ProductRow>> products(int limit) {
        return rowlock.read(LIST, tx -> peekAll(tx, PRODUCTS, Sql.ids(tx, """
                        SELECT id
                          FROM products
                         ORDER BY created_at DESC, id
                         LIMIT ?""", limit)));
    }

    /**
     * Rounds, newest first.
     *
     * @param status only those that stand so, or null for all
     */
    List<NamedRound> rounds(@Nullable RoundStatus status, int limit) {
        return rowlock.read(LIST, tx -> {
            List<UUID> ids = status == null ? Sql.ids(tx, """
                            SELECT id
                              FROM lottery_rounds
                             ORDER BY created_at DESC, id
                             LIMIT ?""", limit) : Sql.ids(tx, """
                            SELECT id
                              FROM lottery_rounds
                             WHERE status = ?
                             ORDER BY created_at DESC, id
                             LIMIT ?""", status.name(), limit);
            return named(tx, peekAll(tx, ROUNDS, ids));
        });
    }

    /** Rounds that are sold out and not drawn, those that wait the longest first. */
    List<NamedRound> pendingDraws(int limit) {
        return rowlock.read(LIST, tx -> named(tx, peekAll(tx, ROUNDS, Sql.ids(tx, """
                        SELECT r.id
                          FROM lottery_rounds r
                         WHERE r.status = 'FULL'
                         ORDER BY (SELECT MAX(p.created_at) FROM participations p WHERE p.round_id = r.id), r.id
                         LIMIT ?""", limit))));
    }

    /** Rounds that are drawn, the last first. */
    List<NamedRound> recentDraws(int limit) {
        return rowlock.read(LIST, tx -> named(tx, peekAll(tx, ROUNDS, Sql.ids(tx, """
                        SELECT id
                          FROM lottery_rounds
                         WHERE status = 'COMPLETED'
                         ORDER BY drawn_at DESC, id
                         LIMIT ?""", limit))));
    }

    /** The purchases of a round in the order of their numbers, or empty if there is no such round. */
    Optional<List<View<ParticipationRow>>> participations(UUID roundId, int limit) {
        return rowlock.read(
                LIST,
                tx -> tx.peek(ROUNDS, roundId)
                        .map(round -> peekAll(tx, PARTICIPATIONS, Sql.ids(tx, """
                                SELECT id
                                  FROM participations
                                 WHERE round_id = ?
                                 ORDER BY first_number
                                 LIMIT ?""", roundId, limit))));
    }

    /** The bookings of a user, newest first, or empty if there is no such user. */
    Optional<List<View<LedgerRow>>> ledger(UUID userId, int limit) {
        return rowlock.read(
                LIST, tx -> tx.peek(USERS, userId).map(user -> peekAll(tx, LEDGER, Sql.ids(tx, """
                                SELECT id
                                  FROM transactions
                                 WHERE user_id = ?
                                 ORDER BY created_at DESC, balance_version DESC, id
                                 LIMIT ?""", userId, limit))));
    }

    /**
     * Orders that can no longer be paid and have not ended yet, the oldest first.
     *
     * @param grace how long after their time
     */
    List<UUID> unpaidOrders(Duration grace, int limit) {
        return rowlock.read(
                LIST,
                tx -> peekAll(tx, ORDERS, Sql.ids(tx, """
                        SELECT id
                          FROM orders
                         WHERE status = 'PENDING' AND expires_at IS NOT NULL
                         ORDER BY expires_at
                         LIMIT ?""", limit)).stream()
                        .map(View::value)
                        .filter(order -> Expiry.isDue(order, grace, tx.now()))
                        .map(OrderRow::id)
                        .toList());
    }

    /** Payments, newest first; with a status only those. */
    List<PaymentRow> payments(@Nullable PaymentOutcome status, int limit) {
        return rowlock.read(LIST, tx -> {
            List<String> ids = status == null ? Sql.texts(tx, """
                            SELECT payment_id
                              FROM payments
                             ORDER BY received_at DESC, payment_id
                             LIMIT ?""", limit) : Sql.texts(tx, """
                            SELECT payment_id
                              FROM payments
                             WHERE status = ?
                             ORDER BY received_at DESC, payment_id
                             LIMIT ?""", status.name(), limit);
            return tx.peekAll(PAYMENTS, ids).values().stream().map(View::value).toList();
        });
    }

    Optional<View<PaymentRow>> payment(String paymentId) {
        return look(PAYMENTS, paymentId);
    }

    /** What was changed, newest first. */
    List<AuditRow> changes(int limit) {
        return rowlock.read(
                LIST,
                tx -> peekAll(tx, AUDIT_LOG, Sql.ids(tx, """
                        SELECT id
                          FROM audit_log
                         ORDER BY created_at DESC, id
                         LIMIT ?""", limit)).stream()
                        .map(View::value)
                        .toList());
    }

    private <T, K> Optional<View<T>> look(Table<T, K> table, K id) {
        return rowlock.read(LOOK, tx -> tx.peek(table, id));
    }

    private static List<NamedRound> named(ReadTx tx, Collection<View<RoundRow>> rounds) {
        List<UUID> productIds = rounds.stream()
                .map(round -> round.value().productId())
                .distinct()
                .toList();
        Map<UUID, View<ProductRow>> products = tx.peekAll(PRODUCTS, productIds);
        return rounds.stream()
                .flatMap(round -> Optional.ofNullable(products.get(round.value().productId()))
                        .map(product -> new NamedRound(round, product.value().name()))
                        .stream())
                .collect(Collectors.toList());
    }

    private static <T> List<View<T>> peekAll(ReadTx tx, Table<T, UUID> table, List<UUID> ids) {
        return new ArrayList<>(tx.peekAll(table, ids).values());
    }
}
