package io.rowlock.app.load;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** What the sync is asked for, and how often: weights are shares of the whole. */
enum SyncStep implements Kind {
    SYNC_ALL(10, "POST /account-sync-optimized/sync-all"),
    CANCEL(5, "POST /sync_sessions/api/sessions/{}/cancel"),
    /** Those that run are what is cancelled. */
    LIST_RUNNING(15, "GET /sync_sessions/api/sessions"),
    READ_SESSION(25, "GET /sync_sessions/api/sessions/{}"),
    READ_DETAILS(15, "GET /account-sync-optimized/sync-details-batch"),
    READ_ERRORS(8, "GET /sync_sessions/api/sessions/{}/error-logs"),
    READ_STATISTICS(4, "GET /sync_sessions/api/statistics"),
    READ_ACCOUNTS(16, "GET /api/sync/instances/{}/accounts"),
    CLEAN_UP(2, "POST /account-sync-optimized/cleanup"),
    /** Before the clients start; not by chance. */
    REGISTER(0, "POST /api/sync/instances");

    private static final List<SyncStep> DRAWN = drawn();

    private final int weight;
    private final String route;

    SyncStep(int weight, String route) {
        this.weight = weight;
        this.route = route;
    }

    private static List<SyncStep> drawn() {
        List<SyncStep> drawn = new ArrayList<>();
        for (SyncStep step : values()) {
            for (int i = 0; i < step.weight; i++) {
                drawn.add(step);
            }
        }
        return List.copyOf(drawn);
    }

    static SyncStep next(SplittableRandom random) {
        return DRAWN.get(random.nextInt(DRAWN.size()));
    }

    @Override
    public String route() {
        return route;
    }
}
