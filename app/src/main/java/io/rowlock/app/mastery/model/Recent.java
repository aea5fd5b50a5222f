package io.rowlock.app.mastery.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The last answers of a user, oldest first, and what they are in the long run.
 *
 * @param answers up to {@value #SIZE}
 * @param longTerm cognition as it comes of all answers
 */
public record Recent(List<Answer> answers, Cognition longTerm) {
    /** How many are kept. */
    public static final int SIZE = 10;

    static final Recent NONE = new Recent(List.of(), Cognition.DEFAULT);

    public Recent {
        answers = List.copyOf(answers);
    }

    /**
     * What is kept of an answer.
     *
     * @param responseTime milliseconds
     * @param at milliseconds since 1970
     */
    public record Answer(boolean correct, double responseTime, long at) {}

    Recent with(LearningEvent event, Cognition longTerm) {
        List<Answer> all = new ArrayList<>(answers);
        all.add(new Answer(
                event.correct(), event.responseTime(), event.timestamp().toEpochMilli()));
        return new Recent(all.subList(Math.max(0, all.size() - SIZE), all.size()), longTerm);
    }

    /** The share of wrong answers; 0 if there are none. */
    double errorRate() {
        return errorRate(answers);
    }

    /** By how much the share of wrong answers has risen from the first half to the second. */
    double errorTrend() {
        return isShort() ? 0 : errorRate(second()) - errorRate(first());
    }

    double meanResponse() {
        return mean(answers);
    }

    /** The standard deviation of response times, as a share of their mean. */
    double responseVariation() {
        if (answers.size() < 2) {
            return 0;
        }
        double mean = meanResponse();
        double squares = 0;
        for (Answer answer : answers) {
            squares += (answer.responseTime() - mean) * (answer.responseTime() - mean);
        }
        return mean <= 0 ? 0 : Math.sqrt(squares / answers.size()) / mean;
    }

    /** By how much response times have risen from the first half to the second, as a share of their mean. */
    double responseDrift() {
        double mean = meanResponse();
        return isShort() || mean <= 0 ? 0 : (mean(second()) - mean(first())) / mean;
    }

    boolean isFull() {
        return answers.size() == SIZE;
    }

    /** Halves of fewer than four say nothing. */
    private boolean isShort() {
        return answers.size() < 4;
    }

    private List<Answer> first() {
        return answers.subList(0, answers.size() / 2);
    }

    private List<Answer> second() {
        return answers.subList(answers.size() / 2, answers.size());
    }

    private static double errorRate(List<Answer> some) {
        return some.isEmpty()
                ? 0
                : some.stream().filter(answer -> !answer.correct()).count() / (double) some.size();
    }

    private static double mean(List<Answer> some) {
        return some.stream().mapToDouble(Answer::responseTime).average().orElse(0);
    }
}
