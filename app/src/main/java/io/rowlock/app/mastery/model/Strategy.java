package io.rowlock.app.mastery.model;

/**
 * How a user goes on learning.
 *
 * @param intervalScale by what the intervals between two reviews of a word are multiplied, {@value #INTERVAL_MIN} to
 *     {@value #INTERVAL_MAX}
 * @param newRatio the share of new words, {@value #NEW_MIN} to {@value #NEW_MAX}
 * @param difficulty of the words
 * @param batchSize words in one go, {@value #BATCH_MIN} to {@value #BATCH_MAX}
 * @param hintLevel how much is given away, 0 (nothing) to {@value #HINT_MAX}
 */
public record Strategy(double intervalScale, double newRatio, Difficulty difficulty, int batchSize, int hintLevel) {
    public static final double INTERVAL_MIN = 0.5;
    public static final double INTERVAL_MAX = 1.5;
    public static final double NEW_MIN = 0.05;
    public static final double NEW_MAX = 0.5;
    public static final int BATCH_MIN = 5;
    public static final int BATCH_MAX = 20;
    public static final int HINT_MAX = 2;

    /** What somebody of whom nothing is known gets. */
    public static final Strategy DEFAULT = new Strategy(1.0, 0.2, Difficulty.MID, 8, 1);

    /** Half of the other and half of this one; of two difficulties this one's. */
    Strategy smoothedFrom(Strategy previous) {
        return new Strategy(
                (intervalScale + previous.intervalScale) / 2,
                (newRatio + previous.newRatio) / 2,
                difficulty,
                Math.round((batchSize + previous.batchSize) / 2f),
                Math.round((hintLevel + previous.hintLevel) / 2f));
    }

    /** Within the ranges. */
    Strategy clamped() {
        return new Strategy(
                Numbers.clamp(intervalScale, INTERVAL_MIN, INTERVAL_MAX),
                Numbers.clamp(newRatio, NEW_MIN, NEW_MAX),
                difficulty,
                Math.max(BATCH_MIN, Math.min(BATCH_MAX, batchSize)),
                Math.max(0, Math.min(HINT_MAX, hintLevel)));
    }

    Strategy withInterval(double min, double max) {
        return new Strategy(Numbers.clamp(intervalScale, min, max), newRatio, difficulty, batchSize, hintLevel);
    }

    Strategy withNewAtMost(double max) {
        return new Strategy(intervalScale, Math.min(newRatio, max), difficulty, batchSize, hintLevel);
    }

    Strategy easy() {
        return new Strategy(intervalScale, newRatio, Difficulty.EASY, batchSize, hintLevel);
    }

    Strategy withBatchAtMost(int max) {
        return new Strategy(intervalScale, newRatio, difficulty, Math.min(batchSize, max), hintLevel);
    }

    Strategy withHintAtLeast(int min) {
        return new Strategy(intervalScale, newRatio, difficulty, batchSize, Math.max(hintLevel, min));
    }

    /** How far two strategies are apart: the sum of squares, each part measured by its range. */
    double distance(Strategy other) {
        return square((intervalScale - other.intervalScale) / (INTERVAL_MAX - INTERVAL_MIN))
                + square((newRatio - other.newRatio) / (NEW_MAX - NEW_MIN))
                + square((difficulty.weight() - other.difficulty.weight())
                        / (Difficulty.HARD.weight() - Difficulty.EASY.weight()))
                + square((batchSize - other.batchSize) / (double) (BATCH_MAX - BATCH_MIN))
                + square((hintLevel - other.hintLevel) / (double) HINT_MAX);
    }

    private static double square(double value) {
        return value * value;
    }
}
