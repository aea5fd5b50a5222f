package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** The mastery system as its callers meet it. */
class MasteryHttpTest {
    private static final String KEY = "Idempotency-Key";
    private static final String PROCESS = "/api/amas/process";

    @RegisterExtension
    static final Services SERVICES = new Services();

    private final String user = "u-" + UUID.randomUUID();

    @SuppressWarnings("NullAway.Init") // by start()
    private Http http;

    @BeforeEach
    void start(Database database) {
        http = SERVICES.on(database).http();
    }

    private String answer(String word, String... more) {
        return "{\"userId\":\"" + user + "\",\"wordId\":\"" + word + "\",\"isCorrect\":true,\"responseTime\":2100"
                + String.join("", more) + "}";
    }

    private JsonNode decided(Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.json().path("success").asBoolean()).isTrue();
        return answer.json().path("data");
    }

    private JsonNode look(String what) {
        return decided(http.get("/api/amas/" + what + "?userId=" + user));
    }

    private void booksAreRight() {
        JsonNode audit =
                http.get("/api/amas/monitoring?action=data-consistency").json();
        assertThat(audit.at("/data/consistent").asBoolean()).as("%s", audit).isTrue();
    }

    @Databases
    void anAnswerIsDecidedOn(Database database) {
        assertThat(look("strategy").path("initialized").asBoolean()).isFalse();
        assertThat(look("strategy").at("/strategy/batchSize").asInt()).isEqualTo(8);
        assertThat(look("phase").path("phase").asString()).isEqualTo("classify");
        Answer unknown = http.get("/api/amas/state?userId=" + user);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("UNKNOWN_LEARNER");

        JsonNode first = decided(http.post(PROCESS, answer("lighthouse", ",\"dwellTime\":2500,\"pauseCount\":1")));
        JsonNode second = decided(http.post(
                PROCESS,
                answer(
                        "harbour",
                        ",\"sessionId\":\"" + first.path("sessionId").asString()
                                + "\",\"profile\":\"cram\",\"intervalDays\":2.5,\"recentAccuracy\":0.5")));

        assertThat(first.path("recorded").asBoolean()).isTrue();
        assertThat(first.path("fallback").isNull()).isTrue();
        assertThat(first.path("reward").asDouble()).isBetween(-1.0, 1.0);
        assertThat(first.at("/explanation/factors")).hasSize(6);
        assertThat(first.at("/objectives/profile").asString()).isEqualTo("standard");
        assertThat(second.at("/objectives/profile").asString()).isEqualTo("cram");
        assertThat(second.path("sessionId")).isEqualTo(first.path("sessionId"));
        assertThat(second.path("action").asInt()).isBetween(0, 23);
        assertThat(look("state").path("attention")).isEqualTo(second.at("/state/attention"));
        assertThat(look("strategy").path("strategy")).isEqualTo(second.path("strategy"));
        assertThat(look("strategy").path("initialized").asBoolean()).isTrue();
        assertThat(look("phase").path("probes").asInt()).isEqualTo(2);
        assertThat(http.get("/api/amas/state?userId=" + user).header("ETag")).contains("\"2\"");
        JsonNode rewards = look("delayed-rewards");
        assertThat(rewards.path("count").asInt()).isEqualTo(2);
        assertThat(rewards.at("/items/0/answerRecordId")).isEqualTo(first.path("eventId"));
        assertThat(rewards.at("/items/0/status").asString()).isEqualTo("pending");
        assertThat(rewards.at("/items/1/dueAt").asString())
                .startsWith(second.path("rewardDueAt").asString().substring(0, 19));
        assertThat(decided(http.get("/api/amas/delayed-rewards?userId=" + user + "&status=done"))
                        .path("count")
                        .asInt())
                .isZero();
        booksAreRight();
    }

    @Databases
    void aRepeatGetsTheFirstAnswerAndTeachesNothing(Database database) {
        String key = UUID.randomUUID().toString();
        String id = UUID.randomUUID().toString();

        Answer first = http.post(PROCESS, answer("lighthouse"), KEY, key);
        Answer repeat = http.post(PROCESS, answer("lighthouse"), KEY, key);
        Answer other = http.post(PROCESS, answer("harbour"), KEY, key);
        Answer named = http.post(PROCESS, answer("harbour", ",\"eventId\":\"" + id + "\""));
        Answer again = http.post(PROCESS, answer("harbour", ",\"eventId\":\"" + id + "\""));

        assertThat(first.header("Idempotent-Replayed")).isEmpty();
        assertThat(repeat.text()).isEqualTo(first.text());
        assertThat(repeat.header("Idempotent-Replayed")).contains("true");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.code()).isEqualTo("EVENT_ID_REUSED");
        assertThat(decided(named).path("eventId").asString()).isEqualTo(id);
        assertThat(again.text()).isEqualTo(named.text());
        Answer unnamed = http.post(PROCESS, answer("quay"));
        String told = decided(unnamed).path("eventId").asString();
        assertThat(http.post(PROCESS, answer("quay", ",\"eventId\":\"" + told + "\""))
                        .text())
                .isEqualTo(unnamed.text());
        assertThat(look("phase").path("updates").asInt()).isEqualTo(3);
        booksAreRight();
    }

    /** Of one user, to two nodes at once: the order is somebody's, and nothing is lost. */
    @Databases
    void manyAtOnceToTwoNodesAreAllLearnedOf(Database database) {
        try (RunningService second = RunningService.on(database)) {
            List<Callable<Answer>> all = new ArrayList<>();
            String key = UUID.randomUUID().toString();
            for (int i = 0; i < 6; i++) {
                Http node = i % 2 == 0 ? http : second.http();
                String word = "w" + i;
                all.add(() -> node.post(PROCESS, answer(word)));
                all.add(() -> node.post(PROCESS, answer("once"), KEY, key));
            }

            List<Answer> answers = Actors.run(Actors.DEADLINE, all).stream()
                    .map(Actors.Outcome::get)
                    .toList();

            assertThat(answers)
                    .allSatisfy(answer -> assertThat(
                                    decided(answer).path("recorded").asBoolean())
                            .as("%s", answer)
                            .isTrue());
            assertThat(answers.stream()
                            .filter(answer ->
                                    answer.header("Idempotent-Replayed").isPresent())
                            .count())
                    .isEqualTo(5);
            assertThat(look("phase").path("updates").asInt()).isEqualTo(7);
            booksAreRight();
        }
    }

    @Databases
    void aBatchIsDecidedOnInItsOrderAndOnce(Database database) {
        String one = "{\"wordId\":\"a\",\"isCorrect\":true,\"responseTime\":2100}";
        String nonsense = "{\"wordId\":\"b\",\"isCorrect\":true,\"responseTime\":250000}";
        String last = "{\"wordId\":\"c\",\"isCorrect\":false,\"responseTime\":4000}";
        String body = "{\"userId\":\"" + user + "\",\"events\":[" + one + "," + nonsense + "," + last + "]}";
        String key = UUID.randomUUID().toString();

        JsonNode first = decided(http.post("/api/amas/batch-process", body, KEY, key));
        JsonNode repeat = decided(http.post("/api/amas/batch-process", body, KEY, key));

        assertThat(first.path("recorded").asInt()).isEqualTo(2);
        assertThat(first.at("/results/1/fallback").asString()).isEqualTo("anomaly");
        assertThat(first.at("/results/1/recorded").asBoolean()).isFalse();
        assertThat(first.at("/results/1/strategy/batchSize").asInt()).isEqualTo(8);
        assertThat(repeat).isEqualTo(first);
        assertThat(look("phase").path("updates").asInt()).isEqualTo(2);
        booksAreRight();
    }

    @Databases
    void aUserMayBeginAnew(Database database) {
        JsonNode unused = decided(http.post(PROCESS, answer("lighthouse")));
        String who = "{\"userId\":\"" + user + "\"}";
        String key = UUID.randomUUID().toString();

        Answer first = http.post("/api/amas/reset", who, KEY, key);
        JsonNode between = decided(http.post(PROCESS, answer("lighthouse")));
        Answer repeat = http.post("/api/amas/reset", who, KEY, key);

        assertThat(decided(first).path("forgotten").asBoolean()).isTrue();
        assertThat(between.path("phase").asString()).isEqualTo("classify");
        assertThat(repeat.text()).isEqualTo(first.text());
        assertThat(look("phase").path("updates").asInt())
                .as("not forgotten by the repeat")
                .isEqualTo(1);
        assertThat(decided(http.post("/api/amas/reset", "{\"userId\":\"" + user + "x\"}"))
                        .path("forgotten")
                        .asBoolean())
                .isFalse();
        booksAreRight();
    }

    @Databases
    void whatIsMalformedIsToldAndChangesNothing(Database database) {
        List<String> bodies = List.of(
                "{}",
                answer("lighthouse").replace("2100", "0"),
                answer("lighthouse").replace("2100", "300001"),
                answer("lighthouse").replace("2100", "\"2100\""),
                answer("lighthouse").replace("true", "1"),
                answer("a b"),
                answer("lighthouse", ",\"userid\":1"),
                answer("lighthouse", ",\"pauseCount\":-1"),
                answer("lighthouse", ",\"recentAccuracy\":1.5"),
                answer("lighthouse", ",\"profile\":\"lazy\""),
                answer("lighthouse", ",\"dwellTime\":NaN"),
                answer("lighthouse").replace("\"userId\":\"" + user + "\",", ""));

        assertThat(bodies).allSatisfy(body -> {
            Answer answer = http.post(PROCESS, body);
            assertThat(answer.status()).as("%s %s", body, answer).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("MALFORMED");
        });
        assertThat(http.post("/api/amas/batch-process", "{\"userId\":\"" + user + "\",\"events\":[]}")
                        .status())
                .isEqualTo(400);
        assertThat(http.post(
                                "/api/amas/batch-process",
                                "{\"userId\":\"" + user + "\",\"events\":[" + answer("a") + "]}")
                        .status())
                .isEqualTo(400);
        assertThat(http.get("/api/amas/delayed-rewards?userId=" + user + "&limit=101")
                        .status())
                .isEqualTo(400);
        assertThat(http.get("/api/amas/state").status()).isEqualTo(400);
        assertThat(http.get("/api/amas/state?userId=" + user).status()).isEqualTo(404);
        assertThat(http.post(PROCESS, answer("lighthouse"), KEY, "a", KEY, "b").status())
                .isEqualTo(400);
    }

    @Databases
    void upkeepTellsHowItStandsAndRepairs(Database database) {
        JsonNode unused = decided(http.post(PROCESS, answer("lighthouse")));
        String who = "{\"userId\":\"" + user + "\"}";
        assertThat(http.get("/api/amas/monitoring").json().at("/data/learners").asInt())
                .isPositive();
        JsonNode performance =
                http.get("/api/amas/monitoring?action=performance").json();
        assertThat(performance.at("/data/rollout/percent").asInt()).isEqualTo(100);
        assertThat(performance.at("/data/rollout/rolledBack").asBoolean()).isFalse();
        assertThat(performance.at("/data/units"))
                .anySatisfy(unit -> assertThat(unit.path("unit").asString()).isEqualTo("amas-process"));
        database.execute(
                "UPDATE amas_user_models SET update_count = 9, version = version + 1 WHERE user_id = '" + user + "'");

        JsonNode drifts = decided(http.get("/api/amas/maintenance/drifts"));
        Answer repaired = http.post("/api/amas/maintenance/repair", who);

        assertThat(drifts.path("items")).anySatisfy(drift -> {
            assertThat(drift.path("userId").asString()).isEqualTo(user);
            assertThat(drift.path("field").asString()).isEqualTo("updateCount");
            assertThat(drift.path("expected").asInt()).isEqualTo(1);
        });
        assertThat(repaired.status()).isEqualTo(200);
        assertThat(decided(http.get("/api/amas/maintenance/drifts")).path("items"))
                .noneSatisfy(
                        drift -> assertThat(drift.path("userId").asString()).isEqualTo(user));
        assertThat(http.post("/api/amas/maintenance/repair", "{\"userId\":\"" + user + "x\"}")
                        .status())
                .isEqualTo(404);
        booksAreRight();
    }

    @Databases
    void itCountsUnderItsNamesAndForNobody(Database database) {
        JsonNode unused = decided(http.post(PROCESS, answer("lighthouse")));

        String metrics = http.get("/actuator/prometheus").text();

        assertThat(metrics)
                .contains("amas_lock_timeouts_total 0.0")
                .contains("amas_lock_wait_time_ms_bucket{le=\"1000.0\"}")
                .contains("amas_inference_latency_ms_count")
                .contains("amas_reward_queue_length")
                .contains("amas_reward_processing_duration_seconds_count")
                .contains("amas_feature_vector_saved_total")
                .contains("amas_decision_write_total{status=\"success\"}")
                .doesNotContain(user);
    }

    /** For some users it is stored in parts; whoever they are, alone they lose nothing. */
    @Databases(Engine.SQLITE)
    void itIsRolledOutToAShareOfTheUsers(Database database) {
        try (RunningService half = RunningService.on(
                database,
                Map.of(
                        "rowlock.mastery.transactional-persistence.percent",
                        "50",
                        "rowlock.mastery.decision-timeout",
                        "5s"))) {
            for (int i = 0; i < 12; i++) {
                JsonNode each = decided(half.http().post(PROCESS, answer("w").replace(user, user + "." + i)));
                assertThat(each.path("recorded").asBoolean()).isTrue();
            }
            JsonNode rollout = half.http()
                    .get("/api/amas/monitoring?action=performance")
                    .json()
                    .at("/data/rollout");
            assertThat(rollout.at("/guarded/calls").asInt()
                            + rollout.at("/plain/calls").asInt())
                    .isEqualTo(12);
        }
        booksAreRight();
    }
}
