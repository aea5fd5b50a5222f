package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stories as their callers meet them. */
class StoryHttpTest {
    private static final String KEY = "Idempotency-Key";
    private static final String STORIES = "/api/story/stories";

    @RegisterExtension
    static final Services SERVICES = new Services();

    private final String epic = "epic-" + UUID.randomUUID() + ".md";

    @SuppressWarnings("NullAway.Init") // by start()
    private Http http;

    @BeforeEach
    void start(Database database) {
        http = SERVICES.on(database).http();
    }

    private Answer made(String name, String status) {
        Answer made = http.post(
                STORIES,
                "{\"epicPath\":\"" + epic + "\",\"storyPath\":\"" + epic + "/" + name + "\",\"status\":\"" + status
                        + "\"}");
        assertThat(made.status()).as("%s", made).isEqualTo(201);
        return made;
    }

    private static String etag(Answer answer) {
        return answer.header("ETag").orElseThrow();
    }

    private Answer change(String id, String etag, String body, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.addAll(List.of("If-Match", etag));
        return http.post(STORIES + "/" + id + "/status", body, all.toArray(String[]::new));
    }

    private Answer delete(String id, String... headers) {
        var request = http.request(STORIES + "/" + id).DELETE();
        return http.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String to(String role, String status) {
        return "{\"role\":\"" + role + "\",\"status\":\"" + status + "\"}";
    }

    @Databases
    void aStoryGoesFromDraftToDoneInThreePairsOfHands(Database database) {
        Answer story = made("1.1 – Größe 故事.md", "draft");
        String id = story.at("/id");
        assertThat(story.at("/processingStatus")).isEqualTo("pending");
        assertThat(story.json().get("version").asInt()).isOne();
        assertThat(http.get(story.header("Location").orElseThrow()).text()).isEqualTo(story.text());

        String[][] steps = {
            {"sm", "ready_for_development", "pending"},
            {"dev", "in_progress", "in_progress"},
            {"dev", "ready_for_review", "review"},
            {"qa", "ready_for_done", "review"},
            {"qa", "done", "completed"}
        };
        Answer last = story;
        for (int step = 0; step < steps.length; step++) {
            last = change(id, etag(last), to(steps[step][0], steps[step][1]));
            assertThat(last.status()).as("%s", last).isEqualTo(200);
            assertThat(last.at("/status")).isEqualTo(steps[step][1]);
            assertThat(last.at("/processingStatus")).isEqualTo(steps[step][2]);
            assertThat(last.json().get("version").asInt()).isEqualTo(step + 2);
        }
        assertThat(last.at("/statusTitle")).isEqualTo("Done");
        assertThat(http.get(STORIES + "/" + id).text()).isEqualTo(last.text());
        Answer history = http.get(STORIES + "/" + id + "/history");
        assertThat(history.json()).hasSize(6);
        assertThat(history.at("/0/from")).isEqualTo("ready_for_done");
        assertThat(history.at("/0/role")).isEqualTo("qa");
        assertThat("\"" + history.at("/0/version") + "\"").isEqualTo(etag(last));
        assertThat(history.at("/5/happened")).isEqualTo("CREATED");
        Answer found = http.get(STORIES + "?path="
                + java.net.URLEncoder.encode(epic + "/1.1 – Größe 故事.md", java.nio.charset.StandardCharsets.UTF_8));
        assertThat(found.at("/0/id")).isEqualTo(id);
    }

    /** story-1 over HTTP. */
    @Databases
    void whoeverWasSlowerIsToldAndCanMerge(Database database) {
        Answer seen = made("slow.md", "in_progress");
        String id = seen.at("/id");
        Answer dev = change(id, etag(seen), "{\"role\":\"dev\",\"status\":\"ready_for_review\",\"phase\":\"built\"}");
        assertThat(dev.status()).isEqualTo(200);

        String finding = "\"qaResult\":{\"result\":\"CONCERNS\",\"notes\":\"Umlaute ü\"},\"iteration\":1";
        Answer conflict = change(id, etag(seen), "{\"role\":\"qa\"," + finding + "}");
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.code()).isEqualTo("VERSION_CONFLICT");
        assertThat(conflict.json().at("/facts/expectedVersion").asInt()).isOne();
        assertThat(conflict.json().at("/facts/currentVersion").asInt()).isEqualTo(2);
        assertThat(conflict.at("/facts/current/status")).isEqualTo("ready_for_review");
        assertThat(etag(conflict)).isEqualTo(etag(dev));

        Answer merged = change(id, etag(seen), "{\"role\":\"qa\"," + finding + ",\"onConflict\":\"merge\"}");
        assertThat(merged.status()).as("%s", merged).isEqualTo(200);
        assertThat(merged.json().get("version").asInt()).isEqualTo(3);
        assertThat(merged.at("/status")).isEqualTo("ready_for_review");
        assertThat(merged.at("/phase")).isEqualTo("built");
        assertThat(merged.at("/qaResult/notes")).isEqualTo("Umlaute ü");

        Answer both = change(id, etag(seen), "{\"role\":\"dev\",\"phase\":\"other\",\"onConflict\":\"merge\"}");
        assertThat(both.status()).as("both have changed the phase").isEqualTo(409);
        Answer late = change(id, etag(seen), "{\"role\":\"dev\",\"status\":\"in_progress\",\"onConflict\":\"merge\"}");
        assertThat(late.code()).as("not back").isEqualTo("ILLEGAL_TRANSITION");
    }

