package io.rowlock.app.load;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the driver knows of the shop it has made: whom and what it can ask for next. It may be behind what the database
 * holds; only {@link Acknowledged} is held against that.
 *
 * <p>Safe for use by many threads.
 */
final class World {

    /** A round that is sold here; at its end it stays, sold out, until the next one is open. */
    record OnSale(String roundId, String productId, boolean soldOut) {}

    /** An order as it was last seen. */
    record SeenOrder(String id, String etag, String status) {}

    /** A recharge that waits for its payment. */
    record Recharge(String orderId, String userId, String amount) {}

    /** What every Telegram id of this run begins with; the audit finds its users by that. */
    private final String telegramPrefix;

    private final String[] users = new String[Mix.USERS];
    private final AtomicReferenceArray<@Nullable OnSale> rounds = new AtomicReferenceArray<>(Mix.ROUND_SHARES.size());
    private final Map<String, String> balanceEtags = new ConcurrentHashMap<>();
    private final Queue<Integer> soldOut = new ConcurrentLinkedQueue<>();
    private final Queue<String> toDraw = new ConcurrentLinkedQueue<>();
    private final Queue<SeenOrder> orders = new ConcurrentLinkedQueue<>();
    private final Queue<Recharge> recharges = new ConcurrentLinkedQueue<>();

    World(String telegramPrefix) {
        this.telegramPrefix = telegramPrefix;
    }

    String telegramPrefix() {
        return telegramPrefix;
    }

    String user(int index) {
        return users[index];
    }

    /** Before the clients start. */
    void setUser(int index, String id) {
        users[index] = id;
    }

    @Nullable
    OnSale round(int slot) {
        return rounds.get(slot);
    }

    void setRound(int slot, OnSale round) {
        rounds.set(slot, round);
    }

    /** A round sells nothing any more: it is to be drawn and, if it was one of those on sale here, to be followed. */
    void soldOut(String roundId) {
        for (int slot = 0; slot < rounds.length(); slot++) {
            OnSale there = rounds.get(slot);
            if (there != null
                    && !there.soldOut()
                    && there.roundId().equals(roundId)
                    && rounds.compareAndSet(slot, there, new OnSale(roundId, there.productId(), true))) {
                toDraw.add(roundId);
                soldOut.add(slot);
            }
        }
    }

    @Nullable
    Integer slotToOpen() {
        return soldOut.poll();
    }

    void openLater(int slot) {
        soldOut.add(slot);
    }

    @Nullable
    String roundToDraw() {
        return toDraw.poll();
    }

    void seenBalance(String userId, String type, String etag) {
        balanceEtags.put(userId + type, etag);
    }

    @Nullable
    String balanceEtag(String userId, String type) {
        return balanceEtags.get(userId + type);
    }

    void seen(SeenOrder order) {
        orders.add(order);
    }

    @Nullable
    SeenOrder order() {
        return orders.poll();
    }

    void toPay(Recharge recharge) {
        recharges.add(recharge);
    }

    @Nullable
    Recharge recharge() {
        return recharges.poll();
    }
}
