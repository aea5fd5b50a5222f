package io.rowlock.app.mastery.model;

import java.util.ArrayList;
import java.util.List;

/**
 * All that is known of one user, and all that the next decision stands on. It is read as a whole and stored as a whole.
 *
 * @param generation how often it was begun; the model has learned of events of its generation alone
 * @param state how the user is
 * @param recent the last answers
 * @param coldStart how far the user is known
 * @param ensemble how much each member counts
 * @param strategies the last ones that were answered, oldest first, up to {@value #STRATEGIES}
 * @param events how many things have changed it in this generation: answers and delayed rewards
 * @param interactions how many of them were answers
 * @param model what was learned; never changed in place
 */
public record Learner(
        long generation,
        UserState state,
        Recent recent,
        ColdStart coldStart,
        Ensemble ensemble,
        List<Strategy> strategies,
        long events,
        long interactions,
        LinUcb model) {
    /** How many strategies are kept. */
    public static final int STRATEGIES = 10;

    public Learner {
        strategies = List.copyOf(strategies);
    }

    /** Nobody is known yet. */
    public static Learner fresh(long generation) {
        return new Learner(
                generation,
                UserState.DEFAULT,
                Recent.NONE,
                ColdStart.START,
                Ensemble.START,
                List.of(),
                0,
                0,
                LinUcb.fresh());
    }

    /** The strategy that the user has now. */
    public Strategy strategy() {
        return strategies.isEmpty() ? Strategy.DEFAULT : strategies.get(strategies.size() - 1);
    }

    /** Whether there has been an answer. */
    public boolean isInitialized() {
        return !strategies.isEmpty();
    }

    Learner with(UserState state, ColdStart coldStart) {
        return new Learner(generation, state, recent, coldStart, ensemble, strategies, events, interactions, model);
    }

    static List<Strategy> newest(List<Strategy> strategies, Strategy strategy) {
        List<Strategy> all = new ArrayList<>(strategies);
        all.add(strategy);
        return all.subList(Math.max(0, all.size() - STRATEGIES), all.size());
    }
}
