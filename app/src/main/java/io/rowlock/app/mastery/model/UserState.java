package io.rowlock.app.mastery.model;

/**
 * How a user is, as far as answers tell. What is not finite is replaced and what is out of range is brought back, whoever makes one.
 *
 * @param attention 0 to 1
 * @param fatigue 0 to 1
 * @param motivation -1 to 1
 * @param confidence how far the rest is to be trusted, 0 to 1
 * @param ts of the last event, milliseconds since 1970; 0 if there was none
 */
public record UserState(
        double attention,
        double fatigue,
        double motivation,
        double confidence,
        Cognition cognition,
        Trend trend,
        Habit habit,
        long ts) {

    /** Of somebody of whom nothing is known. */
    public static final UserState DEFAULT =
            new UserState(0.7, 0.1, 0, 0.5, Cognition.DEFAULT, Trend.FLAT, Habit.NONE, 0);

    public UserState {
        attention = Numbers.sane(attention, 0.5, 0, 1);
        fatigue = Numbers.sane(fatigue, 0, 0, 1);
        motivation = Numbers.sane(motivation, 0, -1, 1);
        confidence = Numbers.sane(confidence, 0.5, 0, 1);
    }

    /**
     * When a user learns: how many events there were at which time of the day.
     *
     * @param morning before twelve
     * @param afternoon before eighteen
     * @param evening later
     */
    public record Habit(long morning, long afternoon, long evening) {
        static final Habit NONE = new Habit(0, 0, 0);

        Habit with(int hour) {
            return new Habit(
                    morning + (hour < 12 ? 1 : 0),
                    afternoon + (hour >= 12 && hour < 18 ? 1 : 0),
                    evening + (hour >= 18 ? 1 : 0));
        }
    }
}
