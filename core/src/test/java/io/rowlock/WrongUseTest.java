package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static io.rowlock.dialect.Engine.POSTGRESQL;
import static io.rowlock.dialect.Engine.SQLITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A wrong program is told at once, by name, with what to write instead; and nothing of it is stored. */
class WrongUseTest {
    record Item(long id, String name, long version) {
        Item named(String other) {
            return new Item(id, other, version);
        }
    }

    private static final Table<Item, Long> ITEMS =
            Table.of("items", Item.class).key("id", Long.class).tombstones().build();
    private static final Table<Item, Long> LATER =
            Table.of("later_items", Item.class).key("id", Long.class).build();

    private static void items(Database database) throws SQLException {
        database.execute(
                "DROP TABLE IF EXISTS items",
                "DROP TABLE IF EXISTS later_items",
                "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE later_items (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO items (id, name) VALUES (1, 'one'), (2, 'two'), (3, 'three')",
                "INSERT INTO later_items (id, name) VALUES (1, 'one')");
        RowlockTables.createMissing(database.dataSource());
    }

    private static List<String> names(Rowlock rowlock) {
        return rowlock.read(tx -> tx.peekAll(ITEMS, List.of(1L, 2L, 3L)).values().stream()
                .map(view -> view.value().name())
                .toList());
    }

    private static void refusedState(ThrowingCallable call, String... parts) {
        assertThatIllegalStateException().isThrownBy(call).satisfies(refusal -> {
            for (String part : parts) {
                assertThat(refusal.getMessage()).contains(part);
            }
        });
    }

    private static void refusedArgument(ThrowingCallable call, String... parts) {
        assertThatIllegalArgumentException().isThrownBy(call).satisfies(refusal -> {
            for (String part : parts) {
                assertThat(refusal.getMessage()).contains(part);
            }
        });
    }

    /** Told before there is a database. */
    @Nested
    class Descriptions {
        record Odd(long id, List<String> names, long version) {}

        record Key2(long id, String nickname) {}

        record Words(long id, String version) {}

        @Test
        void aNameThatIsNoIdentifierIsRefused() {
            refusedArgument(
                    () -> Table.of("items; DROP TABLE items", Item.class),
                    "Not a plain identifier (table='items; DROP TABLE items')",
                    "letters, digits and _ only");
            refusedArgument(() -> Table.of("shop..items", Item.class), "Not a plain identifier (table='shop..items')");
            refusedArgument(
                    () -> Table.of("items", Item.class).key("id", Long.class).column("name", "na me"),
                    "Not a plain identifier (column='na me')");
            refusedArgument(
                    () -> Table.of("items", Item.class).key("id", Long.class).version("1st"),
                    "Not a plain identifier (version column='1st')");
            refusedArgument(
                    () -> Table.of("items", Item.class).key("id", Long.class).incarnation("x".repeat(64)),
                    "Not a plain identifier (incarnation column=");
        }

        @Test
        void aComponentThatIsNotThereIsRefused() {
            refusedArgument(
                    () -> Table.of("items", Item.class).key("ident", Long.class),
                    "Record Item has no component 'ident'",
                    "components=[id, name, version]");
            refusedArgument(
                    () -> Table.of("items", Item.class).key("id", Long.class).column("title", "name"),
                    "Record Item has no component 'title'");
            refusedArgument(
                    () -> Table.of("items", Item.class).key(Key2.class), "Record Item has no component 'nickname'");
        }

        @Test
        void aKeyOfAnotherTypeIsRefused() {
            refusedArgument(
                    () -> Table.of("items", Item.class).key("id", String.class).build(),
                    "The key's type is not the component's",
                    "component=id, is=Long, given=String");
        }

        @Test
        void aComponentThatNoColumnCanHoldIsRefused() {
            refusedArgument(
                    () -> Table.of("odd", Odd.class),
                    "Record Odd has a component that no column can hold (component=names, type=List)",
                    "use a number, text");
        }

        @Test
        void aVersionThatIsNoNumberIsRefused() {
            refusedArgument(
                    () -> Table.of("words", Words.class).key("id", Long.class).build(),
                    "A version is a long or int (table=words, component=version)");
        }

