package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.RunningService;
import io.rowlock.app.load.MasteryPromises.Reached;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Learners on two servers that share a Redis: nobody is shown a learner as it was before an answer that had been acknowledged, also while
 * Redis is killed, and is somebody else when it is back (mastery-3, mastery-4 and mastery-13).
 */
class MasteryCacheLoadTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long KILL_MILLIS = 700;
    private static final Load.Plan PLAN = new Load.Plan(8, 1200, 120.0, 7);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path folder;

    /** Two servers on one database and one Redis. */
    private record Pair(RunningService one, RunningService other, Load load) implements AutoCloseable {
        static Pair on(Database database, RedisUnderLoad redis, MasteryLoad system, Load.Plan plan) {
            RunningService one = RunningService.on(database, redis.choice());
            RunningService other = RunningService.on(database, redis.choice());
            Load load = new Load(system, List.of(one.url(), other.url()), plan);
            return new Pair(one, other, load);
        }

        double fromRedis() {
            try {
                return load.caller().metric("rowlock_cache_reads_total", "source=\"shared\"");
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Override
        public void close() {
            load.close();
            one.close();
            other.close();
        }
    }

    private static JsonNode state(RunningService service) {
        return service.http().get("/api/amas/state?userId=ada").json().path("data");
    }

    private static void answer(RunningService service, int number) {
        assertThat(service.http()
                        .post(
                                "/api/amas/process",
                                "{\"userId\":\"ada\",\"wordId\":\"w" + number
                                        + "\",\"isCorrect\":true,\"responseTime\":2100}")
                        .json()
                        .at("/data/recorded")
                        .asBoolean())
                .isTrue();
    }

    @Databases(Engine.POSTGRESQL)
    void whatOneServerWritesTheOtherShowsAtOnceWithAndWithoutRedis(Database database) throws Exception {
        MasteryLoad system = new MasteryLoad(50);
        try (RedisUnderLoad redis = RedisUnderLoad.start(folder.resolve("redis"));
                Pair pair = Pair.on(database, redis, system, PLAN)) {
            pair.load().prepare();
            answer(pair.one(), 0);
            Eventually.until("learners are read from Redis", LIMIT, () -> {
                state(pair.one());
                state(pair.other());
                return pair.fromRedis() > 0;
            });
            for (int number = 1; number <= 20; number++) {
                answer(number % 2 == 0 ? pair.one() : pair.other(), number);
                for (RunningService each : List.of(pair.one(), pair.other(), pair.one(), pair.other())) {
                    assertThat(state(each).path("answers").asInt()).isEqualTo(number + 1);
                }
            }
            double before = pair.fromRedis();
            assertThat(before).isPositive();

            List<JsonNode> shown = List.of(state(pair.one()), state(pair.other()));
            assertThat(shown.get(0)).isEqualTo(shown.get(1));

            CountDownLatch over = new CountDownLatch(1);
            ExecutorService killer = Executors.newSingleThreadExecutor();
            try {
                Future<Integer> kills = killer.submit(() -> {
                    int count = 0;
                    while (!over.await(KILL_MILLIS, TimeUnit.MILLISECONDS)) {
                        redis.killAndStart();
                        count++;
                    }
                    return count;
                });
                Driver.Run run = pair.load().run();
                over.countDown();

                assertThat(kills.get()).isGreaterThan(1);
                assertThat(run.all().operations()).isEqualTo(PLAN.operations());
                assertThat(run.all().failures()).isEmpty();
                assertThat(run.all().unanswered()).isZero();
            } finally {
                over.countDown();
                killer.shutdownNow();
            }
            pair.load().settle();
            assertThat(system.figures().get("cache")).contains("; 0 of ");
            assertThat(system.promises().shownCount()).isPositive();
            try (Connection connection = database.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                assertThat(pair.load().audit(connection)).isEmpty();
                connection.rollback();
                connection.setAutoCommit(true);
            }
            // Where nobody kills it, it is used again.
            double then = pair.fromRedis();
            Eventually.until("learners are read from Redis again", LIMIT, () -> {
                state(pair.one());
                return pair.fromRedis() > then;
            });
        }
    }

    /** Else the above would hold whatever was shown. */
    @Test
    void whoeverIsShownSomethingOlderIsNamed() {
        MasteryPromises promises = new MasteryPromises("load-");
        promises.acknowledged("load-1", new Reached(1, 4));
        promises.acknowledged("load-1", new Reached(1, 3));
        Reached before = promises.reached("load-1");

        promises.shown("load-1", before, new Reached(1, 4));
        promises.shown("load-1", before, new Reached(2, 0));
        assertThat(promises.stale()).isEmpty();

        promises.shown("load-1", before, new Reached(1, 3));
        assertThat(promises.stale())
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("Stale: ").contains("load-1"));
    }
}
