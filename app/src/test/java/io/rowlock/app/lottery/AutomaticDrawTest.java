package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Rounds that are sold out are drawn without being asked. */
class AutomaticDrawTest {
    private static final Map<String, String> DRAW = Map.of();
    private static final Map<String, String> DO_NOT_DRAW = Map.of("rowlock.lottery.draw-when-full", "false");

    /** Writers of two processes wait for one SQLite file by polling, which takes long; there it is one instance. */
    @Databases(Engine.SQLITE)
    void aRoundThatIsSoldOutIsDrawn(Database database) throws Exception {
        try (RunningService service = RunningService.on(database, DRAW);
                Shop shop = new Shop(service.http())) {
            requireDrawnOnce(shop, shop);
            Books.of(database).areExact();
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aRoundThatIsSoldOutIsDrawnOnceByWhicheverInstance(Database database) throws Exception {
        try (RunningService one = RunningService.on(database, DRAW);
                RunningService two = RunningService.on(database, DRAW);
                Shop here = new Shop(one.http());
                Shop there = new Shop(two.http())) {
            requireDrawnOnce(here, there);
            Books.of(database).areExact();
        }
    }

    private static void requireDrawnOnce(Shop here, Shop there) throws InterruptedException {
        List<String> users =
                IntStream.range(0, 10).mapToObj(i -> here.user("100.00")).toList();
        List<String> rounds =
                IntStream.range(0, 5).mapToObj(i -> here.round(10)).toList();

        List<Answer> answers = here.atOnce(
                10,
                i -> rounds.stream()
                        .map(round -> (i % 2 == 0 ? here : there).participate(users.get(i), round, 1))
                        .reduce((former, last) -> last)
                        .orElseThrow());

        assertThat(answers).extracting(Answer::status).containsOnly(201);
        for (String round : rounds) {
            Eventually.until(
                    "it is drawn",
                    Eventually.DEADLINE,
                    () -> status(here, round).equals("completed"));
            assertThat(here.draw(round).code()).isEqualTo("ALREADY_DRAWN");
        }
    }

    /** As after a crash between the commit of the last share and the draw. */
    @Databases
    void aRoundThatWasLeftFullIsDrawnAtTheNextStart(Database database) {
        String round;
        try (RunningService service = RunningService.on(database, DO_NOT_DRAW);
                Shop shop = new Shop(service.http())) {
            round = shop.round(3);
            assertThat(shop.participate(shop.user("10.00"), round, 3).at("/roundStatus"))
                    .isEqualTo("full");
        }

        try (RunningService service = RunningService.on(database, DRAW);
                Shop shop = new Shop(service.http())) {
            Eventually.until(
                    "it is drawn",
                    Eventually.DEADLINE,
                    () -> status(shop, round).equals("completed"));
        }

        assertThat(Thread.getAllStackTraces().keySet())
                .as("ended with the service")
                .noneMatch(thread -> thread.getName().equals("rowlock-lottery-draw"));
    }

    private static String status(Shop shop, String round) {
        return shop.roundNow(round).get("status").asString();
    }
}
