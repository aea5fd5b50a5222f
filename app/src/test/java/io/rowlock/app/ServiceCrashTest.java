package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.engines.Eventually;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The process is killed while it sells. What it has acknowledged is there when it starts again, and the books agree. */
class ServiceCrashTest {
    /** A few users buy as fast as they can. */
    private static final String NO_LIMIT = "rowlock.lottery.rate-limit.max=0";

    private static final int BUYERS = 8;
    private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 60;
    private static final String ROUND = "00000000-0000-4000-8000-000000000203";
    private static final List<String> USERS =
            List.of("00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgres", "mariadb"})
    void whatWasAcknowledgedSurvivesAKill(String engine) throws InterruptedException {
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        try (Child service = Child.start(folder, "--port", "0", "--engine", engine, "--set", NO_LIMIT)) {
            Http http = new Http(service.awaitUrl());
            ExecutorService buyers = Executors.newFixedThreadPool(BUYERS);
            for (int i = 0; i < BUYERS; i++) {
                String user = USERS.get(i % USERS.size());
                buyers.execute(() -> buyUntilItIsGone(http, user, acknowledged));
            }
            Eventually.until(
                    "enough is sold", Child.PATIENCE, () -> acknowledged.size() >= ACKNOWLEDGED_BEFORE_THE_KILL);

            service.kill();

            buyers.shutdown();
            assertThat(buyers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }

        try (Child service = Child.start(folder, "--port", "0", "--engine", engine, "--set", NO_LIMIT)) {
            Http http = new Http(service.awaitUrl());
            for (String participation : acknowledged) {
                assertThat(http.get("/api/lottery/participations/" + participation)
                                .status())
                        .as(participation)
                        .isEqualTo(200);
            }
            requireExactBooks(http, acknowledged.size());
            // The samples are loaded on the first start only, and the service goes on selling.
            assertThat(http.get("/api/lottery/rounds").json()).hasSize(3);
            assertThat(buy(http, USERS.get(0)).status()).isEqualTo(201);
            requireOwnServerIsSynced(http, engine);
        }
    }

    /** The server that was started for the service is an instance of the sync, at whatever port it is now. */
    private static void requireOwnServerIsSynced(Http http, String engine) {
        JsonNode synced = http.post("/account-sync-optimized/sync-all", "").json();
        assertThat(synced.get("success").asBoolean()).as(synced.toString()).isTrue();
        assertThat(synced.get("results")
                        .valueStream()
                        .map(each -> each.get("instance_name").asString()))
                .hasSize(engine.equals("sqlite") ? 3 : 4)
                .contains("shop");
    }

    private static void buyUntilItIsGone(Http http, String user, Queue<String> acknowledged) {
        try {
            while (true) {
                Answer answer = buy(http, user);
                if (answer.status() != 201) {
                    return;
                }
                acknowledged.add(answer.at("/participation/id"));
            }
        } catch (UncheckedIOException gone) {
            // Whether this one was bought nobody has said.
        }
    }

    private static Answer buy(Http http, String user) {
        return http.post(
                "/api/lottery/participations",
                "{\"userId\":\"" + user + "\",\"roundId\":\"" + ROUND + "\",\"quantity\":1}");
    }

    private static void requireExactBooks(Http http, int acknowledged) {
        JsonNode round = http.get("/api/lottery/rounds/" + ROUND).json();
        List<Long> numbers = Stream.of(http.get("/api/lottery/rounds/" + ROUND + "/participations?limit=500")
                        .json())
                .flatMap(all -> all.valueStream())
                .flatMap(each -> each.get("numbers").valueStream())
                .map(JsonNode::asLong)
                .sorted()
                .toList();
        int sold = round.get("soldShares").asInt();
        // 35 of the samples, and those whose answer the kill may have swallowed: one a buyer at the most.
        assertThat(sold).isBetween(35 + acknowledged, 35 + acknowledged + BUYERS);
        assertThat(numbers).hasSize(sold).doesNotHaveDuplicates();
        assertThat(numbers.get(0)).isEqualTo(10_000_001);
        assertThat(numbers.get(sold - 1)).isEqualTo(10_000_000 + sold);
        for (String user : USERS) {
            String balance = http.get("/api/lottery/users/" + user).at("/balance");
            long ledger = http.get("/api/lottery/users/" + user + "/transactions?limit=500")
                    .json()
                    .valueStream()
                    .filter(booking -> booking.get("balanceType").asString().equals("balance"))
                    .mapToLong(booking -> cents(booking.get("amount").asString()))
                    .sum();
            assertThat(cents(balance)).isEqualTo(ledger);
        }
    }

    private static long cents(String amount) {
        return Long.parseLong(amount.replace(".", ""));
    }
}