    @Databases
    void whatIsLeftOutStays(Database database) {
        Answer story = made("absent.md", "in_progress");
        String id = story.at("/id");
        Answer full = change(
                id,
                "*",
                "{\"role\":\"dev\",\"phase\":\"p\",\"iteration\":2,\"qaResult\":{\"result\":\"FAIL\"},\"error\":\"line 1\\nline 2\"}");
        Answer step = change(id, etag(full), to("dev", "failed"));
        assertThat(step.at("/phase")).isEqualTo("p");
        assertThat(step.json().get("iteration").asInt()).isEqualTo(2);
        assertThat(step.at("/qaResult/result")).isEqualTo("FAIL");
        assertThat(step.at("/error")).isEqualTo("line 1\nline 2");
        assertThat(step.at("/processingStatus")).isEqualTo("error");
        Answer cleared = change(id, etag(step), "{\"role\":\"sm\",\"error\":\"\"}");
        assertThat(cleared.json().get("error").isNull()).isTrue();
        assertThat(cleared.at("/processingStatus")).isEqualTo("failed");
    }

    /** story-3: the answer was lost and the request comes again, at once and afterwards. */
    @Databases
    void aRepeatTakesNoSecondStep(Database database) {
        Answer story = made("repeat.md", "draft");
        String id = story.at("/id");
        String key = UUID.randomUUID().toString();
        List<Callable<Answer>> all = IntStream.range(0, 5)
                .<Callable<Answer>>mapToObj(
                        i -> () -> change(id, etag(story), to("sm", "ready_for_development"), KEY, key))
                .toList();

        List<Answer> answers = Actors.run(Actors.DEADLINE, all).stream()
                .map(Actors.Outcome::get)
                .toList();
        Answer later = change(id, etag(story), to("sm", "ready_for_development"), KEY, key);
        Answer another = change(id, etag(story), to("sm", "ready_for_development"), KEY, key + "x");

        assertThat(answers).extracting(Answer::status).containsOnly(200);
        assertThat(answers).extracting(Answer::text).containsOnly(later.text());
        assertThat(later.header("Idempotent-Replayed")).contains("true");
        assertThat(another.status()).isEqualTo(409);
        assertThat(http.get(STORIES + "/" + id).json().get("version").asInt()).isEqualTo(2);
    }

