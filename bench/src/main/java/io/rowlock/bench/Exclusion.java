package io.rowlock.bench;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watches over one lock from the inside: whether two were ever in at once, and whether each holder had a token of its own, above
 * all before. What it counts under the lock it counts without any other protection, which is the point.
 */
final class Exclusion implements Locking.Inside {
    private final AtomicInteger occupants = new AtomicInteger();
    private final LongAdder overlaps = new LongAdder();
    private final LongAdder finished = new LongAdder();
    private final Runnable stay;
    private long holds;
    private long tokens;
    private long lastToken = NO_TOKEN;
    private long notRisen;

    Exclusion() {
        this(() -> {});
    }

    /**
     * A watch over somebody who stays inside for a while.
     *
     * @param stay what is done inside
     */
    Exclusion(Runnable stay) {
        this.stay = stay;
    }

    @Override
    public void enter(long token) {
        if (occupants.getAndIncrement() != 0) {
            overlaps.increment();
        }
        stay.run();
        holds++;
        if (token != NO_TOKEN) {
            tokens++;
            if (token <= lastToken) {
                notRisen++;
            }
            lastToken = token;
        }
        occupants.decrementAndGet();
    }

    /** A way of locking as an operation that ends when the lock is free again. */
    Op op(Locking locking) {
        return () -> {
            locking.hold(this);
            finished.increment();
        };
    }

    /** How often the lock was taken and freed, counted outside of it. */
    long finished() {
        return finished.sum();
    }

    /** How often somebody was inside while another was, as seen by either or by what the plain counter lost. */
    long violations() {
        return overlaps.sum() + Math.abs(finished() - holds);
    }

    /** How many holders showed a token. */
    long tokens() {
        return tokens;
    }

    /** How many tokens were not above the one before: the same twice counts too. */
    long notRisen() {
        return notRisen;
    }
}
