package io.rowlock.app.mastery.model;

import static io.rowlock.app.mastery.model.Difficulty.EASY;
import static io.rowlock.app.mastery.model.Difficulty.HARD;
import static io.rowlock.app.mastery.model.Difficulty.MID;

import java.util.List;

/**
 * The strategies that are chosen among: twenty-four, from the gentlest to the most demanding. An action is one of them by its number;
 * the numbers are stored, so that an action never changes.
 */
public final class Actions {
    /** In the order of their numbers. */
    public static final List<Strategy> ALL = List.of(
            // for those who need help
            new Strategy(0.5, 0.1, EASY, 5, 2),
            new Strategy(0.5, 0.1, EASY, 8, 1),
            new Strategy(0.5, 0.2, EASY, 5, 1),
            new Strategy(0.5, 0.2, MID, 8, 2),
            new Strategy(0.8, 0.1, EASY, 5, 2),
            new Strategy(0.8, 0.1, EASY, 8, 1),
            new Strategy(0.8, 0.2, EASY, 8, 0),
            new Strategy(0.8, 0.2, MID, 8, 1),
            new Strategy(0.8, 0.3, MID, 12, 1),
            // for most
            new Strategy(1.0, 0.1, EASY, 8, 1),
            new Strategy(1.0, 0.1, MID, 5, 2),
            new Strategy(1.0, 0.2, EASY, 12, 0),
            Strategy.DEFAULT,
            new Strategy(1.0, 0.2, MID, 12, 0),
            new Strategy(1.0, 0.3, MID, 12, 1),
            new Strategy(1.0, 0.3, HARD, 8, 1),
            // for those who get on well
            new Strategy(1.2, 0.2, MID, 8, 1),
            new Strategy(1.2, 0.2, HARD, 8, 0),
            new Strategy(1.2, 0.3, MID, 12, 0),
            new Strategy(1.2, 0.3, HARD, 12, 0),
            new Strategy(1.2, 0.4, HARD, 16, 0),
            new Strategy(1.5, 0.2, MID, 12, 0),
            new Strategy(1.5, 0.3, HARD, 12, 0),
            new Strategy(1.5, 0.4, HARD, 16, 0));

    private Actions() {}

    /** The action that is nearest to a strategy; of two that are equally near the gentler. */
    public static int nearest(Strategy strategy) {
        int nearest = 0;
        for (int i = 1; i < ALL.size(); i++) {
            if (ALL.get(i).distance(strategy) < ALL.get(nearest).distance(strategy)) {
                nearest = i;
            }
        }
        return nearest;
    }
}
