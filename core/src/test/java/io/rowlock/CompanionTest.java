package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static io.rowlock.dialect.Engine.POSTGRESQL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.companion.Companion;
import io.rowlock.companion.Company;
import io.rowlock.companion.Enclosed;
import io.rowlock.companion.Escort;
import io.rowlock.companion.TouchedRow;
import io.rowlock.companion.UnitFacts;
import io.rowlock.companion.WrittenRow;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.When;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;

/** What a companion is told of a unit, when, and what becomes of the statements it puts into it. */
class CompanionTest {
    record Pot(long id, long n, long version) {
        Pot plusOne() {
            return new Pot(id, n + 1, version);
        }
    }

    private static final Table<Pot, Long> POTS =
            Table.of("pots", Pot.class).key("id", Long.class).tombstones().build();
    private static final Table<Pot, Long> OTHERS = Table.of("others", Pot.class)
            .key("id", Long.class)
            .keysNeverReturn()
            .build();

    private static final String NOTE = "INSERT INTO notes (id, text) VALUES (?, ?)";

    /** Writes down what it is told; has one note put into each unit. */
    private static final class Witness implements Companion<Witness.Beside> {
        final List<String> told = new ArrayList<>();
        Enclosed statement = new Enclosed(NOTE, List.of(1L, "seen"));
        Consumer<Collection<TouchedRow>> onRows = rows -> {};

        @Override
        public boolean concerns(Table<?, ?> table) {
            return table.name().equals("pots");
        }

        @Override
        public Beside join(UnitFacts unit) {
            told.add("join " + unit.name());
            assertThat(unit.left()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
            return new Beside();
        }

        final class Beside implements Escort {
            @Override
            public void beforeRows(Collection<TouchedRow> rows) {
                rows.forEach(row -> told.add("before " + row.table().name() + row.key()));
                onRows.accept(rows);
            }

            @Override
            public List<Enclosed> atCommit(Collection<WrittenRow> rows) {
                rows.forEach(row -> told.add("commit " + row.table().name() + row.key() + "@" + row.version()));
                return List.of(statement);
            }

            @Override
            public void committed(boolean wrote) {
                told.add(wrote ? "committed" : "committed, read only");
            }

            @Override
            public void ended(boolean unknown) {
                told.add(unknown ? "unknown" : "ended");
            }
        }
    }

    private final Witness witness = new Witness();
    private Rowlock rowlock;
    private Company<Witness.Beside> company;

    @BeforeEach
    void pots(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS pots",
                "DROP TABLE IF EXISTS others",
                "DROP TABLE IF EXISTS notes",
                "CREATE TABLE pots (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE others (id BIGINT PRIMARY KEY, n BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE notes (id BIGINT PRIMARY KEY, text VARCHAR(50) NOT NULL)",
                "INSERT INTO pots (id, n) VALUES (1, 0), (2, 0)",
                "INSERT INTO others (id, n) VALUES (1, 0)");
        RowlockTables.createMissing(database.dataSource());
        database.execute("DELETE FROM rowlock_tombstone");
        rowlock = Rowlock.on(database.dataSource()).build();
        company = rowlock.accompany(witness);
    }

