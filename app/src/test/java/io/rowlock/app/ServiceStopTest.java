package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;

/** The service is told to end while a request runs. */
class ServiceStopTest {
    private static final String PURCHASE = """
            {"userId":"00000000-0000-4000-8000-000000000001",\
            "roundId":"00000000-0000-4000-8000-000000000201","quantity":1}""";

    @TempDir
    Path folder;

    /** The request waits for a lock that the test holds, so it runs for certain when the signal comes. */
    @Databases
    void aRequestThatRunsIsAnsweredBeforeTheEnd(Database database) throws Exception {
        try (Child service = start(database)) {
            Http http = new Http(service.awaitUrl());
            CompletableFuture<Answer> purchase;
            try (Connection holder = database.connect();
                    Statement statement = holder.createStatement()) {
                statement.execute(database.engine() == Engine.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
                statement.execute("UPDATE lottery_rounds SET status = status");
                purchase = CompletableFuture.supplyAsync(() -> http.post("/api/lottery/participations", PURCHASE));
                awaitARunningRequest(http);

                service.terminate();

                Eventually.until("the service takes no more requests", Eventually.DEADLINE, () -> takesNoMore(http));
                assertThat(purchase).isNotDone();
                assertThat(service.isAlive()).isTrue();
                statement.execute("ROLLBACK");
            }

            Answer answer = purchase.get(30, TimeUnit.SECONDS);

            assertThat(answer.status()).as("%s", answer).isEqualTo(201);
            // 128 + SIGTERM, as every program that was told to end.
            assertThat(service.awaitEnd()).isEqualTo(143);
            assertThat(service.err()).isEmpty();
        }
    }

    private Child start(Database database) {
        return database.engine() == Engine.SQLITE
                ? Child.start(folder, "--port", "0", "--db-url", database.url())
                : Child.start(
                        folder,
                        Map.of("ROWLOCK_DB_PASSWORD", database.password()),
                        "--port",
                        "0",
                        "--db-url",
                        database.url(),
                        "--db-user",
                        database.user());
    }

    private static void awaitARunningRequest(Http http) {
        Eventually.until(
                "the purchase has a connection",
                Eventually.DEADLINE,
                () -> http.get("/actuator/prometheus")
                        .text()
                        .contains("hikaricp_connections_active{pool=\"rowlock\"} 1.0"));
    }

    private static boolean takesNoMore(Http http) {
        try {
            return http.get("/actuator/health/liveness").status() == 503;
        } catch (java.io.UncheckedIOException refused) {
            return !(refused.getCause() instanceof HttpTimeoutException);
        }
    }
}
