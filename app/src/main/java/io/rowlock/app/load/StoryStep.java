package io.rowlock.app.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the stories are asked for, and how often: weights are shares of the whole. */
enum StoryStep implements Kind {
    /** The next step on the way, by whose it is, from the version that was last seen. */
    MOVE(44, "POST /stories/{}/status"),
    /** A field beside the status, from a version that may have passed, to be brought together. */
    MERGE(14, "POST /stories/{}/status"),
    /** A field beside the status, from a version that has passed. */
    STALE(4, "POST /stories/{}/status"),
    /** The next step in the words of those who process stories. */
    PROCESSING(5, "POST /stories/{}/processing"),
    /** Two stories a step on, or none. */
    TOGETHER(6, "POST /stories/status"),
    GIVE_UP(3, "POST /stories/{}/status"),
    CREATE(6, "POST /stories"),
    /** From the version that was last seen; a story is made again under the same path afterwards. */
    DELETE(3, "DELETE /stories/{}"),
    READ(8, "GET /stories/{}"),
    READ_HISTORY(3, "GET /stories/{}/history"),
    LIST(2, "GET /stories"),
    COUNT(2, "GET /statistics"),
    /** Before the clients start; not by chance. */
    INITIALIZE(0, "POST /epics/initialize");

    private static final List<StoryStep> DRAWN = drawn();

    private final int weight;
    private final String route;

    StoryStep(int weight, String route) {
        this.weight = weight;
        this.route = route;
    }

    private static List<StoryStep> drawn() {
        List<StoryStep> drawn = new ArrayList<>();
        for (StoryStep step : values()) {
            for (int i = 0; i < step.weight; i++) {
                drawn.add(step);
            }
        }
        return List.copyOf(drawn);
    }

    static StoryStep next(SplittableRandom random) {
        return DRAWN.get(random.nextInt(DRAWN.size()));
    }

    @Override
    public String route() {
        return route;
    }
}
