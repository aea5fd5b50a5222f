package io.rowlock.lab;

/** A schedule does not fit the code that it is to be replayed with: the code takes other steps now. */
public final class ScheduleMismatch extends RuntimeException {
    private static final long serialVersionUID = 1;

    ScheduleMismatch(Schedule schedule, int index, String found) {
        super("The schedule does not fit (schedule=" + schedule + ", move=" + (index + 1) + ", expected="
                + (index < schedule.moves().size() ? schedule.moves().get(index) : "the end") + ", found=" + found
                + "): explore the scenario anew");
    }
}
