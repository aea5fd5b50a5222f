package io.rowlock.app;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TcpProxy;
import java.util.List;

/** The database goes away under the running service, and comes back. */
class DatabaseAwayTest {

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void everyRequestIsToldToComeBackLater(Database database) {
        try (TcpProxy proxy = TcpProxy.to(database.host(), database.port());
                RunningService service = RunningService.on(database, database.url(proxy.host(), proxy.port()))) {
            Http http = service.http();
            String user =
                    http.post("/api/lottery/users", "{\"telegramId\":\"1\"}").at("/id");
            String change = "/api/lottery/users/" + user + "/balances/balance";
            String add = "{\"operation\":\"add\",\"amount\":\"1.00\"}";

            proxy.rejectNew(true);
            proxy.cutAll();

            for (Answer answer : List.of(http.post(change, add), http.get("/api/lottery/rounds"))) {
                assertThat(answer.status()).as("%s", answer).isEqualTo(503);
                assertThat(answer.code()).isIn("DATABASE_UNAVAILABLE", "COMMIT_OUTCOME_UNKNOWN");
                assertThat(answer.header("Retry-After")).contains("5");
            }
            Answer away = http.get("/api/lottery/users/" + user);
            assertThat(away.code()).isEqualTo("DATABASE_UNAVAILABLE");
            assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
            assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);

            proxy.rejectNew(false);

            eventually(() ->
                    assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(200));
            assertThat(http.post(change, add).status()).isEqualTo(200);
        }
    }
}
