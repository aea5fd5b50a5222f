package io.rowlock.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.Services;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What is served beside the API: its description, the front page, health, metrics. */
class ApiReferenceTest {
    private static final List<String> OPERATIONS = List.of(
            "GET /account-sync-optimized/sync-details-batch",
            "GET /api/amas/delayed-rewards",
            "GET /api/amas/maintenance/drifts",
            "GET /api/amas/monitoring",
            "GET /api/amas/phase",
            "GET /api/amas/state",
            "GET /api/amas/strategy",
            "GET /api/credits/accesses/{accessId}",
            "GET /api/credits/courses/{courseId}",
            "GET /api/credits/maintenance/duplicates",
            "GET /api/credits/majors",
            "GET /api/credits/majors/{majorId}",
            "GET /api/credits/monitoring",
            "GET /api/credits/students/{studentId}/accesses",
            "GET /api/credits/students/{studentId}/credits",
            "GET /api/lottery/audit-log",
            "GET /api/lottery/monitoring",
            "GET /api/lottery/monitoring/locks",
            "GET /api/lottery/orders/{orderId}",
            "GET /api/lottery/participations/{participationId}",
            "GET /api/lottery/payments",
            "GET /api/lottery/payments/{paymentId}",
            "GET /api/lottery/products",
            "GET /api/lottery/products/{productId}",
            "GET /api/lottery/rounds",
            "GET /api/lottery/rounds/{roundId}",
            "GET /api/lottery/rounds/{roundId}/participations",
            "GET /api/lottery/rounds/{roundId}/precheck",
            "GET /api/lottery/statistics",
            "GET /api/lottery/users/{userId}",
            "GET /api/lottery/users/{userId}/balances/{type}",
            "GET /api/lottery/users/{userId}/balances/{type}/precheck",
            "GET /api/lottery/users/{userId}/transactions",
            "DELETE /api/story/stories/{storyId}",
            "GET /api/story/consistency",
            "GET /api/story/health",
            "GET /api/story/maintenance/backups",
            "GET /api/story/performance",
            "GET /api/story/statistics",
            "GET /api/story/stories",
            "GET /api/story/stories/{storyId}",
            "GET /api/story/stories/{storyId}/history",
            "DELETE /api/sync/instances/{instanceId}",
            "GET /api/sync/instances",
            "GET /api/sync/instances/{instanceId}",
            "GET /api/sync/instances/{instanceId}/accounts",
            "GET /api/sync/monitoring",
            "GET /sync_sessions/api/sessions",
            "GET /sync_sessions/api/sessions/{sessionId}",
            "GET /sync_sessions/api/sessions/{sessionId}/error-logs",
            "GET /sync_sessions/api/statistics",
            "POST /account-sync-optimized/cleanup",
            "POST /account-sync-optimized/sync-all",
            "POST /api/amas/batch-process",
            "POST /api/amas/maintenance/repair",
            "POST /api/amas/process",
            "POST /api/amas/reset",
            "POST /api/credits/accesses",
            "POST /api/credits/accesses/{accessId}/expire",
            "POST /api/credits/courses",
            "POST /api/credits/majors",
            "POST /api/lottery/balances/batch",
            "POST /api/lottery/orders",
            "POST /api/lottery/orders/expire",
            "POST /api/lottery/participations",
            "POST /api/lottery/participations/bulk",
            "POST /api/lottery/participations/quick",
            "POST /api/lottery/payments",
            "POST /api/lottery/products",
            "POST /api/lottery/recharges",
            "POST /api/lottery/rounds",
            "POST /api/lottery/rounds/{roundId}/draw",
            "POST /api/lottery/users",
            "POST /api/lottery/users/{userId}/balances/{type}",
            "POST /api/lottery/users/{userId}/free-count/reset",
            "POST /api/lottery/users/{userId}/transfer",
            "POST /api/story/epics/initialize",
            "POST /api/story/maintenance/cleanup",
            "POST /api/story/maintenance/cleanup-epic",
            "POST /api/story/maintenance/cleanup-folder",
            "POST /api/story/stories",
            "POST /api/story/stories/status",
            "POST /api/story/stories/{storyId}/processing",
            "POST /api/story/stories/{storyId}/status",
            "POST /api/sync/instances",
            "POST /api/v1/course.finish",
            "POST /api/v1/course.start",
            "POST /sync_sessions/api/sessions/{sessionId}/cancel",
            "PUT /api/credits/maintenance/repair",
            "PUT /api/lottery/orders/{orderId}/status",
            "PUT /api/story/maintenance/backups/{name}");

    @RegisterExtension
    static final Services SERVICES = new Services();

