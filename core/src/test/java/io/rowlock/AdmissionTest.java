package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Units that wait to be let in hold nothing that those inside need. */
class AdmissionTest {
    private static final int THREADS = 16;
    private static final int CONNECTIONS = 3;

    record Item(long id, long amount, long version) {
        Item plusOne() {
            return new Item(id, amount + 1, version);
        }
    }

    private static final Table<Item, Long> ITEMS =
            Table.of("items", Item.class).key("id", Long.class).build();

    /**
     * Each unit reads a quiet row first, which borrows a connection, and then the one that everybody changes, at which it
     * waits to be let in. With fewer connections than units, those inside could then not come by one.
     */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aUnitThatWaitsToBeLetInHoldsNoConnection(Database database) {
        List<String> rows = new ArrayList<>();
        for (int id = 0; id <= THREADS; id++) {
            rows.add("(" + id + ", 0)");
        }
        database.execute(
                "DROP TABLE IF EXISTS items",
                "CREATE TABLE items (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO items (id, amount) VALUES " + String.join(", ", rows));
        DataSource small = database.dataSource(config -> {
            config.setMaximumPoolSize(CONNECTIONS);
            config.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
            return config;
        });
        Tally tally = new Tally();
        Rowlock rowlock = Rowlock.on(small).listener(tally).build();
        List<Crowd.Client> clients = new ArrayList<>();
        for (long id = 1; id <= THREADS; id++) {
            long own = id;
            clients.add(() -> rowlock.transact(tx -> {
                Item quiet = tx.read(ITEMS, own).orElseThrow().value();
                assertThat(quiet.amount()).isZero();
                return tx.update(tx.read(ITEMS, 0L).orElseThrow(), Item::plusOne);
            }));
        }
        int times = 60;
        Crowd.times(times, clients);
        assertThat(tally.admitted()).isPositive();
        assertThat(rowlock.read(tx -> tx.peek(ITEMS, 0L)).orElseThrow().value().amount())
                .isEqualTo((long) THREADS * times);
    }
}
