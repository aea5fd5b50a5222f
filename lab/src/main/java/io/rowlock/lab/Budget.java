package io.rowlock.lab;

import java.time.Duration;

/**
 * How much an exploration may cost.
 *
 * @param schedules the most schedules to run; default 10,000
 * @param time the most time for all; default 2 min. A run that has begun is ended
 * @param stuckAfter how long a run may stand still before it is ended as unresolved; default 5 s, longer than any engine
 *     takes to break a deadlock
 * @param steps the most steps of one run, against loops without an end; default 2,000
 * @param reduced whether schedules are left out that cannot differ from one that is run; default true. Without it each order
 *     of steps is run, which is for comparing
 * @param firstOnly whether to end at the first violation; default false
 * @param shrinks the most runs spent on making the smallest witness smaller, after all others; default 100. With 0 it stays
 *     as it was found
 */
public record Budget(
        int schedules, Duration time, Duration stuckAfter, int steps, boolean reduced, boolean firstOnly, int shrinks) {
    private static final int SCHEDULES = 10_000;
    private static final Duration TIME = Duration.ofMinutes(2);
    private static final Duration STUCK_AFTER = Duration.ofSeconds(5);
    private static final int STEPS = 2_000;
    private static final int SHRINKS = 100;

    public Budget {
        if (schedules < 1 || steps < 1 || shrinks < 0 || !positive(time) || !positive(stuckAfter)) {
            throw new IllegalArgumentException("A budget is positive (schedules=" + schedules + ", time=" + time
                    + ", stuckAfter=" + stuckAfter + ", steps=" + steps + ", shrinks=" + shrinks + ")");
        }
    }

    private static boolean positive(Duration duration) {
        return duration.compareTo(Duration.ZERO) > 0;
    }

    /** What is used where nothing else is said. */
    public static Budget standard() {
        return new Budget(SCHEDULES, TIME, STUCK_AFTER, STEPS, true, false, SHRINKS);
    }

    public Budget withSchedules(int most) {
        return new Budget(most, time, stuckAfter, steps, reduced, firstOnly, shrinks);
    }

    public Budget withTime(Duration most) {
        return new Budget(schedules, most, stuckAfter, steps, reduced, firstOnly, shrinks);
    }

    public Budget withStuckAfter(Duration most) {
        return new Budget(schedules, time, most, steps, reduced, firstOnly, shrinks);
    }

    public Budget withSteps(int most) {
        return new Budget(schedules, time, stuckAfter, most, reduced, firstOnly, shrinks);
    }

    public Budget withShrinks(int most) {
        return new Budget(schedules, time, stuckAfter, steps, reduced, firstOnly, most);
    }

    /** Runs each order of steps. */
    public Budget naive() {
        return new Budget(schedules, time, stuckAfter, steps, false, firstOnly, shrinks);
    }

    /** Ends at the first violation. */
    public Budget untilViolation() {
        return new Budget(schedules, time, stuckAfter, steps, reduced, true, shrinks);
    }
}