    @Databases(Engine.SQLITE)
    void theDescriptionHasEveryOperationAndItsErrors(Database database) {
        JsonNode api = SERVICES.on(database).http().get("/v3/api-docs").json();

        List<String> operations = new ArrayList<>();
        api.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    operations.add(operation.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                    JsonNode responses = operation.getValue().get("responses");
                    assertThat(operation.getValue().get("summary").asString()).isNotBlank();
                    assertThat(responses.propertyNames())
                            .as("%s", operation.getKey())
                            .contains("503");
                    assertThat(responses
                                    .at("/503/content/application~1json/schema/$ref")
                                    .asString())
                            .isEqualTo("#/components/schemas/Error");
                }));
        assertThat(operations).containsExactlyInAnyOrderElementsOf(OPERATIONS);
        assertThat(api.at("/paths/~1api~1lottery~1participations/post/responses")
                        .propertyNames())
                .containsExactlyInAnyOrder("201", "400", "404", "422", "429", "503");
        assertThat(api.at("/paths/~1api~1v1~1course.finish/post/responses").propertyNames())
                .containsExactlyInAnyOrder("200", "400", "404", "422", "429", "503");
        assertThat(api.at("/components/schemas/CourseFinish/properties").propertyNames())
                .containsExactlyInAnyOrder("studentId", "courseId", "isFinished", "isFinalTest");
        assertThat(api.at("/paths/~1api~1lottery~1orders~1{orderId}~1status/put/responses")
                        .propertyNames())
                .containsExactlyInAnyOrder("200", "400", "404", "409", "422", "503");
        assertThat(api.at("/paths/~1api~1story~1stories~1{storyId}~1status/post/responses")
                        .propertyNames())
                .containsExactlyInAnyOrder("200", "400", "404", "409", "422", "428", "503");
        assertThat(api.at("/components/schemas/Error/properties").propertyNames())
                .containsExactlyInAnyOrder("code", "message", "facts");
        assertThat(api.at("/components/schemas/Balance/properties/amount/type").asString())
                .isEqualTo("string");
        List<String> types = new ArrayList<>();
        api.at("/components/schemas/BalanceChange/properties/operation/enum")
                .forEach(name -> types.add(name.asString()));
        assertThat(types).containsExactly("add", "deduct");
    }

    @Databases(Engine.SQLITE)
    void theReferenceIsAPage(Database database) {
        Http http = SERVICES.on(database).http();

        Answer redirect = http.get("/docs");

        assertThat(redirect.status()).isEqualTo(302);
        Answer page = http.get(redirect.header("Location").orElseThrow());
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
    }

    @Databases(Engine.SQLITE)
    void theFrontPageLinksToEverythingAndLoadsNothingFromElsewhere(Database database) {
        Http http = SERVICES.on(database).http();

        Answer page = http.get("/");

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
        assertThat(page.header("Content-Security-Policy")).isPresent();
        for (String link : List.of("/docs", "/actuator/health", "/actuator/prometheus")) {
            assertThat(page.text()).contains("href=\"" + link + "\"");
        }
        for (String part : List.of("/home.css", "/home.js", "/rowlock.svg")) {
            assertThat(page.text()).contains("\"" + part + "\"");
            assertThat(http.get(part).status()).as(part).isEqualTo(200);
        }
        assertThat(page.text()
                        + http.get("/home.css").text()
                        + http.get("/home.js").text())
                .doesNotContain("http://", "https://", "//cdn");
    }

    @Databases(Engine.SQLITE)
    void healthKnowsTheDatabaseAndTellsNoSecrets(Database database) {
        Http http = SERVICES.on(database).http();

        assertThat(http.get("/actuator/health").at("/status")).isEqualTo("UP");
        assertThat(http.get("/actuator/health/liveness").at("/status")).isEqualTo("UP");
        Answer readiness = http.get("/actuator/health/readiness");
        assertThat(readiness.at("/components/db/status")).isEqualTo("UP");
        assertThat(readiness.text()).doesNotContain("jdbc", "SQLite");
        assertThat(http.get("/actuator").json().get("_links").propertyNames())
                .containsExactlyInAnyOrder("self", "health", "health-path", "prometheus");
    }

    @Databases(Engine.SQLITE)
    void metricsTellWhatTheUnitsDoAndNeverForWhom(Database database) {
        Http http = SERVICES.on(database).http();
        String user = http.post("/api/lottery/users", "{\"telegramId\":\"1\"}").at("/id");

        String metrics = http.get("/actuator/prometheus").text();

        assertThat(metrics)
                .contains("rowlock_unit_seconds_count{outcome=\"committed\",unit=\"lottery-create-user\"}")
                .contains("hikaricp_connections_active{pool=\"rowlock\"}")
                .contains("http_server_requests_seconds_count")
                .doesNotContain(user);
    }
}
