package io.rowlock.app.mastery.model;

import java.time.Instant;

/**
 * One answer of a user, with what was seen of how it was given.
 *
 * @param wordId the word it was about
 * @param correct whether it was right
 * @param responseTime from the question to the answer, milliseconds
 * @param dwellTime on the word, milliseconds
 * @param pauses how often the user stopped
 * @param switches how often the user went to another window
 * @param retries how often the user tried again
 * @param focusLoss for how long the user looked elsewhere, milliseconds
 * @param density interactions per second
 * @param quit whether the user gave up
 * @param timestamp when it was
 */
public record LearningEvent(
        String wordId,
        boolean correct,
        double responseTime,
        double dwellTime,
        int pauses,
        int switches,
        int retries,
        double focusLoss,
        double density,
        boolean quit,
        Instant timestamp) {

    private static final double RESPONSE_MAX = 120_000;
    private static final double FOCUS_LOSS_MAX = 600_000;
    private static final int OFTEN = 20;

    /** An answer of which nothing else was seen: the rest is what is usual. */
    public static LearningEvent answer(String wordId, boolean correct, double responseTime, Instant timestamp) {
        return new LearningEvent(wordId, correct, responseTime, 1800, 0, 0, 0, 0, 2, false, timestamp);
    }

    /** Whether nothing can be learned from it: a user who went away, a program that sends nonsense. */
    public boolean isAnomalous() {
        return !(responseTime > 0 && responseTime <= RESPONSE_MAX)
                || !(dwellTime >= 0 && dwellTime < Double.POSITIVE_INFINITY)
                || !(focusLoss >= 0 && focusLoss <= FOCUS_LOSS_MAX)
                || !(density >= 0 && density < Double.POSITIVE_INFINITY)
                || pauses < 0
                || pauses > OFTEN
                || switches < 0
                || switches > OFTEN
                || retries < 0;
    }
}
