package io.rowlock.internal.unit;

import static io.rowlock.dialect.Engine.MARIADB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.ClaimLost;
import io.rowlock.DatabaseFailure;
import io.rowlock.Key;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder.SqliteSynchronous;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.Unit;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.internal.claim.QueueMaker;
import io.rowlock.internal.lease.LeaseService;
import io.rowlock.lease.LeaseSettings;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;

/** MySQL's way, a round trip for each step, on MariaDB, which understands all of it. MySQL itself has not been run. */
class MySqlFlowTest {
    record Item(long id, long n, long version) {
        Item plus(long amount) {
            return new Item(id, n + amount, version);
        }
    }

    private static final Table<Item, Long> ITEMS =
            Table.of("items", Item.class).key("id", Long.class).tombstones().build();

    private FaultyDataSource recording;
    private Rowlock rowlock;

    @BeforeEach
    void items(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS items",
                "CREATE TABLE items (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO items (id, n) VALUES (1, 0), (2, 0), (3, 0)");
        RowlockTables.createMissing(database.dataSource());
        recording = FaultyDataSource.around(database.dataSource());
        Settings settings = new Settings(
                Unit.defaults(),
                false,
                List.of(),
                null,
                Timing.system(),
                1000,
                Duration.ofSeconds(30),
                SqliteSynchronous.FULL,
                false,
                Duration.ofHours(24),
                64 * 1024);
        EngineProfile profile = new EngineProfile(Engine.MYSQL, "8.4", false, false, false);
        rowlock = new Units(
                recording,
                settings,
                errands -> new LeaseService(errands, LeaseSettings.defaults()),
                new QueueMaker(),
                new MySqlFlow(profile));
    }

    private Item item(long id) {
        return rowlock.<Item, RuntimeException>read(
                tx -> tx.peek(ITEMS, id).orElseThrow().value());
    }

    @Databases(MARIADB)
    void aUnitOfSeveralStepsIsOneTransactionWithoutCompoundStatements(Database database) {
        recording.reset();
        rowlock.transact(tx -> {
            assertThat(tx.read(ITEMS, 3L)).isPresent();
            tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.plus(1));
            tx.delete(tx.read(ITEMS, 2L).orElseThrow());
            return tx.insert(ITEMS, new Item(4, 7, 0));
        });
        assertThat(recording.record())
                .extracting(FaultyDataSource.Point::sql)
                .noneMatch(sql -> sql.contains("NOT ATOMIC"))
                .contains("START TRANSACTION", "COMMIT");
        assertThat(item(1)).isEqualTo(new Item(1, 1, 2));
        assertThat(item(4)).isEqualTo(new Item(4, 7, 1));
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.plus(1));
                    return tx.insert(ITEMS, new Item(3, 0, 0));
                }))
                .isInstanceOf(DatabaseFailure.class);
        assertThat(item(1).n()).isEqualTo(1);
    }

    @Databases(MARIADB)
    void aChangedReadRunsAgainAtEachIsolationLevel(Database database) {
        for (Isolation level : Isolation.values()) {
            long before = item(1).n();
            int attempts = rowlock.transact(Unit.named("change").withIsolation(level), tx -> {
                Row<Item> two = tx.read(ITEMS, 2L).orElseThrow();
                if (tx.attempt() == 1 && level != Isolation.SERIALIZABLE) {
                    database.execute("UPDATE items SET n = n + 1, version = version + 1 WHERE id = 2");
                }
                tx.update(
                        tx.read(ITEMS, 1L).orElseThrow(),
                        i -> i.plus(two.value().n() * 0 + 1));
                return tx.attempt();
            });
            assertThat(attempts).as(level.name()).isEqualTo(level == Isolation.SERIALIZABLE ? 1 : 2);
            assertThat(item(1).n()).isEqualTo(before + 1);
        }
    }

    @Databases(MARIADB)
    void manyWritersAndALargeUnitLoseNothing(Database database) {
        List<Callable<Integer>> actors = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            actors.add(() -> {
                for (int i = 0; i < 25; i++) {
                    rowlock.transact(tx -> {
                        tx.guard(Key.of("any", i2(tx.attempt())));
                        return tx.update(tx.lock(ITEMS, 1L).orElseThrow(), item -> item.plus(1));
                    });
                }
                return 25;
            });
        }
        Actors.run(Actors.DEADLINE, actors).forEach(Actors.Outcome::get);
        assertThat(item(1)).isEqualTo(new Item(1, 100, 101));
        rowlock.transact(tx -> {
            LongStream.rangeClosed(100, 300).forEach(id -> tx.insert(ITEMS, new Item(id, id, 0)));
            return null;
        });
        assertThat(item(300)).isEqualTo(new Item(300, 300, 1));
    }

    private static int i2(int attempt) {
        return attempt % 2;
    }

    @Databases(MARIADB)
    void anAnswerIsStoredOnceWithoutCompoundStatements(Database database) {
        for (boolean early : new boolean[] {false, true}) {
            Key key = Key.of("mysql", UUID.randomUUID());
            recording.reset();
            for (int time = 0; time < 2; time++) {
                Once<Long> outcome = rowlock.once(key, Fingerprint.of("count"), Codec.number(), tx -> {
                    Row<Item> item = (early ? tx.lock(ITEMS, 1L) : tx.read(ITEMS, 1L)).orElseThrow();
                    return tx.update(item, i -> i.plus(1)).value().n();
                });
                assertThat(outcome.isFirst()).isEqualTo(time == 0);
                assertThat(outcome.answer()).isEqualTo(early ? 2 : 1);
            }
            assertThat(recording.record()).noneMatch(point -> point.sql().contains("NOT ATOMIC"));
        }
        assertThat(item(1).n()).isEqualTo(2);
    }

    @Databases(MARIADB)
    void itemsOfAQueueAreTakenInStepsAndCompletedOnce(Database database) {
        Claims<Item, Long> claims = rowlock.claims(WorkQueue.of("items", ITEMS));
        database.execute(claims.ddl().toArray(String[]::new));
        recording.reset();

        List<Claim<Item, Long>> taken = claims.take(2);
        assertThat(taken).extracting(Claim::key).containsExactly(1L, 2L);
        assertThat(claims.take(5)).extracting(Claim::key).containsExactly(3L);
        assertThat(claims.renew(taken.get(0))).isTrue();
        rowlock.transact(tx -> {
            claims.complete(tx, taken.get(0), i -> i.plus(1));
            return true;
        });
        database.execute("UPDATE items SET claim_until = 1 WHERE id = 2");
        Claim<Item, Long> next = claims.take(1).get(0);
        assertThat(next.attempt()).isEqualTo(2);
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    claims.complete(tx, taken.get(1), i -> i.plus(1));
                    return true;
                }))
                .isInstanceOf(ClaimLost.class);

        assertThat(recording.record()).noneMatch(point -> point.sql().contains("NOT ATOMIC"));
        assertThat(item(1).n()).isEqualTo(1);
        assertThat(item(2).n()).isZero();
    }
}
