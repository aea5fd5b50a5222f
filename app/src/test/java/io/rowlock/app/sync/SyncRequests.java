package io.rowlock.app.sync;

import io.rowlock.app.credits.CreditRequests.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests to the sync that a rule refuses, or that change nothing; there are no instances. */
public final class SyncRequests {
    private static final String NOBODY = "00000000-0000-4000-8000-00000000dead";

    private SyncRequests() {}

    /** One for each route. */
    public static List<Refused> refused() {
        return List.of(
                new Refused("POST", "/account-sync-optimized/sync-all", "", Map.of()),
                new Refused("POST", "/account-sync-optimized/cleanup", "", Map.of("days", "3650")),
                new Refused("POST", "/sync_sessions/api/sessions/" + NOBODY + "/cancel", "", Map.of()),
                new Refused("POST", "/api/sync/instances", "", instance()),
                new Refused("DELETE", "/api/sync/instances/" + NOBODY, "", Map.of()),
                new Refused("GET", "/account-sync-optimized/sync-details-batch", "?session_id=" + NOBODY, null),
                new Refused("GET", "/sync_sessions/api/sessions", "?limit=5", null),
                new Refused("GET", "/sync_sessions/api/sessions/" + NOBODY, "", null),
                new Refused("GET", "/sync_sessions/api/sessions/" + NOBODY + "/error-logs", "", null),
                new Refused("GET", "/sync_sessions/api/statistics", "", null),
                new Refused("GET", "/api/sync/instances", "?limit=5", null),
                new Refused("GET", "/api/sync/instances/" + NOBODY, "", null),
                new Refused("GET", "/api/sync/instances/" + NOBODY + "/accounts", "?deleted=true", null),
                new Refused("GET", "/api/sync/monitoring", "?action=overview", null));
    }

    /** Always in this order, so that a run with a seed repeats itself. */
    private static Map<String, String> instance() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("name", "\"x\"");
        fields.put("url", "\"jdbc:sqlite:../rowlock.db\"");
        fields.put("username", "\"me\"");
        fields.put("credential", "\"mine\"");
        return fields;
    }
}
