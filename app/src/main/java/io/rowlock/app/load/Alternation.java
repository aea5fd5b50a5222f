package io.rowlock.app.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two loads that take turns, each in an open loop at the same rate, so that whatever else the machine does meets both. In a round each has one
 * turn, and both are asked for the same; who is first changes from round to round. A turn is over when all that was due in it is answered.
 *
 * <p>Used once, by one thread; {@link #done} may be asked by any.
 */
final class Alternation {
    private final Load naive;
    private final Load guarded;
    private final Plan plan;
    private final Turns naiveTurns = new Turns();
    private final Turns guardedTurns = new Turns();

    /**
     * What is to be done.
     *
     * @param clients how many at once
     * @param perSecond how many requests are due a second
     * @param rounds how many turns each has
     * @param turn how long requests become due in a turn
     * @param warmUp the same for a turn before the first, which does not count
     * @param seed of what is asked for
     */
    record Plan(int clients, double perSecond, int rounds, Duration turn, Duration warmUp, long seed) {
        /** How many requests are due in that time. */
        long requests(Duration time) {
            return Math.max(1, Math.round(perSecond * time.toNanos() / 1e9));
        }

        /** How many there are in all. */
        long requests() {
            return 2 * (requests(warmUp) + rounds * requests(turn));
        }
    }

    /** What one of them did in all its turns that count. One thread at a time. */
    static final class Turns {
        private final Tally all = new Tally();
        private final List<Double> p99Millis = new ArrayList<>();
        private long nanos;

        void add(Driver.Run turn) {
            all.add(turn.all());
            p99Millis.add(turn.all().percentileMillis(99));
            nanos += turn.nanos();
        }

        Tally all() {
            return all;
        }

        /** Of each turn, in the order of the rounds. */
        List<Double> p99Millis() {
            return List.copyOf(p99Millis);
        }

        /** From the first request of a turn to its last answer, of all turns together. */
        long nanos() {
            return nanos;
        }
    }

    Alternation(Load naive, Load guarded, Plan plan) {
        this.naive = naive;
        this.guarded = guarded;
        this.plan = plan;
    }

    /** How many requests have their answer. */
    long done() {
        return naive.done() + guarded.done();
    }

    Turns naive() {
        return naiveTurns;
    }

    Turns guarded() {
        return guardedTurns;
    }

    /** Runs to the end. */
    void run() throws InterruptedException {
        SplittableRandom seeds = new SplittableRandom(plan.seed());
        round(seeds.nextLong(), plan.warmUp(), true, new Turns(), new Turns());
        for (int round = 0; round < plan.rounds(); round++) {
            round(seeds.nextLong(), plan.turn(), round % 2 == 0, naiveTurns, guardedTurns);
        }
    }

    private void round(long seed, Duration length, boolean naiveFirst, Turns ofNaive, Turns ofGuarded)
            throws InterruptedException {
        Load.Plan turn = new Load.Plan(plan.clients(), plan.requests(length), plan.perSecond(), seed);
        if (naiveFirst) {
            ofNaive.add(naive.run(turn));
        }
        ofGuarded.add(guarded.run(turn));
        if (!naiveFirst) {
            ofNaive.add(naive.run(turn));
        }
    }
}