    /** story-9 over HTTP: what is not there is not made, and one that is made again is another one. */
    @Databases
    void aStoryThatIsGoneIsNotFoundAndANewOneIsNotTheOldOne(Database database) {
        Answer old = made("gone.md", "in_progress");
        String id = old.at("/id");
        assertThat(delete(id).status()).isEqualTo(428);
        assertThat(delete(id, "If-Match", "\"1-1\"").status()).isEqualTo(409);
        assertThat(delete(id, "If-Match", etag(old)).status()).isEqualTo(200);

        Answer gone = change(id, etag(old), to("dev", "ready_for_review"));
        assertThat(gone.status()).isEqualTo(404);
        assertThat(gone.code()).isEqualTo("UNKNOWN_STORY");
        assertThat(http.get(STORIES + "/" + id).status()).isEqualTo(404);
        assertThat(delete(id, "If-Match", "*").status()).isEqualTo(404);

        Answer again = made("gone.md", "in_progress");
        assertThat(again.at("/id")).isEqualTo(id);
        assertThat(again.json().get("version").asInt()).isOne();
        assertThat(etag(again)).isNotEqualTo(etag(old));
        assertThat(change(id, etag(old), to("dev", "ready_for_review")).status())
                .as("version 1 of another one")
                .isEqualTo(409);
        assertThat(change(id, etag(old), "{\"role\":\"dev\",\"phase\":\"x\",\"onConflict\":\"merge\"}")
                        .status())
                .isEqualTo(409);
        assertThat(change(id, etag(again), to("dev", "ready_for_review")).status())
                .isEqualTo(200);
        assertThat(http.get(STORIES + "/" + id + "/history").json()).hasSize(4);
    }

    @Databases
    void stepsThatThereAreNotAndStepsOfOthersAreRefused(Database database) {
        Answer draft = made("steps.md", "draft");
        String id = draft.at("/id");
        Answer illegal = change(id, etag(draft), to("sm", "done"));
        assertThat(illegal.status()).isEqualTo(422);
        assertThat(illegal.code()).isEqualTo("ILLEGAL_TRANSITION");
        assertThat(illegal.at("/facts/from")).isEqualTo("draft");
        assertThat(illegal.json().at("/facts/allowed").toString())
                .isEqualTo("[\"ready_for_development\",\"failed\",\"cancelled\"]");
        Answer role = change(id, etag(draft), to("qa", "ready_for_development"));
        assertThat(role.code()).isEqualTo("ROLE_NOT_ALLOWED");
        assertThat(role.json().at("/facts/allowed").toString()).isEqualTo("[\"sm\"]");
        Answer missing = http.post(STORIES + "/" + id + "/status", to("sm", "ready_for_development"));
        assertThat(missing.status()).isEqualTo(428);
        assertThat(missing.code()).isEqualTo("PRECONDITION_REQUIRED");
        Answer chinese = change(id, etag(draft), to("sm", "done"), "Accept-Language", "zh");
        assertThat(chinese.at("/message")).isEqualTo("当前状态不能变更为该状态");
        Answer result = change(id, etag(draft), "{\"role\":\"qa\",\"qaResult\":{\"result\":\"MAYBE\"}}");
        assertThat(result.status()).isEqualTo(400);
        assertThat(change(id, etag(draft), "{\"role\":\"qa\",\"qaResult\":[1]}").status())
                .isEqualTo(400);
        assertThat(http.get(STORIES + "/" + id).text()).as("nothing of it").isEqualTo(draft.text());
    }

    @Databases
    void pathsThatLeadElsewhereAreNone(Database database) {
        for (String path : List.of(
                "../secret.md",
                "/etc/passwd",
                "a/../../b",
                "a//b",
                "C:/x",
                "a\\\\b",
                " a",
                "a/./b",
                "a\\u0000b",
                "\\ud800")) {
            Answer refused = http.post(STORIES, "{\"epicPath\":\"" + epic + "\",\"storyPath\":\"" + path + "\"}");
            assertThat(refused.status()).as("%s: %s", path, refused).isEqualTo(400);
        }
        assertThat(http.get(STORIES + "?folder=../x").status()).isEqualTo(400);
    }

