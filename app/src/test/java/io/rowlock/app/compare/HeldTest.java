package io.rowlock.app.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Every transaction that locked counts once, whatever it was begun and ended by, and no other does. */
class HeldTest {
    record Thing(long id, long amount, long version) {
        Thing plusOne() {
            return new Thing(id, amount + 1, version);
        }
    }

    private static final Table<Thing, Long> THINGS =
            Table.of("things", Thing.class).key("id", Long.class).build();
    private static final String UPDATE = "UPDATE things SET amount = amount + 1, version = version + 1 WHERE id = 1";

    private final Held held = new Held();

    @FunctionalInterface
    private interface Use {
        void of(Connection connection, Statement statement) throws SQLException;
    }

    private DataSource open(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS things",
                "CREATE TABLE things (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO things (id, amount) VALUES (1, 0), (2, 0)");
        return held.watching(database.dataSource());
    }

    private long counted(DataSource watched, boolean autoCommit, Use use) throws SQLException {
        held.reset();
        try (Connection connection = watched.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(autoCommit);
            use.of(connection, statement);
            connection.setAutoCommit(true);
        }
        return held.seen().getTotalCount();
    }

    @Databases
    void countsTransactionsByHand(Database database) throws SQLException {
        DataSource watched = open(database);
        assertThat(counted(watched, true, (connection, statement) -> statement.executeUpdate(UPDATE)))
                .isEqualTo(1);
        assertThat(counted(watched, true, (connection, statement) -> statement.executeQuery("SELECT 1")))
                .isZero();
        assertThat(counted(watched, false, (connection, statement) -> {
                    statement.executeUpdate(UPDATE);
                    statement.executeUpdate(UPDATE);
                    connection.commit();
                }))
                .isEqualTo(1);
        assertThat(counted(watched, false, (connection, statement) -> {
                    statement.executeUpdate(UPDATE);
                    connection.rollback();
                }))
                .isEqualTo(1);
        assertThat(counted(watched, false, (connection, statement) -> {
                    statement.executeQuery("SELECT amount FROM things").close();
                    connection.commit();
                }))
                .isZero();
        assertThat(counted(
                        watched,
                        true,
                        (connection, statement) -> assertThatThrownBy(
                                        () -> statement.executeUpdate("UPDATE nothing SET amount = 1"))
                                .isInstanceOf(SQLException.class)))
                .isZero();
    }

    @Databases
    void countsUnits(Database database) {
        Rowlock rowlock = Rowlock.on(open(database)).build();
        rowlock.read(tx -> tx.peek(THINGS, 1L));
        held.reset();
        rowlock.transact(tx -> tx.update(tx.read(THINGS, 1L).orElseThrow(), Thing::plusOne));
        assertThat(held.seen().getTotalCount()).as("one update").isEqualTo(1);

        held.reset();
        rowlock.transact(tx -> {
            Row<Thing> locked = tx.lock(THINGS, 1L).orElseThrow();
            Row<Thing> read = tx.read(THINGS, 2L).orElseThrow();
            tx.update(locked, Thing::plusOne);
            return tx.update(read, Thing::plusOne);
        });
        assertThat(held.seen().getTotalCount()).as("a lock and two updates").isEqualTo(1);
    }
}