        @Test
        void optionsThatMakeNoSenseAreRefused() {
            refusedArgument(() -> Unit.defaults().withAttemptsMax(0), "A unit runs at least once");
            refusedArgument(() -> Unit.defaults().withDeadline(Duration.ZERO), "A deadline lies ahead");
            refusedArgument(
                    () -> Unit.defaults().withBackoff(Duration.ofMillis(2), Duration.ofMillis(1)),
                    "Back-off grows from first to max");
            refusedArgument(() -> LockMode.waitAtMost(Duration.ofMillis(-1)), "A wait is not negative");
            refusedArgument(() -> Version.of(0), "Versions start at 1");
            refusedArgument(() -> Key.of(" "), "A key needs a kind");
            refusedArgument(() -> Key.of("k", "x".repeat(300)), "Key too long (kind=k, bytes=302, bytesMax=255)");
        }
    }

    /** Told at first use, by the database's own columns. */
    @Nested
    class Columns {
        record Renamed(long id, String title, long version) {}

        record Nothing(long id, String name, long version) {}

        @BeforeEach
        void tables(Database database) throws Exception {
            items(database);
            database.execute(
                    "DROP TABLE IF EXISTS bare", "CREATE TABLE bare (id BIGINT PRIMARY KEY, name VARCHAR(20), n INT)");
            database.execute("INSERT INTO bare (id, name, n) VALUES (1, NULL, 0)");
        }

        @Databases
        void anUnknownColumnIsToldWithThoseThereAre(Database database) {
            Table<Renamed, Long> table =
                    Table.of("items", Renamed.class).key("id", Long.class).build();
            Rowlock rowlock = Rowlock.on(database.dataSource()).build();
            String[] told = {
                "Unknown column (table=items, column=title, component=title, columns=[id, name, version])",
                "write .column(\"title\", \"its_name\")"
            };
            refusedArgument(() -> rowlock.transact(tx -> tx.read(table, 1L)), told);
            refusedArgument(() -> rowlock.transact(tx -> tx.lockAll(table, List.of(1L))), told);
            refusedArgument(() -> rowlock.read(tx -> tx.peek(table, 1L)), told);
            refusedArgument(() -> save(rowlock, table, new Renamed(1, "x", 0)), told);
            refusedArgument(() -> rowlock.transact(tx -> tx.insert(table, new Renamed(9, "x", 0))), told);
        }

        private static <T> Object save(Rowlock rowlock, Table<T, Long> table, T row) {
            return rowlock.save(table, row, 1).isApplied();
        }

        @Databases
        void aMissingVersionColumnIsToldWithTheStatementThatAddsIt(Database database) {
            Table<Nothing, Long> table =
                    Table.of("bare", Nothing.class).key("id", Long.class).build();
            Rowlock rowlock = Rowlock.on(database.dataSource()).build();
            refusedArgument(
                    () -> rowlock.transact(tx -> tx.read(table, 1L)),
                    "Missing version column (table=bare, column=version, columns=[id, name, n])",
                    "ALTER TABLE bare ADD COLUMN version BIGINT DEFAULT 1 NOT NULL");
            Table<Item, Long> incarnated = Table.of("items", Item.class)
                    .key("id", Long.class)
                    .incarnation("born")
                    .build();
            refusedArgument(
                    () -> rowlock.transact(tx -> tx.read(incarnated, 1L)),
                    "Missing incarnation column (table=items, column=born",
                    "ALTER TABLE items ADD COLUMN born BIGINT DEFAULT 0 NOT NULL");
        }

        @Databases
        void aVersionBelowOneAndANullForAPrimitiveAreTold(Database database) {
            record Counted(long id, int name) {}
            Table<Counted, Long> zero = Table.of("bare", Counted.class)
                    .key("id", Long.class)
                    .version("n")
                    .build();
            Rowlock rowlock = Rowlock.on(database.dataSource()).build();
            refusedState(
                    () -> rowlock.transact(tx -> tx.read(zero, 1L)),
                    "A null cannot go into a primitive component (table=bare, column=name, component=name)",
                    "declare it as Integer");
            record Plain(long id, @Nullable String name) {}
            Table<Plain, Long> plain = Table.of("bare", Plain.class)
                    .key("id", Long.class)
                    .version("n")
                    .build();
            refusedState(
                    () -> rowlock.transact(tx -> tx.read(plain, 1L)),
                    "A row's version is less than 1 (table=bare, column=n, version=0)",
                    "give the column DEFAULT 1 NOT NULL");
        }

