package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The sync as its callers meet it, with files and the test's own server as instances. */
class SyncHttpTest {
    private static final String SYNC_ALL = "/account-sync-optimized/sync-all";
    private static final String DETAILS = "/account-sync-optimized/sync-details-batch";
    private static final String CLEAN_UP = "/account-sync-optimized/cleanup";
    private static final String SESSIONS = "/sync_sessions/api/sessions";

    @RegisterExtension
    static final Services SERVICES = new Services();

    @SuppressWarnings("NullAway.Init") // by start()
    private Database database;

    @SuppressWarnings("NullAway.Init") // by start()
    private Path folder;

    @SuppressWarnings("NullAway.Init") // by start()
    private Http http;

    @BeforeEach
    void start(Database database) throws IOException {
        this.database = database;
        RunningService service = SERVICES.on(database);
        folder = Files.createDirectories(service.data().resolve("instances"));
        http = service.http();
    }

    @AfterEach
    void removeInstances() {
        for (JsonNode instance : http.get("/api/sync/instances?limit=500").json()) {
            String path = "/api/sync/instances/" + instance.get("id").asString();
            assertThat(http.send(http.request(path).DELETE()).status()).isEqualTo(200);
        }
    }

    private void file(String name, String... tables) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(name));
                Statement statement = connection.createStatement()) {
            for (String table : tables) {
                statement.execute("CREATE TABLE IF NOT EXISTS " + table + " (id INTEGER PRIMARY KEY)");
            }
        }
    }

    private String register(String name, String url) {
        Answer registered = http.post("/api/sync/instances", "{\"name\":\"" + name + "\",\"url\":\"" + url + "\"}");
        assertThat(registered.status()).as("%s", registered).isEqualTo(201);
        return registered.at("/id");
    }

    private Answer post(String path, String... headers) {
        var request = http.request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.POST(BodyPublishers.noBody()));
    }

    private static List<String> fields(JsonNode node) {
        return List.copyOf(node.propertyNames());
    }

    @Databases
    void theThreeRoutesHaveTheFieldsOfTheirSource(Database database) throws Exception {
        Answer none = post(SYNC_ALL);
        assertThat(none.status()).isEqualTo(400);
        assertThat(none.code()).isEqualTo("NO_INSTANCES");
        file("shop.db", "customer", "purchase");
        String shop = register("shop", "jdbc:sqlite:shop.db");
        register("gone", "jdbc:sqlite:gone.db");

        Answer synced = post(SYNC_ALL);

        assertThat(synced.status()).as("%s", synced).isEqualTo(200);
        assertThat(fields(synced.json()))
                .containsExactly(
                        "success",
                        "message",
                        "total_instances",
                        "success_count",
                        "failed_count",
                        "results",
                        "session_id");
        assertThat(synced.json().get("success").asBoolean()).isFalse();
        assertThat(synced.at("/message")).isEqualTo("1 of 2 instances are synced, 1 failed");
        assertThat(synced.json().get("failed_count").asInt()).isOne();
        assertThat(fields(synced.json().get("results").get(0)))
                .containsExactly("instance_name", "success", "message", "synced_count");
        assertThat(synced.json().get("results").toString())
                .isEqualTo(
                        "[{\"instance_name\":\"gone\",\"success\":false,\"message\":\"The instance cannot be reached\","
                                + "\"synced_count\":0},{\"instance_name\":\"shop\",\"success\":true,\"message\":"
                                + "\"Synced, 2 accounts\",\"synced_count\":2}]");

        Answer details = http.get(DETAILS + "?session_id=" + synced.at("/session_id"));
        assertThat(fields(details.json())).containsExactly("success", "performance", "records");
        assertThat(fields(details.json().get("performance")))
                .containsExactly(
                        "session_id",
                        "sync_type",
                        "status",
                        "started_at",
                        "completed_at",
                        "total_instances",
                        "successful_instances",
                        "failed_instances",
                        "duration_seconds",
                        "total_records",
                        "completed_records",
                        "failed_records",
                        "running_records");
        assertThat(details.at("/performance/status")).isEqualTo("failed");
        assertThat(details.at("/performance/sync_type")).isEqualTo("manual_batch");
        assertThat(details.at("/records/0/error_code")).isEqualTo("UNREACHABLE");
        assertThat(details.json().at("/records/1/accounts_created").asInt()).isEqualTo(2);

        Answer accounts = http.get("/api/sync/instances/" + shop + "/accounts");
        assertThat(accounts.at("/0/name")).isEqualTo("customer");
        assertThat(accounts.at("/0/attributes/columns")).isEqualTo("id");

        Answer cleaned = http.post(CLEAN_UP, "{\"days\":7}");
        assertThat(fields(cleaned.json())).containsExactly("success", "message", "cleaned_count");
        assertThat(cleaned.json().get("cleaned_count").asInt()).isZero();
        assertThat(http.post(CLEAN_UP, "{}").status()).isEqualTo(200);
    }

    @Databases(Engine.SQLITE)
    void whatIsMalformedOrUnknownIsToldInTheOneShape(Database database) {
        UUID nobody = UUID.randomUUID();
        assertThat(http.get(DETAILS).status()).isEqualTo(400);
        assertThat(http.get(DETAILS).at("/facts/expected")).contains("session_id");
        assertThat(http.get(DETAILS + "?session_id=x").at("/facts/field")).isEqualTo("session_id");
        Answer unknown = http.get(DETAILS + "?session_id=" + nobody);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("UNKNOWN_SESSION");
        for (String days : List.of("-1", "0", "3651", "\"7\"", "1.5")) {
            Answer refused = http.post(CLEAN_UP, "{\"days\":" + days + "}");
            assertThat(refused.status()).as(days).isEqualTo(400);
            assertThat(refused.at("/facts/field")).isEqualTo("days");
        }
        assertThat(http.post(CLEAN_UP, "{\"days\":").code()).isEqualTo("MALFORMED");
        assertThat(http.get(SESSIONS + "/" + nobody).status()).isEqualTo(404);
        assertThat(post(SESSIONS + "/" + nobody + "/cancel").code()).isEqualTo("UNKNOWN_SESSION");
        assertThat(http.get(SESSIONS + "/" + nobody + "/error-logs").status()).isEqualTo(404);
        assertThat(http.get(SESSIONS + "?status=nearly").at("/facts/expected"))
                .isEqualTo("one of running, completed, failed, cancelled");
        assertThat(http.get(SESSIONS + "?limit=0").status()).isEqualTo(400);
        assertThat(http.get("/api/sync/instances/" + nobody + "/accounts").code())
                .isEqualTo("UNKNOWN_INSTANCE");
        for (String url : List.of(
                "jdbc:sqlite:../rowlock.db",
                "jdbc:postgresql://10.1.2.3/d",
                "jdbc:mariadb://localhost/d?allowLocalInfile=true",
                "jdbc:h2:mem:x")) {
            Answer refused = http.post("/api/sync/instances", "{\"name\":\"x\",\"url\":\"" + url + "\"}");
            assertThat(refused.status()).as(url).isEqualTo(422);
            assertThat(refused.code()).isEqualTo("ADDRESS_NOT_ALLOWED");
        }
        assertThat(http.send(http.request(SYNC_ALL)
                                .header("Accept-Language", "zh")
                                .POST(BodyPublishers.noBody()))
                        .at("/message"))
                .isEqualTo("没有可同步的实例");
    }

    @Databases
    void aRepeatIsTheSameSession(Database database) throws Exception {
        file("shop.db", "customer");
        register("shop", "jdbc:sqlite:shop.db");
        String key = UUID.randomUUID().toString();

        Answer first = post(SYNC_ALL, "Idempotency-Key", key);
        Answer repeat = post(SYNC_ALL, "Idempotency-Key", key);
        Answer another = post(SYNC_ALL);

        assertThat(first.json().get("success").asBoolean()).as("%s", first).isTrue();
        assertThat(repeat.text()).isEqualTo(first.text());
        assertThat(repeat.header("Idempotent-Replayed")).contains("true");
        assertThat(another.at("/session_id")).isNotEqualTo(first.at("/session_id"));
        assertThat(another.header("Idempotent-Replayed")).isEmpty();
        assertThat(http.get(SESSIONS + "?sync_type=manual_batch&status=completed&limit=2")
                        .json())
                .extracting(session -> session.get("session_id").asString())
                .containsExactly(another.at("/session_id"), first.at("/session_id"));
        assertThat(http.get(SESSIONS + "?sync_category=capacity").json()).isEmpty();
        JsonNode statistics = http.get("/sync_sessions/api/statistics").json();
        assertThat(statistics.get("total_sessions").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(statistics.at("/sessions/completed").asInt()).isGreaterThanOrEqualTo(2);
        assertThat(statistics.get("success_rate").asDouble()).isBetween(0.1, 1.0);
    }

    /** The instance takes connections and never answers: the session runs for as long as it is let. */
    @Databases
    void aRunningSessionIsShownAndCancelled(Database database) throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            register("silent", "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/d");
            CompletableFuture<Answer> asked = CompletableFuture.supplyAsync(() -> post(SYNC_ALL));
            io.rowlock.engines.Eventually.until(
                    "the session runs",
                    java.time.Duration.ofSeconds(30),
                    () -> http.get(SESSIONS + "?status=running").json().size() == 1);
            String session = http.get(SESSIONS + "?status=running").at("/0/session_id");
            assertThat(http.get(SESSIONS + "/" + session)
                            .json()
                            .at("/session/progress_percentage")
                            .asDouble())
                    .isZero();

            Answer cancelled = post(SESSIONS + "/" + session + "/cancel");
            Answer again = post(SESSIONS + "/" + session + "/cancel");

            assertThat(cancelled.status()).as("%s", cancelled).isEqualTo(200);
            assertThat(cancelled.at("/status")).isEqualTo("cancelled");
            assertThat(again.status()).isEqualTo(422);
            assertThat(again.code()).isEqualTo("SESSION_ENDED");
            assertThat(again.at("/facts/status")).isEqualTo("cancelled");
            Answer logs = http.get(SESSIONS + "/" + session + "/error-logs");
            assertThat(logs.json().get("error_count").asInt()).isOne();
            assertThat(logs.at("/error_logs/0/error_code")).isEqualTo("CANCELLED");
            Answer answered = asked.get(60, TimeUnit.SECONDS);
            assertThat(answered.at("/session_id")).isEqualTo(session);
            assertThat(answered.at("/message")).startsWith("Cancelled");
        }
        assertThat(http.get("/api/sync/monitoring?action=data-consistency")
                        .json()
                        .at("/data/consistent")
                        .asBoolean())
                .isTrue();
    }

    /** The server of the test is an instance of itself. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aServerIsSyncedAndItsPasswordShownNowhere(Database database) throws IOException {
        String name = database.engine() == Engine.POSTGRESQL ? "postgresql" : "mariadb";
        Answer registered = http.post(
                "/api/sync/instances",
                "{\"name\":\"server\",\"url\":\"" + this.database.url().split("[?]", 2)[0] + "\",\"username\":\""
                        + this.database.user() + "\",\"credential\":\"nowhere-to-be-found\"}");
        assertThat(registered.status()).as("%s %s", name, registered).isEqualTo(201);

        Answer synced = post(SYNC_ALL);

        assertThat(synced.at("/results/0/message"))
                .isEqualTo("The password of the instance is not to be had (credential=nowhere-to-be-found)");
        assertThat(synced.text() + registered.text()).doesNotContain("\"" + this.database.password() + "\"");
        removeInstances();
        assertThat(http.get(SESSIONS + "/" + synced.at("/session_id"))
                        .json()
                        .at("/session/total_instances")
                        .asInt())
                .isZero();
    }

    @Databases
    void howItStandsIsShown(Database database) throws Exception {
        file("shop.db", "customer");
        register("shop", "jdbc:sqlite:shop.db");
        assertThat(post(SYNC_ALL).json().get("success").asBoolean()).isTrue();

        assertThat(http.get("/api/sync/monitoring")
                        .json()
                        .at("/data/active_accounts")
                        .asInt())
                .isOne();
        JsonNode settings =
                http.get("/api/sync/monitoring?action=settings").json().get("data");
        assertThat(settings)
                .isNotEmpty()
                .allSatisfy(setting -> assertThat(setting.get("holds").asBoolean())
                        .as("%s", setting)
                        .isTrue());
        assertThat(http.get("/api/sync/monitoring?action=performance").text())
                .contains("sync-complete-record")
                .doesNotContain("lottery-");
        String metrics = http.get("/actuator/prometheus").text();
        assertThat(metrics)
                .contains("sync_instances_total{code=\"none\",status=\"completed\"}")
                .contains("sync_session_seconds_count{status=\"completed\"}")
                .contains("sync_remote_seconds_count{outcome=\"read\"}")
                .contains("sync_takeovers_total");
        assertThat(http.get("/api/sync/monitoring?action=nothing").status()).isEqualTo(400);
    }
}
