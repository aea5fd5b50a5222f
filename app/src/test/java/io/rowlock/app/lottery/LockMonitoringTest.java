package io.rowlock.app.lottery;

import static io.rowlock.engines.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http;
import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** What can be seen of versions, locks and waits. */
class LockMonitoringTest {

    @RegisterExtension
    static final Services SERVICES = new Services();

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whoHoldsALockAndWhoWaitsForItAreSeenWithTheTable(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String user = shop.user("10.00");
            CountDownLatch seen = new CountDownLatch(1);
            CountDownLatch held = new CountDownLatch(1);
            String lock = "SELECT id FROM users WHERE id = '" + user + "' FOR UPDATE";

            List<Actors.Outcome<Void>> all = Actors.run(
                    () -> {
                        try (Connection holder = database.dataSource().getConnection()) {
                            holder.setAutoCommit(false);
                            Jdbc.read(holder, lock);
                            held.countDown();
                            assertThat(seen.await(30, TimeUnit.SECONDS)).isTrue();
                            holder.rollback();
                        }
                        return null;
                    },
                    () -> {
                        assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
                        try (Connection waiter = database.dataSource().getConnection()) {
                            waiter.setAutoCommit(false);
                            Jdbc.read(waiter, lock);
                            waiter.rollback();
                        }
                        return null;
                    },
                    () -> {
                        try {
                            eventually(() -> {
                                letTheListAge(database);
                                holderAndWaiterAreShown(shop.http());
                            });
                        } finally {
                            seen.countDown();
                        }
                        return null;
                    });

            all.forEach(outcome -> assertThat(outcome.failure()).isNull());
        }
    }

    /** InnoDB answers from a copy that it does not renew while somebody looks more often than each tenth of a second. */
    private static void letTheListAge(Database database) throws SQLException {
        if (database.engine() == Engine.MARIADB) {
            Jdbc.read(database, "SELECT SLEEP(0.15)");
        }
    }

    private static void holderAndWaiterAreShown(Http http) {
        Answer answer = http.get("/api/lottery/monitoring/locks");
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.at("/locks")).isEqualTo("shown");
        JsonNode wait = rows(answer, "wait").stream().findFirst().orElseThrow();
        assertThat(wait.get("tableName").asString()).isEqualTo("users");
        assertThat(wait.get("rowId").asString()).isNotBlank();
        String holder = wait.get("waitsFor").asString();
        assertThat(holder).isNotEqualTo(wait.get("holder").asString());
        assertThat(rows(answer, "lock")).anySatisfy(lock -> {
            assertThat(lock.get("tableName").asString()).isEqualTo("users");
            assertThat(lock.get("holder").asString()).isEqualTo(holder);
        });
        for (JsonNode row : rows(answer, "wait")) {
            assertThat(Instant.parse(row.get("since").asString()))
                    .isBetween(
                            Instant.now().minus(Duration.ofMinutes(10)),
                            Instant.now().plus(Duration.ofMinutes(10)));
        }
    }

    @Databases
    void theVersionsOfTheRowsThatChangedLastAreSeen(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            String user = shop.user("10.00");
            String round = shop.round(10);
            String participation = shop.participate(user, round, 2).at("/participation/id");
            String order = shop.http()
                    .post("/api/lottery/recharges", "{\"userId\":\"" + user + "\",\"amount\":\"1.00\"}")
                    .at("/id");

            Answer answer = shop.http().get("/api/lottery/monitoring/locks");

            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            assertThat(answer.at("/locks")).isEqualTo(database.engine() == Engine.SQLITE ? "not_kept" : "shown");
            assertThat(rows(answer, "version"))
                    .extracting(row -> row.get("tableName").asString() + " "
                            + row.get("rowId").asString() + " "
                            + row.get("versionColumn").asString() + " "
                            + row.get("version").asLong())
                    .contains(
                            "users " + user + " balance_version 3",
                            "users " + user + " platform_balance_version 1",
                            "users " + user + " lucky_coins_version 1",
                            "lottery_rounds " + round + " sold_shares_version 2",
                            "participations " + participation + " version 1",
                            "orders " + order + " version 1");
            assertThat(rows(answer, "version"))
                    .allSatisfy(row -> assertThat(Instant.parse(row.get("since").asString()))
                            .isBetween(
                                    Instant.now().minus(Duration.ofMinutes(10)),
                                    Instant.now().plus(Duration.ofMinutes(10))));
        }
    }

    @Databases(Engine.MARIADB)
    void aServiceThatMayNotSeeLocksSaysSo(Database database) throws Exception {
        String user = "u" + Integer.toUnsignedString(database.name().hashCode());
        database.execute(
                "CREATE USER " + user + " IDENTIFIED BY 'clerk'",
                "GRANT ALL ON `" + database.name() + "`.* TO " + user);
        try (RunningService service = RunningService.as(database, user, "clerk")) {
            Answer answer = service.http().get("/api/lottery/monitoring/locks");

            assertThat(answer.status()).as("%s", answer).isEqualTo(200);
            assertThat(answer.at("/locks")).isEqualTo("not_allowed");
            assertThat(answer.json().get("rows")).isEmpty();
        } finally {
            database.execute("DROP USER " + user);
        }
    }

    private static List<JsonNode> rows(Answer answer, String kind) {
        List<JsonNode> rows = new ArrayList<>();
        answer.json().get("rows").forEach(row -> {
            if (row.get("kind").asString().equals(kind)) {
                rows.add(row);
            }
        });
        return rows;
    }
}
