package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.credits.CreditRequests.Refused;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Requests to the stories that a rule refuses, or that change nothing. */
public final class StoryRequests {
    private StoryRequests() {}

    /** One for each route that takes more than a name, after making what they are about. */
    public static List<Refused> refused(Http http) {
        String epic = "\"epic-" + UUID.randomUUID() + ".md\"";
        String path = "\"story-" + UUID.randomUUID() + ".md\"";
        Answer made = http.post("/api/story/stories", "{\"epicPath\":" + epic + ",\"storyPath\":" + path + "}");
        assertThat(made.status()).as("%s", made).isEqualTo(201);
        String id = made.at("/id");
        String story = "/api/story/stories/" + id;
        String none = "\"nowhere-" + UUID.randomUUID() + ".md\"";
        return List.of(
                post(
                        "/api/story/stories",
                        "epicPath",
                        epic,
                        "storyPath",
                        path,
                        "status",
                        "\"draft\"",
                        "phase",
                        "\"x\""),
                // Nothing refuses a change of a story that is well-formed but a step that there is not, and a role.
                post(
                        story + "/status",
                        "role",
                        "\"qa\"",
                        "status",
                        "\"done\"",
                        "phase",
                        "\"x\"",
                        "iteration",
                        "1",
                        "qaResult",
                        "{\"result\":\"PASS\"}",
                        "error",
                        "\"x\"",
                        "onConflict",
                        "\"merge\""),
                post(story + "/processing", "role", "\"dev\"", "status", "\"completed\"", "metadata", "{\"a\":1}"),
                post(
                        "/api/story/stories/status",
                        "role",
                        "\"sm\"",
                        "changes",
                        "[{\"storyId\":\"" + id + "\",\"status\":\"done\",\"expectedVersion\":\"1-1\"}]"),
                post("/api/story/epics/initialize", "epicPath", epic, "storyPaths", "[" + path + "]"),
                post("/api/story/maintenance/cleanup", "days", "3650"),
                post("/api/story/maintenance/cleanup-epic", "epicPath", none),
                post("/api/story/maintenance/cleanup-folder", "folder", none),
                // Without the version that was seen, and with a name that there cannot be: these two are never done.
                new Refused("DELETE", story, "", fields()),
                new Refused("PUT", "/api/story/maintenance/backups/-", "", fields()),
                get("/api/story/stories", "?limit=5&status=done&processing=completed"),
                get("/api/story/stories", "?path=nowhere.md&id=" + id),
                get(story, ""),
                get(story + "/history", "?limit=5"),
                get("/api/story/statistics", "?epic=nowhere.md"));
    }

    private static Refused post(String path, String... namesAndValues) {
        return new Refused("POST", path, "", fields(namesAndValues));
    }

    private static Refused get(String path, String query) {
        return new Refused("GET", path, query, null);
    }

    private static @Nullable Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
