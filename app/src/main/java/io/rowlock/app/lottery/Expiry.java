package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.ORDERS;

import io.rowlock.Key;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.http.PassingFailure;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemResult;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkOptions;
import io.rowlock.claim.WorkQueue;
import io.rowlock.claim.WorkReport;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The end of orders that nobody paid.
 *
 * <p>Each order ends in a short unit of its own, which also gives back what it had reserved. A payment that comes at the same
 * moment writes the same order: one of the two finds the other's result and leaves it at that. So any number of nodes may do
 * this at once, and one that is stopped half-way has done that half. What nodes end by themselves they take from a queue, so that
 * they do not even try the same order; whoever asks over HTTP says how old orders are that he wants ended, and goes by that alone.
 *
 * <p>Safe for use by many threads.
 */
final class Expiry {
    /** The orders that are to be ended, each by one node at a time. Whether one is due is judged by the database's clock. */
    static final WorkQueue<OrderRow, UUID> DUE = WorkQueue.of("lottery-expire-due", ORDERS)
            .dueAt("expiresAt")
            .ready("status", OrderStatus.PENDING)
            .withColumns("expiry")
            .withClaimLength(Duration.ofMinutes(1));

    private static final Unit LIST_DUE = Unit.named("lottery-list-due-orders");

    private static final Codec<List<UUID>> ORDER_IDS = Codec.text()
            .as(
                    ids -> ids.stream().map(UUID::toString).collect(Collectors.joining(" ")),
                    text -> text.isEmpty()
                            ? List.of()
                            : Arrays.stream(text.split(" ", -1))
                                    .map(UUID::fromString)
                                    .toList());

    private final Rowlock rowlock;
    private final LotteryQueries queries;
    private final Claims<OrderRow, UUID> claims;

    Expiry(Rowlock rowlock, LotteryQueries queries) {
        this.rowlock = rowlock;
        this.queries = queries;
        this.claims = rowlock.claims(DUE);
    }

    /**
     * Ends what is due, an order at a time, until nothing is left or the thread is interrupted. Other nodes may do the same: each order
     * is one node's at a time. One that cannot be ended is tried again later, and parked in the end.
     */
    WorkReport expireDue() {
        return claims.work(WorkOptions.defaults(), claim -> tx -> {
            Optional<Row<OrderRow>> order =
                    tx.read(ORDERS, claim.key()).filter(found -> found.value().status() == OrderStatus.PENDING);
            if (order.isPresent()) {
                Row<OrderRow> unused = Orders.step(tx, "expire_order", order.get(), OrderStatus.EXPIRED);
            }
        });
    }

    /**
     * Ends unpaid orders that are due, of all the oldest.
     *
     * @param olderThan how long ago an order was placed to be due
     * @param limit how many orders at the most
     */
    Expired expire(Duration olderThan, int limit) {
        Duration grace = grace(olderThan);
        return Expired.of(rowlock.batch(batch(grace), queries.unpaidOrders(grace, limit)), false);
    }

    /**
     * The same under a name: called again with it, it is about the orders that were due the first time. Those that were dealt
     * with then are counted as they were, the rest is tried again.
     */
    Expired expire(String run, Duration olderThan, int limit) {
        Duration grace = grace(olderThan);
        Once<List<UUID>> due = rowlock.once(
                LIST_DUE,
                Key.of("lottery-due-orders", run),
                Fingerprint.of(olderThan, limit),
                ORDER_IDS,
                Idempotent.KEPT,
                tx -> queries.unpaidOrders(grace, limit));
        Batch<UUID, @Nullable Void> batch =
                batch(grace).resumable(run, order -> order, Codec.nothing(), Idempotent.KEPT);
        return Expired.of(rowlock.batch(batch, due.answer()), !due.isFirst());
    }

    /** An order is told when it was made until when it can be paid. */
    private static Duration grace(Duration olderThan) {
        return olderThan.minus(Limits.PAY_WITHIN);
    }

    private static Batch<UUID, @Nullable Void> batch(Duration grace) {
        Batch<UUID, @Nullable Void> batch =
                Batch.of("lottery-expire-order", ORDERS, order -> order, (tx, order) -> expire(tx, order, grace));
        return batch.withChunkSize(1);
    }

    private static ItemResult.Answer<@Nullable Void> expire(Tx tx, UUID orderId, Duration grace) {
        Optional<Row<OrderRow>> order = tx.read(ORDERS, orderId).filter(found -> isDue(found.value(), grace, tx.now()));
        if (order.isEmpty()) {
            return ItemResult.refused("no longer due");
        }
        Row<OrderRow> unused = Orders.step(tx, "expire_order", order.get(), OrderStatus.EXPIRED);
        return ItemResult.applied(null);
    }

    static boolean isDue(OrderRow order, Duration grace, Instant now) {
        return order.status() == OrderStatus.PENDING
                && order.expiresAt() != null
                && !order.expiresAt().plus(grace).isAfter(now);
    }

    /**
     * What became of the orders that were due.
     *
     * @param expired ended here
     * @param lost paid, cancelled or ended by somebody else in the meantime
     * @param postponed left for the next time, because too many wrote them at once
     * @param repeated whether all of this is what an earlier call under the same name has done
     */
    record Expired(int expired, int lost, int postponed, boolean repeated) {

        /** Done by this call. */
        Expired(int expired, int lost, int postponed) {
            this(expired, lost, postponed, false);
        }

        private static Expired of(BatchReport<@Nullable Void> report, boolean again) {
            report.results().forEach(Expired::requirePostponed);
            return new Expired(
                    report.applied(),
                    report.refused(),
                    report.failed(),
                    again && report.repeated() == report.results().size());
        }

        private static void requirePostponed(ItemResult<@Nullable Void> result) {
            if (result instanceof ItemResult.Failed<@Nullable Void> failed
                    && !(failed.failure() instanceof RetriesExhausted)
                    && !(failed.failure() instanceof LockTimeout)) {
                throw PassingFailure.unchecked(failed.failure());
            }
        }
    }
}
