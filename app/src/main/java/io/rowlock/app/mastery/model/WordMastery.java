package io.rowlock.app.mastery.model;

/** How well a user masters a word: a level from 0 to {@value #LEVEL_MAX}, and what is done with such words. */
public enum WordMastery {
    NEW,
    LEARNING,
    REVIEWING,
    MASTERED;

    /** The highest level. */
    public static final int LEVEL_MAX = 5;

    private static final double[] CUTS = {0.2, 0.4, 0.6, 0.75, 0.9};

    /** The level of a word that a user of this cognition has just answered. */
    public static int level(Cognition cognition) {
        double score = 0.6 * cognition.mem() + 0.3 * cognition.stability() + 0.1 * cognition.speed();
        int level = 0;
        while (level < CUTS.length && score >= CUTS[level]) {
            level++;
        }
        return level;
    }

    /** What is done with a word of this level that was answered so often. */
    public static WordMastery of(int level, long answers) {
        if (answers == 0) {
            return NEW;
        }
        if (level == LEVEL_MAX) {
            return MASTERED;
        }
        return level >= 3 ? REVIEWING : LEARNING;
    }
}
