package io.rowlock.app.mastery.model;

/** Small arithmetic that several rules share. */
final class Numbers {
    private Numbers() {}

    static double clamp(double value, double min, double max) {
        return Math.max(min, Math.min(max, value));
    }

    /** Between 0 and 1. */
    static double unit(double value) {
        return clamp(value, 0, 1);
    }

    /** The value if it is finite, else another, and within its range in any case. */
    static double sane(double value, double otherwise, double min, double max) {
        return clamp(Double.isFinite(value) ? value : otherwise, min, max);
    }

    /** How many standard deviations a value is off, up to three. */
    static double score(double value, double mean, double deviation) {
        return clamp((value - mean) / deviation, -3, 3);
    }
}
