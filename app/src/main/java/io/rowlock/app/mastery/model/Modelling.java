package io.rowlock.app.mastery.model;

/**
 * What an answer tells of a user. Each estimate goes on from the one before:
 *
 * <ul>
 *   <li>attention: four fifths of what it was, and one fifth of what eight signs say, each measured by what is usual;
 *   <li>fatigue: fades during breaks, and grows with errors, slowness and repetition; after half an hour it begins anew;
 *   <li>motivation: fades, rises with right answers, falls with wrong ones and more with giving up;
 *   <li>cognition: the long run and the last answers; the longer a user is known the more the former.
 * </ul>
 */
final class Modelling {
    private static final double FATIGUE_MIN = 0.05;
    private static final double FATIGUE_RESTED = 0.1;
    private static final double REST_MINUTES = 30;
    private static final double MILLIS_OF_MINUTE = 60_000;

    private Modelling() {}

    /**
     * The state after an answer.
     *
     * @param recent the last answers, this one included
     * @param interactions how many answers there have been, this one included
     * @param hour of the day, 0 to 23
     */
    static UserState after(UserState before, LearningEvent event, Recent recent, long interactions, int hour) {
        double attention = 0.8 * before.attention() + 0.2 * sigmoid(-distraction(event, recent));
        double expected = before.cognition().mem();
        double surprise = Math.abs((event.correct() ? 1 : 0) - expected);
        return new UserState(
                attention,
                fatigue(before, event, recent),
                0.85 * before.motivation() + (event.correct() ? 0.3 : -0.4) - (event.quit() ? 0.6 : 0),
                0.95 * before.confidence() + 0.05 * (1 - surprise),
                cognition(recent, interactions),
                trend(recent),
                before.habit().with(hour),
                // Answers may come late, and time does not go back.
                Math.max(before.ts(), event.timestamp().toEpochMilli()));
    }

    /** What the long run is after an answer. */
    static Cognition longTerm(Recent before, LearningEvent event) {
        return before.longTerm().blend(0.98, shortTerm(before.with(event, before.longTerm())));
    }

    private static double distraction(LearningEvent event, Recent recent) {
        double mean = recent.meanResponse();
        double pace = mean <= 0 ? 0 : event.responseTime() / mean - 1;
        return 0.25 * Numbers.score(event.responseTime(), 3200, 800)
                + 0.35 * Numbers.clamp(recent.responseVariation(), 0, 3)
                + 0.2 * Numbers.clamp(pace, -3, 3)
                + 0.15 * Numbers.score(event.pauses(), 0.3, 0.6)
                + 0.2 * Numbers.score(event.switches(), 0.2, 0.5)
                + 0.15 * Numbers.clamp(recent.responseDrift(), -3, 3)
                - 0.3 * Numbers.score(event.density(), 2, 1.2)
                + 0.5 * Numbers.score(event.focusLoss(), 3000, 2500);
    }

    private static double fatigue(UserState before, LearningEvent event, Recent recent) {
        // An event that comes late and is older than the last has had no break before it.
        double minutes =
                before.ts() == 0 ? 0 : Math.max(0, event.timestamp().toEpochMilli() - before.ts()) / MILLIS_OF_MINUTE;
        if (minutes > REST_MINUTES) {
            return FATIGUE_RESTED;
        }
        double decayed = before.fatigue() * Math.exp(-0.08 * minutes);
        double mean = recent.meanResponse();
        double rise = mean <= 0 ? 0 : Numbers.unit(event.responseTime() / mean - 1);
        double strain =
                0.3 * Numbers.unit(recent.errorTrend()) + 0.25 * rise + 0.2 * Numbers.unit(event.retries() / 3.0);
        return Numbers.clamp(decayed + 0.5 * strain * (1 - decayed), FATIGUE_MIN, 1);
    }

    private static Cognition cognition(Recent recent, long interactions) {
        double known = 1 - Math.exp(-interactions / 50.0);
        return recent.longTerm().blend(known, shortTerm(recent));
    }

    private static Cognition shortTerm(Recent recent) {
        return new Cognition(
                1 - recent.errorRate(),
                1 - Numbers.unit((recent.meanResponse() - 1000) / 5000),
                1 - Numbers.unit(recent.responseVariation()));
    }

    private static Trend trend(Recent recent) {
        double worse = recent.errorTrend();
        if (worse < -0.2) {
            return Trend.UP;
        }
        if (worse > 0.2) {
            return Trend.DOWN;
        }
        return recent.isFull() && recent.errorRate() > 0.6 ? Trend.STUCK : Trend.FLAT;
    }

    private static double sigmoid(double value) {
        return 1 / (1 + Math.exp(-value));
    }
}
