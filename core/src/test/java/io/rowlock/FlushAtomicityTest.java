package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A flush is all or nothing at every size. On PostgreSQL it is one message without BEGIN and COMMIT, which holds only as long
 * as the driver puts no Sync between its statements: it does so once it expects 64,000 bytes of answers, or cannot tell how
 * many. The sizes here go up to the largest message and beyond it, with wide rows and nulls of no known type.
 */
class FlushAtomicityTest {
    record Note(long id, String body, @Nullable String remark, long version) {
        Note changed() {
            return new Note(id, body, null, version);
        }
    }

    private static final Table<Note, Long> NOTES =
            Table.of("notes", Note.class).key("id", Long.class).tombstones().build();

    private static final int[] SIZES = {2, 3, 17, 63, 64, 65, 200};
    private static final String WIDE = "wide ".repeat(800);

    /** On SQLite nothing can change under a unit. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aChangedLastRowUndoesEveryEarlierStep(Database database) throws Exception {
        create(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        for (int size : SIZES) {
            refill(rowlock, database, size);
            AtomicBoolean once = new AtomicBoolean();
            Unit onlyOnce = Unit.named("flush").withAttemptsMax(1);
            assertThatThrownBy(() -> rowlock.transact(onlyOnce, tx -> {
                        for (long id = 1; id <= size; id++) {
                            tx.update(tx.read(NOTES, id).orElseThrow(), Note::changed);
                        }
                        if (once.compareAndSet(false, true)) {
                            database.execute("UPDATE notes SET version = version + 1 WHERE id = " + size);
                        }
                        return null;
                    }))
                    .isInstanceOf(RetriesExhausted.class);
            assertThat(changedRows(database))
                    .as("rows changed by a flush of " + size)
                    .isZero();
        }
    }

    @Databases
    void aTakenKeyAtTheEndUndoesEveryEarlierStep(Database database) throws Exception {
        create(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        for (int size : SIZES) {
            refill(rowlock, database, size);
            assertThatThrownBy(() -> rowlock.transact(tx -> {
                        for (long id = 1; id < size; id++) {
                            tx.update(tx.read(NOTES, id).orElseThrow(), Note::changed);
                        }
                        tx.insert(NOTES, new Note(1000, WIDE, null, 0));
                        tx.insert(NOTES, new Note(size, WIDE, null, 0));
                        return null;
                    }))
                    .isInstanceOf(DatabaseFailure.class)
                    .extracting(failure -> ((DatabaseFailure) failure).kind())
                    .hasToString("UNIQUE");
            assertThat(changedRows(database))
                    .as("rows changed by a flush of " + size)
                    .isZero();
            assertThat(rowlock.<Boolean, RuntimeException>read(
                            tx -> tx.peek(NOTES, 1000L).isPresent()))
                    .as("row inserted by a flush of " + size)
                    .isFalse();
        }
    }

    @Databases
    void aGoodFlushOfEverySizeIsWhole(Database database) throws Exception {
        create(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        for (int size : SIZES) {
            refill(rowlock, database, size);
            rowlock.transact(tx -> {
                for (long id = 1; id <= size; id++) {
                    tx.update(tx.read(NOTES, id).orElseThrow(), Note::changed);
                }
                return null;
            });
            assertThat(changedRows(database)).isEqualTo(size);
        }
    }

    private static void create(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS notes",
                "CREATE TABLE notes (id BIGINT PRIMARY KEY, body TEXT NOT NULL, remark TEXT,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        RowlockTables.createMissing(database.dataSource());
    }

    private static void refill(Rowlock rowlock, Database database, int size) {
        database.execute("DELETE FROM notes");
        rowlock.transact(tx -> {
            for (long id = 1; id <= size; id++) {
                tx.insert(NOTES, new Note(id, WIDE, "remark", 0));
            }
            return null;
        });
    }

    private static long changedRows(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM notes WHERE remark IS NULL")) {
            row.next();
            return row.getLong(1);
        }
    }
}
