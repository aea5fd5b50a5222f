package io.rowlock.app.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the mastery system is asked for, and how often: weights are shares of the whole. */
enum MasteryStep implements Kind {
    PROCESS(78, "POST /process"),
    RESET(1, "POST /reset"),
    READ_STATE(6, "GET /state"),
    READ_STRATEGY(6, "GET /strategy"),
    READ_PHASE(3, "GET /phase"),
    READ_REWARDS(6, "GET /delayed-rewards");

    private static final List<MasteryStep> DRAWN = drawn();

    private final int weight;
    private final String route;

    MasteryStep(int weight, String route) {
        this.weight = weight;
        this.route = route;
    }

    private static List<MasteryStep> drawn() {
        List<MasteryStep> drawn = new ArrayList<>();
        for (MasteryStep step : values()) {
            for (int i = 0; i < step.weight; i++) {
                drawn.add(step);
            }
        }
        return List.copyOf(drawn);
    }

    static MasteryStep next(SplittableRandom random) {
        return DRAWN.get(random.nextInt(DRAWN.size()));
    }

    @Override
    public String route() {
        return route;
    }
}
