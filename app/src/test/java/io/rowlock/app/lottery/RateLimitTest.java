package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TestClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How often a user may buy. */
class RateLimitTest {
    private static final UUID USER = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("00000000-0000-4000-8000-000000000002");

    /** Twelve purchases at once, at two instances: the five that the limit allows, whichever instance they came to. */
    @Databases
    void twoInstancesOnOneDatabaseShareTheLimit(Database database) throws Exception {
        Map<String, String> five =
                Map.of("rowlock.lottery.rate-limit.max", "5", "rowlock.lottery.draw-when-full", "false");
        try (RunningService one = RunningService.on(database, five);
                RunningService two = RunningService.on(database, five);
                Shop here = new Shop(one.http());
                Shop there = new Shop(two.http())) {
            String user = here.user("100.00");
            String round = here.round(100);

            List<Answer> answers = here.atOnce(12, i -> switch (i % 3) {
                case 0 -> here.participate(user, round, 1);
                case 1 -> there.participateInBulk(user, round, 1);
                default -> there.participateFree(user, round, 1);
            });

            assertThat(answers).filteredOn(answer -> answer.status() != 429).hasSize(5);
            assertThat(answers)
                    .filteredOn(answer -> answer.status() == 429)
                    .hasSize(7)
                    .allSatisfy(limited -> {
                        assertThat(limited.code()).isEqualTo("RATE_LIMITED");
                        assertThat(limited.json().at("/facts/max").asInt()).isEqualTo(5);
                        assertThat(limited.json().at("/facts/windowSeconds").asInt())
                                .isEqualTo(300);
                        assertThat(Integer.parseInt(
                                        limited.header("Retry-After").orElseThrow()))
                                .isBetween(1, 300)
                                .isEqualTo(limited.json()
                                        .at("/facts/retryAfterSeconds")
                                        .asInt());
                    });
            assertThat(here.participateQuickly(user, 1).status()).isEqualTo(429);
            String other = here.user("100.00");
            assertThat(there.participate(other, round, 1).status()).isEqualTo(201);
            // A refusal by a rule counts as well: somebody tries.
            for (int i = 0; i < 4; i++) {
                assertThat(here.participate(other, round, 100).code()).isEqualTo("INSUFFICIENT_SHARES");
            }
            assertThat(there.participate(other, round, 100).code()).isEqualTo("RATE_LIMITED");
            Books.of(database).areExact();
        }
    }

    @Databases
    void theWindowSlides(Database database) {
        LotterySchema.migrate(database);
        database.execute("DELETE FROM rate_limits");
        TestClock clock = new TestClock();
        Rowlock rowlock = Rowlock.on(database.dataSource())
                .timing(new Timing(
                        clock, System::nanoTime, nanos -> {}, Timing.system().random()))
                .build();
        RateLimit limit = new RateLimit(new LimitOptions(3, Duration.ofMinutes(5)));

        assertThat(count(rowlock, limit, USER)).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        assertThat(count(rowlock, limit, USER)).isEmpty();
        clock.advance(Duration.ofMinutes(1));
        assertThat(count(rowlock, limit, USER)).isEmpty();
        assertThat(rowlock.<Optional<Refusal.RateLimited>, RuntimeException>transact(tx -> limit.exceeded(tx, USER)))
                .isPresent();
        assertThat(count(rowlock, limit, USER))
                .contains(new Refusal.RateLimited(USER, 3, 300, 180))
                .as("who was refused has not been counted")
                .isEqualTo(count(rowlock, limit, USER));
        assertThat(count(rowlock, limit, OTHER)).isEmpty();

        clock.advance(Duration.ofMinutes(3).minusMillis(1));
        assertThat(count(rowlock, limit, USER)).contains(new Refusal.RateLimited(USER, 3, 300, 1));
        clock.advance(Duration.ofMillis(1));
        assertThat(count(rowlock, limit, USER)).as("the first has left").isEmpty();
        assertThat(count(rowlock, limit, USER)).contains(new Refusal.RateLimited(USER, 3, 300, 60));

        clock.advance(Duration.ofMinutes(10));
        for (int i = 0; i < 3; i++) {
            assertThat(count(rowlock, limit, USER)).as("time %d", i).isEmpty();
        }
    }

    @Databases
    void noLimitKeepsNothing(Database database) {
        LotterySchema.migrate(database);
        database.execute("DELETE FROM rate_limits");
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();

        for (int i = 0; i < 50; i++) {
            assertThat(count(rowlock, new RateLimit(LimitOptions.OFF), USER)).isEmpty();
        }

        assertThat(Books.of(database).copy().rows("rate_limits")).isZero();
    }

    private static Optional<Refusal.RateLimited> count(Rowlock rowlock, RateLimit limit, UUID user) {
        return rowlock.transact(tx -> limit.count(tx, user));
    }
}
