package io.rowlock.app.load;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the service has said it has done, as the driver remembers it; the database must have each of it, once. Some hundred
 * bytes an answer.
 *
 * <p>Names of enumerations are those that the tables hold. Safe for use by many threads.
 */
final class Acknowledged {

    /** One row of the ledger. {@code key} is the idempotency key of the request, of a batch with the number of the item. */
    record Booking(
            @Nullable String key, String userId, String balanceType, long version, long amountCents, long afterCents) {}

    /** A participation. */
    record Bought(
            @Nullable String key,
            String id,
            String userId,
            String roundId,
            String type,
            long firstNumber,
            int shares,
            long costCents) {}

    /** An order that was placed. */
    record Placed(
            @Nullable String key,
            String id,
            String userId,
            @Nullable String productId,
            String type,
            int quantity,
            long totalCents) {}

    /** What an order was at one of its versions. */
    record Moved(String orderId, long version, String status) {}

    /** A payment that the service has taken. */
    record Paid(String paymentId, String orderId, String userId, boolean paid, long cents) {}

    /** A draw. */
    record Drawn(String roundId, String winnerUserId, long number) {}

    private final Queue<Booking> bookings = new ConcurrentLinkedQueue<>();
    private final Queue<Bought> bought = new ConcurrentLinkedQueue<>();
    private final Queue<Placed> placed = new ConcurrentLinkedQueue<>();
    private final Queue<Moved> moved = new ConcurrentLinkedQueue<>();
    private final Queue<Paid> paid = new ConcurrentLinkedQueue<>();
    private final Queue<Drawn> drawn = new ConcurrentLinkedQueue<>();
    private final Doubts doubts = new Doubts();

    void add(Booking booking) {
        bookings.add(booking);
    }

    void add(Bought participation) {
        bought.add(participation);
    }

    void add(Placed order) {
        placed.add(order);
    }

    void add(Moved order) {
        moved.add(order);
    }

    void add(Paid payment) {
        paid.add(payment);
    }

    void add(Drawn round) {
        drawn.add(round);
    }

    /** What is left open, and what was contradicted. */
    Doubts doubts() {
        return doubts;
    }

    List<Booking> bookings() {
        return List.copyOf(bookings);
    }

    List<Bought> bought() {
        return List.copyOf(bought);
    }

    List<Placed> placed() {
        return List.copyOf(placed);
    }

    List<Moved> moved() {
        return List.copyOf(moved);
    }

    List<Paid> paid() {
        return List.copyOf(paid);
    }

    List<Drawn> drawn() {
        return List.copyOf(drawn);
    }

    /** How many effects were acknowledged. */
    int size() {
        return bookings.size() + bought.size() + placed.size() + moved.size() + paid.size() + drawn.size();
    }
}