        @Databases
        void aTableThatIsNotThereIsAFailureOfTheDatabase(Database database) {
            Table<Item, Long> nowhere =
                    Table.of("nowhere", Item.class).key("id", Long.class).build();
            Rowlock rowlock = Rowlock.on(database.dataSource()).build();
            assertThat(catchThrowable(() -> rowlock.transact(tx -> tx.read(nowhere, 1L))))
                    .isInstanceOf(DatabaseFailure.class)
                    .hasMessageContaining("kind=PROGRAM");
        }
    }

    /** Told where units and what belongs to them are used out of their place. */
    @Nested
    class Places {
        private Rowlock rowlock;

        @BeforeEach
        void tables(Database database) throws Exception {
            items(database);
            rowlock = Rowlock.on(database.dataSource()).build();
        }

        @Databases
        void aUnitThatHasEndedRefusesEverything(Database database) {
            AtomicReference<@Nullable Tx> kept = new AtomicReference<>();
            AtomicReference<@Nullable Row<Item>> row = new AtomicReference<>();
            AtomicReference<@Nullable Connection> connection = new AtomicReference<>();
            rowlock.transact(Unit.named("short"), tx -> {
                kept.set(tx);
                row.set(tx.read(ITEMS, 1L).orElseThrow());
                connection.set(tx.connection());
                return null;
            });
            Tx tx = Objects.requireNonNull(kept.get());
            Row<Item> item = Objects.requireNonNull(row.get());
            String told = "The unit has ended (unit=short): use tx inside the body only, on its thread";
            List<ThrowingCallable> calls = List.of(
                    () -> tx.read(ITEMS, 1L),
                    () -> tx.peek(ITEMS, 1L),
                    () -> tx.peekAll(ITEMS, List.of(1L)),
                    () -> tx.lock(ITEMS, 1L),
                    () -> tx.lockAll(ITEMS, List.of(1L)),
                    () -> tx.guard(Key.of("k")),
                    () -> tx.update(item, i -> i.named("x")),
                    () -> tx.insert(ITEMS, new Item(9, "x", 0)),
                    () -> tx.delete(item),
                    () -> tx.execute("DELETE FROM items").none(),
                    () -> tx.savepoint(part -> null),
                    tx::flush,
                    tx::connection,
                    () -> tx.afterCommit(() -> {}));
            calls.forEach(call -> refusedState(call, told));
            Connection lent = Objects.requireNonNull(connection.get());
            refusedState(
                    lent::createStatement, "The unit has ended (unit=short): use its connection inside the body only");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void aReadUnitThatHasEndedRefusesEverything(Database database) {
            AtomicReference<@Nullable ReadTx> kept = new AtomicReference<>();
            rowlock.read(Unit.named("look"), tx -> {
                kept.set(tx);
                return null;
            });
            ReadTx tx = Objects.requireNonNull(kept.get());
            refusedState(() -> tx.peek(ITEMS, 1L), "The read unit has ended (unit=look)");
            refusedState(tx::connection, "The read unit has ended (unit=look)");
        }

        @Databases
        void serialInsideAUnitIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> rowlock.serial(Key.of("k", 1), Duration.ZERO, () -> 1)),
                    "serial entered inside a unit (key=k:1)",
                    "Enter serial first, the unit inside it");
            refusedState(
                    () -> rowlock.read(tx -> rowlock.serial(Key.of("k", 1), Duration.ZERO, () -> 1)),
                    "serial entered inside a unit (key=k:1)");
        }

        @Databases
        void aNestedUnitOfAnotherIsolationIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx ->
                            rowlock.transact(Unit.named("inner").withIsolation(Isolation.SERIALIZABLE), inner -> null)),
                    "A nested unit joins the one around it and its isolation level"
                            + " (unit=inner, wanted=SERIALIZABLE, joined=READ_COMMITTED)",
                    "ask for that level outside");
        }

        @Databases
        void aUnitInsideAReadUnitIsRefused(Database database) {
            refusedState(
                    () -> rowlock.read(tx -> rowlock.transact(Unit.named("pay"), inner -> null)),
                    "A read unit cannot write (unit=pay): make the outer one rowlock.transact(...)");
        }

        @Databases
        void saveAndUpdateInsideAUnitAreRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> rowlock.save(ITEMS, new Item(1, "x", 0), 1)),
                    "rowlock.save commits by itself and cannot be part of a unit",
                    "write tx.update(tx.read(...), ...) inside one");
            refusedState(
                    () -> rowlock.transact(tx -> rowlock.update(ITEMS, 1L, i -> i.named("x"))),
                    "rowlock.update commits by itself");
            refusedState(() -> rowlock.read(tx -> rowlock.save(ITEMS, new Item(1, "x", 0), 1)), "rowlock.save commits");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void savingOverAVersionOfAnotherKindOfTableIsRefused(Database database) {
            refusedState(
                    () -> Objects.requireNonNull(rowlock.save(ITEMS, new Item(1, "x", 0), new Version(1, 7))),
                    "The expected version is not one of this table (table=items, expected=1-7)",
                    "pass the Version of a View or Row");
        }

        @Databases(SQLITE)
        void aSqlitePoolWithoutAutocommitIsRefused(Database database) {
            DataSource manual = database.dataSource(config -> {
                config.setAutoCommit(false);
                return config;
            });
            Rowlock onManual = Rowlock.on(manual).build();
            refusedState(
                    () -> onManual.transact(tx -> tx.read(ITEMS, 1L)),
                    "The pool hands out SQLite connections with autoCommit=false",
                    "Set autoCommit to true on the pool");
            refusedState(() -> onManual.read(tx -> tx.peek(ITEMS, 1L)), "autoCommit=false");
        }

        @Databases({POSTGRESQL, MARIADB})
        void aPoolWithoutAutocommitServesOnOtherEnginesAndGetsItsConnectionsBackAsTheyWere(Database database)
                throws Exception {
            DataSource manual = database.dataSource(config -> {
                config.setAutoCommit(false);
                return config;
            });
            Rowlock onManual = Rowlock.on(manual).build();
            onManual.transact(tx -> tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.named("uno")));
            assertThat(names(onManual)).containsExactly("uno", "two", "three");
            try (Connection connection = manual.getConnection()) {
                assertThat(connection.getAutoCommit()).isFalse();
                connection.rollback();
            }
        }
    }

    /** Told about rows, their states and their answers. */
    @Nested
    class RowsAndAnswers {
        private Rowlock rowlock;

        @BeforeEach
        void tables(Database database) throws Exception {
            items(database);
            rowlock = Rowlock.on(database.dataSource()).build();
        }

        @Databases
        void anOutdatedRowIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        Row<Item> row = tx.read(ITEMS, 1L).orElseThrow();
                        tx.update(row, i -> i.named("x"));
                        return tx.update(row, i -> i.named("y"));
                    }),
                    "Outdated row (row=items[1])",
                    "pass on the Row that the last update answered, or read it again");
            refusedState(
                    () -> rowlock.transact(tx -> {
                        Row<Item> row = tx.read(ITEMS, 1L).orElseThrow();
                        tx.delete(row);
                        tx.delete(row);
                        return null;
                    }),
                    "Outdated row (row=items[1])");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void aRowOfAnotherUnitOrAttemptIsRefused(Database database) {
            Row<Item> kept = rowlock.transact(tx -> tx.read(ITEMS, 1L).orElseThrow());
            refusedState(
                    () -> rowlock.transact(tx -> tx.update(kept, i -> i.named("x"))),
                    "Row of another unit or attempt (row=items[1])",
                    "read it inside this body");
            if (database.engine() == SQLITE) {
                // Writers do not overlap there, so no unit runs twice.
                return;
            }
            List<Row<Item>> fromAttempts = new ArrayList<>();
            refusedState(
                    () -> rowlock.transact(tx -> {
                        Row<Item> row = tx.read(ITEMS, 1L).orElseThrow();
                        fromAttempts.add(row);
                        if (tx.attempt() == 1) {
                            database.execute("UPDATE items SET version = version + 1 WHERE id = 1");
                        }
                        return tx.update(fromAttempts.get(0), i -> i.named("x"));
                    }),
                    "Row of another unit or attempt");
        }

        @Databases
        void aRowThatAFailedSavepointStagedIsOutdated(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        AtomicReference<@Nullable Row<Item>> inside = new AtomicReference<>();
                        Row<Item> row = tx.read(ITEMS, 1L).orElseThrow();
                        assertThat(catchThrowable(() -> tx.savepoint(part -> {
                                    inside.set(part.update(row, i -> i.named("x")));
                                    throw new IllegalArgumentException("undo");
                                })))
                                .isInstanceOf(IllegalArgumentException.class);
                        return tx.update(Objects.requireNonNull(inside.get()), i -> i.named("y"));
                    }),
                    "Outdated row (row=items[1])");
        }

        @Databases
        void aChangeOfTheKeyIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(
                            tx -> tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> new Item(7, i.name(), i.version()))),
                    "A change does not touch the key (row=items[1])",
                    "delete the row and insert another");
        }

        @Databases
        void insertingWhereTheUnitHasSeenARowIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        assertThat(tx.read(ITEMS, 1L)).isPresent();
                        return tx.insert(ITEMS, new Item(1, "x", 0));
                    }),
                    "This unit has seen a row under that key (row=items[1])",
                    "change it with tx.update");
        }

        @Databases
        void deletingWithoutTombstonesOrIncarnationIsRefused(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        tx.delete(tx.read(LATER, 1L).orElseThrow());
                        return null;
                    }),
                    "A deleted row's version could come back to life (table=later_items)",
                    ".incarnation(\"column\"), .tombstones()",
                    ".keysNeverReturn()");
        }

        @Databases
        void anAnswerThatNobodyAskedIsRefusedAtCommit(Database database) {
            refusedState(
                    () -> rowlock.transact(Unit.named("raise"), tx -> {
                        Rows unasked = tx.execute("UPDATE items SET name = ? WHERE id = ?", "x", 1L);
                        return unasked.sql();
                    }),
                    "Nobody asked how many rows were changed (unit=raise,"
                            + " sql=UPDATE items SET name = ? WHERE id = ?)",
                    "ask rows.one()");
            refusedState(
                    () -> rowlock.transact(tx -> {
                        tx.execute("UPDATE items SET name = ? WHERE id = ?", "x", 99L)
                                .expect(1);
                        return null;
                    }),
                    "Unexpected number of rows (expected=1, changed=0");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
            refusedState(
                    () -> new Rows("UPDATE x", -2).one(), "The driver did not say how many rows changed (count=-2");
        }

        @Databases
        void aValueThatCannotBeBoundIsRefused(Database database) {
            refusedArgument(
                    () -> rowlock.transact(tx -> tx.execute("UPDATE items SET name = ?", Optional.of("x"))
                            .none()),
                    "Cannot bind a value of java.util.Optional");
        }
    }

    /** Told about what would end the transaction behind the unit's back, or commit half of it. */
    @Nested
    class Transactions {
        private Rowlock rowlock;

        @BeforeEach
        void tables(Database database) throws Exception {
            items(database);
            rowlock = Rowlock.on(database.dataSource()).build();
        }

        @FunctionalInterface
        private interface OnConnection {
            void run(Connection connection) throws SQLException;
        }

        private void refusedOn(OnConnection call, String... parts) {
            refusedState(
                    () -> rowlock.<@Nullable Object, SQLException>transact(tx -> {
                        tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                        call.run(tx.connection());
                        return null;
                    }),
                    parts);
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void endingTheTransactionByTheConnectionIsRefused(Database database) {
            refusedOn(Connection::commit, "Connection.commit is the unit's", "tx.savepoint(...)");
            refusedOn(Connection::rollback, "Connection.rollback is the unit's");
            refusedOn(Connection::close, "Connection.close is the unit's");
            refusedOn(c -> c.setAutoCommit(true), "Connection.setAutoCommit(true) would commit the unit: leave it out");
            refusedOn(c -> c.abort(Runnable::run), "Connection.abort is the unit's");
            refusedOn(Connection::setSavepoint, "Connection.setSavepoint is the unit's");
            refusedOn(
                    c -> c.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE),
                    "Connection.setTransactionIsolation is the unit's");
            refusedOn(c -> c.createStatement().getConnection().commit(), "Connection.commit is the unit's");
        }

        @Databases
        void endingTheTransactionBySqlIsRefused(Database database) {
            for (String sql : List.of(
                    "COMMIT",
                    "commit;",
                    " /* now */ COMMIT",
                    "-- end\nROLLBACK",
                    "BEGIN",
                    "START TRANSACTION",
                    "END",
                    "SAVEPOINT x",
                    "RELEASE SAVEPOINT x")) {
                refusedOn(
                        c -> {
                            try (Statement statement = c.createStatement()) {
                                statement.execute(sql);
                            }
                        },
                        "The unit begins and ends its transaction itself",
                        "tx.savepoint(...)");
                refusedOn(
                        c -> {
                            try (PreparedStatement statement = c.prepareStatement(sql)) {
                                statement.executeUpdate();
                            }
                        },
                        "The unit begins and ends its transaction itself");
                refusedState(
                        () -> rowlock.transact(tx -> tx.execute(sql).none()),
                        "The unit begins and ends its transaction itself");
            }
            refusedOn(
                    c -> {
                        try (Statement statement = c.createStatement()) {
                            statement.addBatch("COMMIT");
                        }
                    },
                    "The unit begins and ends its transaction itself (statement=COMMIT)");
        }

        @Databases(MARIADB)
        void whatCommitsSilentlyOnMariaDbIsRefused(Database database) {
            for (String sql : List.of(
                    "CREATE TABLE x (id INT)",
                    "ALTER TABLE items ADD y INT",
                    "TRUNCATE TABLE items",
                    "DROP TABLE items",
                    "LOCK TABLES items WRITE",
                    "RENAME TABLE items TO y")) {
                refusedOn(
                        c -> {
                            try (Statement statement = c.createStatement()) {
                                statement.execute(sql);
                            }
                        },
                        "On MariaDB this statement commits what was done before it",
                        "run it outside of units");
            }
        }

        @Databases({POSTGRESQL, SQLITE})
        void whereTablesAreMadeInTransactionsAUnitMayMakeThem(Database database) {
            assertThat(catchThrowable(() -> rowlock.transact(tx -> {
                        try (Statement statement = tx.connection().createStatement()) {
                            statement.execute("CREATE TABLE made (id INT)");
                        }
                        throw new IllegalArgumentException("undo");
                    })))
                    .isInstanceOf(IllegalArgumentException.class);
            database.execute("CREATE TABLE made (id INT)", "DROP TABLE made");
        }

        @Databases
        void aSwallowedFailureDoesNotCommit(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                        try (Statement statement = tx.connection().createStatement()) {
                            statement.executeUpdate("INSERT INTO items (id, name) VALUES (2, 'twice')");
                        } catch (SQLException swallowed) {
                            return swallowed.getErrorCode();
                        }
                        return 0;
                    }),
                    "A statement failed and the failure was swallowed (unit=unit): run the part in tx.savepoint");
            refusedState(
                    () -> rowlock.transact(tx -> {
                        tx.update(tx.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                        try {
                            return tx.execute("INSERT INTO items (id, name) VALUES (2, 'twice')")
                                    .count();
                        } catch (DatabaseFailure swallowed) {
                            return 0;
                        }
                    }),
                    "A statement failed and the failure was swallowed");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void aSwallowedFailureOfANestedUnitDoesNotCommit(Database database) {
            refusedState(
                    () -> rowlock.transact(Unit.named("outer"), tx -> {
                        try {
                            rowlock.transact(inner -> {
                                inner.update(inner.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                                throw new IllegalArgumentException("refused");
                            });
                        } catch (IllegalArgumentException swallowed) {
                            return -1;
                        }
                        return 1;
                    }),
                    "A nested unit failed and the failure was swallowed (unit=outer)",
                    "Let it through, or run the part in tx.savepoint");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void aFailedSavepointDoesNotHideANestedFailureBeforeIt(Database database) {
            refusedState(
                    () -> rowlock.transact(tx -> {
                        try {
                            rowlock.transact(inner -> {
                                inner.update(inner.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                                throw new IllegalArgumentException("refused");
                            });
                        } catch (IllegalArgumentException swallowed) {
                            // As above; and then something that may fail alone.
                        }
                        try {
                            tx.savepoint(part -> {
                                throw new IllegalArgumentException("undone alone");
                            });
                        } catch (IllegalArgumentException undone) {
                            return -1;
                        }
                        return 1;
                    }),
                    "A nested unit failed and the failure was swallowed");
            assertThat(names(rowlock)).containsExactly("one", "two", "three");
        }

        @Databases
        void aNestedFailureInsideASavepointThatWasUndoneIsNone(Database database) {
            rowlock.transact(tx -> {
                tx.update(tx.read(ITEMS, 2L).orElseThrow(), i -> i.named("kept"));
                try {
                    tx.savepoint(part -> rowlock.transact(inner -> {
                        inner.update(inner.read(ITEMS, 1L).orElseThrow(), i -> i.named("half"));
                        throw new IllegalArgumentException("refused");
                    }));
                } catch (IllegalArgumentException undone) {
                    return -1;
                }
                return 1;
            });
            assertThat(names(rowlock)).containsExactly("one", "kept", "three");
        }
    }

    /** Told about locks that could deadlock, or come too late. */
    @Nested
    class Locks {
        private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();

        @BeforeEach
        void tables(Database database) throws Exception {
            items(database);
            events.clear();
        }

        private Rowlock rowlock(Database database, boolean strict) {
            return Rowlock.on(database.dataSource())
                    .order(ITEMS, LATER)
                    .strict(strict)
                    .listener(events::add)
                    .build();
        }

        private static int backwards(Tx tx) {
            return (tx.lock(ITEMS, 2L).isPresent() ? 1 : 0)
                    + (tx.lock(ITEMS, 1L).isPresent() ? 1 : 0);
        }

        @Databases({POSTGRESQL, MARIADB})
        void locksAgainstTheOrderAreRefusedInStrictModeAndReportedOtherwise(Database database) {
            refusedState(
                    () -> rowlock(database, true).transact(Unit.named("pay"), Locks::backwards),
                    "Lock against the order (unit=pay, held=items[2], wanted=items[1])",
                    "lock them in one lockAll, or in the order of Rowlock.on(...).order(...)");
            int locked = rowlock(database, false).transact(Unit.named("pay"), Locks::backwards);
            assertThat(locked).isEqualTo(2);
            assertThat(events).contains(new RowlockEvent.OrderBroken("pay", "items[2]", "items[1]"));
            refusedState(
                    () -> rowlock(database, true)
                            .transact(tx -> tx.lock(LATER, 1L).isPresent()
                                    && tx.lock(ITEMS, 1L).isPresent()),
                    "held=later_items[1], wanted=items[1]");
        }

        @Databases
        void locksInTheOrderAndLocksTakenAgainAreNotReported(Database database) {
            boolean locked = rowlock(database, true)
                    .transact(tx -> tx.lock(ITEMS, 1L).isPresent()
                            && tx.lockAll(ITEMS, List.of(3L, 2L)).size() == 2
                            && tx.lock(ITEMS, 2L).isPresent()
                            && tx.lock(LATER, 1L).isPresent()
                            && tx.lock(ITEMS, 1L).isPresent());
            assertThat(locked).isTrue();
            assertThat(events).noneMatch(RowlockEvent.OrderBroken.class::isInstance);
        }

        @Databases(SQLITE)
        void onSqliteThereAreNoRowLocksToTakeInOrder(Database database) {
            assertThat(rowlock(database, true).<Integer, RuntimeException>transact(Locks::backwards))
                    .isEqualTo(2);
        }

        private static boolean lookThenLock(Tx tx) {
            return tx.peek(ITEMS, 2L).isPresent() && tx.lock(ITEMS, 1L).isPresent();
        }

        @Databases(MARIADB)
        void aLockAfterTheSnapshotIsRefusedInStrictModeAndReportedOtherwise(Database database) {
            Unit repeatable = Unit.named("late").withIsolation(Isolation.REPEATABLE_READ);
            refusedState(
                    () -> rowlock(database, true).transact(repeatable, Locks::lookThenLock),
                    "Lock after the snapshot (unit=late, table=items, isolation=REPEATABLE_READ)",
                    "Take locks before the first read, or use READ COMMITTED");
            events.clear();
            boolean locked = rowlock(database, false).transact(repeatable, Locks::lookThenLock);
            assertThat(locked).isTrue();
            assertThat(events).contains(new RowlockEvent.SnapshotRisk("late", "items"));
        }

        @Databases
        void whereTheEngineRefusesOrEachStatementSeesTheNewestALockAfterALookIsNoRisk(Database database) {
            for (Isolation level : Isolation.values()) {
                if (database.engine() == MARIADB && level == Isolation.REPEATABLE_READ) {
                    continue;
                }
                Unit unit = Unit.named("late").withIsolation(level);
                boolean locked = rowlock(database, true).transact(unit, Locks::lookThenLock);
                assertThat(locked).isTrue();
            }
            assertThat(events).noneMatch(RowlockEvent.SnapshotRisk.class::isInstance);
        }
    }
}
