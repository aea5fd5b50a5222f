package io.rowlock.claim;

import io.rowlock.Unit;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * How {@link Claims#work} works. Immutable; begin with {@link #defaults} and change what differs.
 *
 * @param parallel how many items are worked on at the same time, default 1: on the caller's own thread. More of them have threads of
 *     their own, for the length of the call. At most {@value #PARALLEL_MAX}. Each needs a connection while it commits, and renewal
 *     needs one beside them
 * @param itemsMax how many items are taken by one call, default 10,000; at least 1. So that a call returns also where items come in
 *     faster than they are done
 * @param maxHold for how long a claim is renewed while its work runs, default 15 min; then it runs out, and somebody else may take
 *     the item
 * @param pollEvery how often new items are looked for while others are worked on, default 1 s
 * @param unit the options of the units that commit effects; they keep the queue's name
 * @param stop asked before items are taken; once it says yes, no more are, what runs is finished, and the call returns
 */
public record WorkOptions(
        int parallel, int itemsMax, Duration maxHold, Duration pollEvery, Unit unit, BooleanSupplier stop) {

    /** The most items at the same time. */
    public static final int PARALLEL_MAX = 256;

    private static final WorkOptions DEFAULTS =
            new WorkOptions(1, 10_000, Duration.ofMinutes(15), Duration.ofSeconds(1), Unit.defaults(), () -> false);

    public WorkOptions {
        Objects.requireNonNull(unit, "unit");
        Objects.requireNonNull(stop, "stop");
        if (parallel < 1 || parallel > PARALLEL_MAX) {
            throw new IllegalArgumentException(
                    "Between 1 and " + PARALLEL_MAX + " items are worked on at a time (parallel=" + parallel + ")");
        }
        if (itemsMax < 1) {
            throw new IllegalArgumentException("At least one item is taken (itemsMax=" + itemsMax + ")");
        }
        if (maxHold.isNegative()) {
            throw new IllegalArgumentException("A claim is held for some time (maxHold=" + maxHold + ")");
        }
        if (pollEvery.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("Looked for once a millisecond at most (pollEvery=" + pollEvery + ")");
        }
    }

    /** All options at their defaults. */
    public static WorkOptions defaults() {
        return DEFAULTS;
    }

    public WorkOptions withParallel(int parallel) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }

    public WorkOptions withItemsMax(int itemsMax) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }

    public WorkOptions withMaxHold(Duration maxHold) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }

    public WorkOptions withPollEvery(Duration pollEvery) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }

    public WorkOptions withUnit(Unit unit) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }

    public WorkOptions withStop(BooleanSupplier stop) {
        return new WorkOptions(parallel, itemsMax, maxHold, pollEvery, unit, stop);
    }
}
