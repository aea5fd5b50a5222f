package io.rowlock.app.mastery;

import io.rowlock.app.credits.CreditRequests.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests to the mastery system that change nothing: answers that are nonsense in several ways at once, and nobody. */
public final class MasteryRequests {
    private static final String NOBODY = "\"nobody\"";

    private MasteryRequests() {}

    /** One for each route. */
    public static List<Refused> refused() {
        return List.of(
                new Refused("POST", "/api/amas/process", "", nonsense()),
                new Refused("POST", "/api/amas/batch-process", "", fields("userId", NOBODY, "events", """
                                [{"wordId":"w","isCorrect":true,"responseTime":250000,"pauseCount":30}]""")),
                new Refused("POST", "/api/amas/reset", "", fields("userId", NOBODY)),
                new Refused("POST", "/api/amas/maintenance/repair", "", fields("userId", NOBODY)),
                new Refused("GET", "/api/amas/state", "?userId=nobody", null),
                new Refused("GET", "/api/amas/strategy", "?userId=nobody", null),
                new Refused("GET", "/api/amas/phase", "?userId=nobody", null),
                new Refused("GET", "/api/amas/delayed-rewards", "?userId=nobody&status=done&limit=5", null),
                new Refused("GET", "/api/amas/monitoring", "?action=overview", null),
                new Refused("GET", "/api/amas/maintenance/drifts", "?users=5", null));
    }

    private static Map<String, String> nonsense() {
        return fields(
                "userId",
                NOBODY,
                "wordId",
                "\"w\"",
                "isCorrect",
                "true",
                "responseTime",
                "250000",
                "dwellTime",
                "1800",
                "pauseCount",
                "30",
                "switchCount",
                "30",
                "retryCount",
                "1",
                "focusLossDuration",
                "700000",
                "interactionDensity",
                "2",
                "quit",
                "false",
                "timestamp",
                "\"2026-01-05T09:00:00Z\"",
                "eventId",
                "\"00000000-0000-4000-8000-00000000dead\"",
                "sessionId",
                "\"00000000-0000-4000-8000-00000000dead\"",
                "profile",
                "\"cram\"",
                "skipUpdate",
                "false",
                "recentAccuracy",
                "0.5",
                "nextReviewAt",
                "\"2026-01-06T09:00:00Z\"",
                "intervalDays",
                "1");
    }

    /** Always in this order, so that a run with a seed repeats itself. */
    private static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