    private long notes() throws SQLException {
        return rowlock.<Long, SQLException>read(tx -> {
            try (Statement statement = tx.connection().createStatement();
                    ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM notes")) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    private static Row<Pot> raise(Tx tx, long id) {
        return tx.update(tx.read(POTS, id).orElseThrow(), Pot::plusOne);
    }

    @Databases
    void isToldOfWhatAUnitWritesAndOfItsEnd() throws SQLException {
        long version = rowlock.transact(Unit.named("raise"), tx -> {
            Row<Pot> raised = raise(tx, 1);
            tx.insert(POTS, new Pot(3, 7, 0));
            tx.delete(tx.read(POTS, 2L).orElseThrow());
            tx.afterCommit(() -> witness.told.add("hook"));
            return raised.version().number();
        });

        assertThat(version).isEqualTo(2);
        assertThat(witness.told)
                .containsExactly(
                        "join raise",
                        "before pots1",
                        "before pots3",
                        "before pots2",
                        "commit pots1@2",
                        "commit pots3@1",
                        "commit pots2@null",
                        "committed",
                        "hook");
        assertThat(notes()).isOne();
    }

    @Databases
    void isNotSentWithAUnitThatIsNoConcernOfIts() throws SQLException {
        rowlock.transact(tx -> tx.update(tx.read(OTHERS, 1L).orElseThrow(), Pot::plusOne));
        assertThat(rowlock.<Boolean, RuntimeException>transact(
                        tx -> tx.read(POTS, 1L).isPresent()))
                .isTrue();

        assertThat(witness.told).isEmpty();
        assertThat(notes()).isZero();
    }

    @Databases
    void hearsOfAUnitThatOnlyReadIfItWasAskedFor() throws SQLException {
        boolean there = rowlock.<Boolean, RuntimeException>transact(tx -> {
            Witness.Beside unused = company.of(tx);
            return tx.read(POTS, 1L).isPresent();
        });

        assertThat(there).isTrue();
        assertThat(witness.told).hasSize(2).startsWith("join unit");
        assertThat(notes()).isEqualTo(witness.told.get(1).equals("committed") ? 1 : 0);
    }

    @Databases
    void goesWithASaveToo() throws SQLException {
        assertThat(rowlock.save(POTS, new Pot(1, 5, 0), 1)).isInstanceOf(Update.Applied.class);

        assertThat(witness.told).containsExactly("join save", "before pots1", "commit pots1@2", "committed");
        assertThat(notes()).isOne();
    }

    /** Whoever had to be told while the lock is held would have others wait for a slow answer. */
    @Databases({POSTGRESQL, MARIADB})
    void isToldBeforeARowIsLocked(Database database) {
        witness.onRows = rows -> {
            // At the commit it is told again, and this would wait for the unit itself.
            witness.onRows = later -> {};
            database.execute("UPDATE pots SET n = n + 1, version = version + 1 WHERE id = 1");
        };

        Row<Pot> raised = rowlock.transact(tx -> tx.update(tx.lock(POTS, 1L).orElseThrow(), Pot::plusOne));

        assertThat(raised.version()).isEqualTo(Version.of(3));
        assertThat(witness.told)
                .containsExactly("join unit", "before pots1", "before pots1", "commit pots1@3", "committed");
    }

    @Databases
    void tellsTheVersionsOfAnEarlierFlushToo() throws SQLException {
        rowlock.transact(tx -> {
            Row<Pot> once = raise(tx, 1);
            tx.flush();
            Row<Pot> twice = tx.update(once, Pot::plusOne);
            tx.flush();
            tx.delete(tx.read(POTS, 2L).orElseThrow());
            tx.flush();
            return twice;
        });

        assertThat(witness.told).contains("commit pots1@3", "commit pots2@null").endsWith("committed");
        assertThat(notes()).isOne();
    }

    @Databases
    void doesNotTellOfWhatASavepointTookBack() {
        rowlock.transact(tx -> {
            raise(tx, 1);
            try {
                tx.savepoint(part -> {
                    raise(part, 2);
                    part.flush();
                    throw new IllegalArgumentException("no");
                });
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessage("no");
            }
            return null;
        });

        assertThat(witness.told).contains("commit pots1@2").doesNotContain("commit pots2@2", "commit pots2@1");
    }

    @Databases
    void hearsThatAUnitCameToNothing() throws SQLException {
        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    raise(tx, 1);
                    tx.flush();
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");

        assertThat(witness.told).containsExactly("join unit", "before pots1", "ended");
        assertThat(notes()).isZero();
    }

    @Databases
    void goesWithAllAttemptsOfAUnit(Database database) throws SQLException {
        rowlock.transact(tx -> {
            Row<Pot> pot = tx.read(POTS, 1L).orElseThrow();
            if (tx.attempt() == 1 && database.engine() != io.rowlock.dialect.Engine.SQLITE) {
                database.execute("UPDATE pots SET n = n + 1, version = version + 1 WHERE id = 1");
            }
            return tx.update(pot, Pot::plusOne);
        });

        assertThat(witness.told).startsWith("join unit").endsWith("committed");
        assertThat(witness.told.stream().filter(line -> line.startsWith("join")))
                .hasSize(1);
        assertThat(witness.told.stream().filter(line -> line.equals("committed")))
                .hasSize(1);
        assertThat(notes()).isOne();
    }

    @Databases
    void canBeAskedForBeforeAnythingIsTouched() {
        rowlock.transact(tx -> {
            Witness.Beside beside = company.of(tx);
            assertThat(company.of(tx)).isSameAs(beside);
            assertThat(company.isInUnit()).isTrue();
            return raise(tx, 1);
        });

        assertThat(company.isInUnit()).isFalse();
        assertThat(witness.told).startsWith("join unit", "before pots1");
    }

    @Databases
    void isNotToBeHadForAUnitOfAnotherRowlock(Database database) {
        Rowlock other = Rowlock.on(database.dataSource()).build();

        assertThatThrownBy(() -> other.transact(tx -> company.of(tx)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another Rowlock");
    }

    @Databases
    void aStatementOfItsThatChangesNoRowRefusesTheUnit() {
        witness.statement = new Enclosed("UPDATE notes SET text = ? WHERE id = ?", List.of("gone", 99L));

        assertThatThrownBy(() -> rowlock.transact(tx -> {
                    raise(tx, 1);
                    return raise(tx, 2);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("did not change one row");

        assertThat(witness.told).endsWith("ended");
        assertThat(rowlock.<Long, RuntimeException>read(
                        tx -> tx.peek(POTS, 1L).orElseThrow().value().n()))
                .isZero();
    }

    /** The answer to the commit is lost: it may be stored, and nothing may be taken back. */
    @Databases({POSTGRESQL, MARIADB})
    void hearsThatNobodyKnows(Database database) {
        FaultyDataSource faulty = FaultyDataSource.around(database.dataSource());
        Rowlock unlucky = Rowlock.on(faulty).build();
        Company<Witness.Beside> unused = unlucky.accompany(witness);
        assertThat(unlucky.<Long, RuntimeException>read(
                        tx -> tx.peek(POTS, 2L).orElseThrow().value().n()))
                .isZero();
        faulty.reset();

        assertThatThrownBy(() -> unlucky.transact(tx -> {
                    Row<Pot> raised = raise(tx, 1);
                    faulty.cutAt(faulty.record().size() + 1, When.AFTER);
                    return raised;
                }))
                .isInstanceOf(CommitOutcomeUnknown.class);

        assertThat(witness.told).endsWith("unknown");
    }
}
