package io.rowlock.app.mastery.model;

/**
 * What a user can do.
 *
 * @param mem how well what was learned is remembered, 0 to 1
 * @param speed how quickly, 0 to 1
 * @param stability how evenly, 0 to 1
 */
public record Cognition(double mem, double speed, double stability) {
    /** Of somebody of whom nothing is known. */
    public static final Cognition DEFAULT = new Cognition(0.5, 0.5, 0.5);

    public Cognition {
        mem = Numbers.sane(mem, 0.5, 0, 1);
        speed = Numbers.sane(speed, 0.5, 0, 1);
        stability = Numbers.sane(stability, 0.5, 0, 1);
    }

    /** So much of this one, and the rest of the other. */
    Cognition blend(double share, Cognition other) {
        return new Cognition(
                share * mem + (1 - share) * other.mem,
                share * speed + (1 - share) * other.speed,
                share * stability + (1 - share) * other.stability);
    }
}
