package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Requests to the credits that a rule refuses, or that change nothing. */
public final class CreditRequests {
    private static final UUID NOBODY = UUID.fromString("00000000-0000-4000-8000-00000000dead");

    private CreditRequests() {}

    /**
     * A request in its parts.
     *
     * @param query with its question mark
     * @param body JSON texts by name, or null for none
     */
    public record Refused(
            String method,
            String path,
            String query,
            @Nullable Map<String, String> body) {}

    /** One for each route, after making what they are about. */
    public static List<Refused> refused(Http http) {
        String student = UUID.randomUUID().toString();
        String major = created(http.post(
                "/api/credits/majors", "{\"applicationId\":\"" + UUID.randomUUID() + "\",\"name\":\"Databases\"}"));
        String course = created(
                http.post("/api/credits/courses", "{\"majorId\":\"" + major + "\",\"lesson\":1,\"name\":\"Locks\"}"));
        String access = created(http.post(
                "/api/credits/accesses", "{\"studentId\":\"" + student + "\",\"courseId\":\"" + course + "\"}"));
        assertThat(http.post("/api/credits/accesses/" + access + "/expire", "").status())
                .isEqualTo(200);
        String expired = "\"" + course + "\"";
        String who = "\"" + student + "\"";
        String nowhere = "\"" + NOBODY + "\"";
        return List.of(
                post("/api/credits/courses", "majorId", "\"" + major + "\"", "lesson", "1", "name", "\"Again\""),
                post("/api/credits/courses", "majorId", nowhere, "lesson", "2", "name", "\"Nowhere\""),
                // Nothing refuses a major that is well-formed, so this one is wrong in two places.
                post("/api/credits/majors", "applicationId", "\"nothing\"", "name", "\"" + "x".repeat(201) + "\""),
                post("/api/credits/accesses", "studentId", who, "courseId", expired),
                post("/api/credits/accesses", "studentId", who, "courseId", nowhere),
                post("/api/credits/accesses/" + access + "/expire"),
                post("/api/v1/course.start", "studentId", who, "courseId", expired),
                post(
                        "/api/v1/course.finish",
                        "studentId",
                        who,
                        "courseId",
                        expired,
                        "isFinished",
                        "true",
                        "isFinalTest",
                        "true"),
                post("/api/v1/course.finish", "studentId", who, "courseId", nowhere, "isFinished", "true"),
                new Refused("PUT", "/api/credits/maintenance/repair", "", fields("dryRun", "true")),
                get("/api/credits/majors", "?limit=5"),
                get("/api/credits/majors/" + major, ""),
                get("/api/credits/courses/" + course, ""),
                get("/api/credits/accesses/" + access, ""),
                get("/api/credits/students/" + student + "/accesses", "?limit=5"),
                get("/api/credits/students/" + student + "/credits", "?limit=5"),
                get("/api/credits/monitoring", "?action=overview"),
                get("/api/credits/maintenance/duplicates", "?limit=5"));
    }

    private static String created(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(201);
        return answer.at("/id");
    }

    private static Refused post(String path, String... namesAndValues) {
        return new Refused("POST", path, "", fields(namesAndValues));
    }

    private static Refused get(String path, String query) {
        return new Refused("GET", path, query, null);
    }

    private static Map<String, String> fields(String... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