    /** First-insert race: one is made, and everybody is told the truth. */
    @Databases
    void oneOfManyWhoMakeAStoryHasMadeIt(Database database) {
        for (int round = 0; round < 3; round++) {
            String path = epic + "/first-" + round + ".md";
            List<Callable<Answer>> all = IntStream.range(0, 6)
                    .<Callable<Answer>>mapToObj(i ->
                            () -> http.post(STORIES, "{\"epicPath\":\"" + epic + "\",\"storyPath\":\"" + path + "\"}"))
                    .toList();
            List<Answer> answers = Actors.run(Actors.DEADLINE, all).stream()
                    .map(Actors.Outcome::get)
                    .toList();
            assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(1);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() != 201)
                    .extracting(Answer::code)
                    .containsOnly("STORY_EXISTS");
            assertThat(http.get(STORIES + "/" + new StoryPath(path).id()).status())
                    .isEqualTo(200);
        }
    }

    @Databases
    void severalStoriesGoTogetherOrNotAtAll(Database database) {
        Answer one = made("one.md", "ready_for_development");
        Answer two = made("two.md", "ready_for_development");
        Answer stale = change(two.at("/id"), etag(two), "{\"role\":\"sm\",\"phase\":\"x\"}");
        assertThat(stale.status()).isEqualTo(200);

        Answer conflict = http.post(STORIES + "/status", bulk(one, two));
        assertThat(conflict.status()).isEqualTo(409);
        assertThat(conflict.at("/facts/current/id")).isEqualTo(two.at("/id"));
        assertThat(http.get(STORIES + "/" + one.at("/id")).text()).isEqualTo(one.text());

        Answer done = http.post(STORIES + "/status", bulk(one, stale));
        assertThat(done.status()).as("%s", done).isEqualTo(200);
        assertThat(done.json()).hasSize(2);
        assertThat(done.at("/1/status")).isEqualTo("in_progress");
        assertThat(http.post(STORIES + "/status", bulk(one, one)).status()).isEqualTo(400);
    }

    private static String bulk(Answer... seen) {
        List<String> changes = new ArrayList<>();
        for (Answer each : seen) {
            changes.add("{\"storyId\":\"" + each.at("/id") + "\",\"status\":\"in_progress\",\"expectedVersion\":" + "\""
                    + etag(each).replace("\"", "") + "\"}");
        }
        return "{\"role\":\"sm\",\"changes\":[" + String.join(",", changes) + "]}";
    }

    @Databases
    void anEpicIsInitializedCountedListedAndTakenAway(Database database) {
        String body = "{\"epicPath\":\"" + epic + "\",\"storyPaths\":[\"" + epic + "/a.md\",\"" + epic + "/b.md\"]}";
        Answer first = http.post("/api/story/epics/initialize", body);
        assertThat(first.json().get("created").asInt()).isEqualTo(2);
        Answer second = http.post("/api/story/epics/initialize", body);
        assertThat(second.json().get("created").asInt()).isZero();
        assertThat(second.json().get("existing").asInt()).isEqualTo(2);

        made("c.md", "done");
        Answer counts = http.get("/api/story/statistics?epic=" + epic);
        assertThat(counts.json().get("total").asInt()).isEqualTo(3);
        assertThat(counts.json().at("/status/draft").asInt()).isEqualTo(2);
        assertThat(counts.json().at("/processingStatus/completed").asInt()).isOne();
        assertThat(counts.json().at("/status/failed").asInt()).isZero();
        assertThat(http.get(STORIES + "?epic=" + epic + "&processing=completed").json())
                .hasSize(1);
        assertThat(http.get(STORIES + "?folder=" + epic).json()).hasSize(3);
        assertThat(http.get(STORIES + "?epic=" + epic + "&status=draft&limit=1").json())
                .hasSize(1);
        String id = new StoryPath(epic + "/a.md").id().toString();
        assertThat(http.get(STORIES + "?id=" + id + "&id=" + UUID.randomUUID() + "&epic=" + epic)
                        .json())
                .hasSize(1);

        Answer cleaned = http.post("/api/story/maintenance/cleanup-epic", "{\"epicPath\":\"" + epic + "\"}");
        assertThat(cleaned.json().get("deleted").asInt()).isEqualTo(3);
        assertThat(cleaned.json().get("more").asBoolean()).isFalse();
        assertThat(http.get(STORIES + "/" + id + "/history").at("/0/operation")).isEqualTo("cleanup");
        assertThat(http.get("/api/story/consistency").json().get("consistent").asBoolean())
                .isTrue();
    }

    @Databases
    void processingStatusesAreUnderstoodAndKeptOutOfTheStore(Database database) {
        Answer story = made("processing.md", "ready_for_development");
        String at = STORIES + "/" + story.at("/id") + "/processing";
        Answer begun = http.post(
                at, "{\"role\":\"dev\",\"status\":\"in_progress\",\"metadata\":{\"run\":7}}", "If-Match", etag(story));
        assertThat(begun.at("/status")).isEqualTo("in_progress");
        assertThat(http.get(STORIES + "/" + story.at("/id") + "/history")
                        .json()
                        .at("/0/metadata/run")
                        .asInt())
                .isEqualTo(7);
        Answer none = http.post(at, "{\"role\":\"dev\",\"status\":\"pending\"}", "If-Match", etag(begun));
        assertThat(none.status()).isEqualTo(400);
        Answer early = http.post(at, "{\"role\":\"qa\",\"status\":\"completed\"}", "If-Match", etag(begun));
        assertThat(early.code()).isEqualTo("ILLEGAL_TRANSITION");
    }

    @Databases
    void healthBackupAndPerformanceAreTold(Database database) {
        made("health.md", "draft");
        Answer health = http.get("/api/story/health");
        assertThat(health.status()).as("%s", health).isEqualTo(200);
        assertThat(health.json().at("/pool/max").asInt()).isEqualTo(16);
        boolean sqlite = database.engine() == Engine.SQLITE;
        assertThat(health.at("/journal")).isEqualTo(sqlite ? "wal" : "");
        String name = "test-" + UUID.randomUUID();
        Answer backup = http.put("/api/story/maintenance/backups/" + name, "");
        if (sqlite) {
            assertThat(backup.status()).as("%s", backup).isEqualTo(200);
            assertThat(backup.json().get("stories").asInt()).isPositive();
            assertThat(http.put("/api/story/maintenance/backups/" + name, "").text())
                    .isEqualTo(backup.text());
            assertThat(http.get("/api/story/maintenance/backups").at("/0/name")).isEqualTo(name);
        } else {
            assertThat(backup.status()).isEqualTo(422);
            assertThat(backup.code()).isEqualTo("BACKUP_BY_SERVER");
            assertThat(backup.at("/facts/tool")).contains("dump");
            assertThat(http.get("/api/story/maintenance/backups").json()).isEmpty();
        }
        assertThat(http.put("/api/story/maintenance/backups/..%2Fx", "").status())
                .isBetween(400, 404);
        assertThat(http.get("/api/story/performance").text()).contains("story-create");
        assertThat(http.get("/actuator/prometheus").text()).doesNotContain(epic);
    }

    /** Two processes are two services on one database; here in one JVM, which shares nothing between them. */
    @Databases
    void twoServicesOnOneDatabaseLoseNothing(Database database) {
        try (RunningService other = RunningService.on(database)) {
            Answer story = made("two.md", "in_progress");
            String id = story.at("/id");
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                Http mine = w % 2 == 0 ? http : other.http();
                writers.add(() -> {
                    int done = 0;
                    while (done < 10) {
                        Answer seen = mine.get(STORIES + "/" + id);
                        int iteration = seen.json().get("iteration").asInt();
                        Answer answer = mine.post(
                                STORIES + "/" + id + "/status",
                                "{\"role\":\"dev\",\"iteration\":" + (iteration + 1) + "}",
                                "If-Match",
                                etag(seen));
                        assertThat(answer.status()).as("%s", answer).isIn(200, 409);
                        done += answer.status() == 200 ? 1 : 0;
                    }
                    return done;
                });
            }
            Actors.run(Actors.DEADLINE, writers).forEach(Actors.Outcome::get);
            Answer end = http.get(STORIES + "/" + id);
            assertThat(end.json().get("iteration").asInt()).isEqualTo(40);
            assertThat(end.json().get("version").asInt()).isEqualTo(41);
            assertThat(http.get("/api/story/consistency")
                            .json()
                            .get("violations")
                            .asInt())
                    .isZero();
        }
    }
}
