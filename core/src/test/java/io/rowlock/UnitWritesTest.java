package io.rowlock;

import static io.rowlock.dialect.Engine.MARIADB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** What a unit stages, how its reads see it, and what of it is stored. */
class UnitWritesTest {
    record Parent(long id, String name, long version) {
        Parent named(String other) {
            return new Parent(id, other, version);
        }
    }

    record Child(long id, long parentId, String name, long version) {}

    record ChildKey(long parentId, String slot) {}

    record Slot(long parentId, String slot, long n, long version) {
        Slot plus(long amount) {
            return new Slot(parentId, slot, n + amount, version);
        }
    }

    record Money(long id, long balance, long balanceVersion) {}

    record Platform(long id, long platformBalance, long platformBalanceVersion) {}

    record Born(long id, String name, long version, long incarnation) {}

    private static final Table<Parent, Long> PARENTS =
            Table.of("parents", Parent.class).key("id", Long.class).tombstones().build();
    private static final Table<Child, Long> CHILDREN =
            Table.of("children", Child.class).key("id", Long.class).tombstones().build();
    private static final Table<Slot, ChildKey> SLOTS =
            Table.of("slots", Slot.class).key(ChildKey.class).tombstones().build();
    private static final Table<Money, Long> MONEY = Table.of("wallets", Money.class)
            .key("id", Long.class)
            .version("balance_version")
            .build();
    private static final Table<Platform, Long> PLATFORM = Table.of("wallets", Platform.class)
            .key("id", Long.class)
            .version("platform_balance_version")
            .build();
    private static final Table<Born, Long> BORN = Table.of("born", Born.class)
            .key("id", Long.class)
            .incarnation("incarnation")
            .build();

    private Rowlock rowlock;

    @BeforeEach
    void tables(Database database) throws Exception {
        database.execute(
                "DROP TABLE IF EXISTS children",
                "DROP TABLE IF EXISTS parents",
                "DROP TABLE IF EXISTS slots",
                "DROP TABLE IF EXISTS wallets",
                "DROP TABLE IF EXISTS born",
                "CREATE TABLE parents (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE children (id BIGINT PRIMARY KEY, parent_id BIGINT NOT NULL, name VARCHAR(20) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, FOREIGN KEY (parent_id) REFERENCES parents (id))",
                "CREATE TABLE slots (parent_id BIGINT NOT NULL, slot VARCHAR(20) NOT NULL, n BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, PRIMARY KEY (parent_id, slot))",
                "CREATE TABLE wallets (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL, platform_balance BIGINT NOT NULL,"
                        + " balance_version BIGINT DEFAULT 1 NOT NULL,"
                        + " platform_balance_version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE born (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, incarnation BIGINT DEFAULT 0 NOT NULL)",
                "INSERT INTO wallets (id, balance, platform_balance) VALUES (1, 100, 200)");
        RowlockTables.createMissing(database.dataSource());
        database.execute("DELETE FROM rowlock_tombstone");
        rowlock = Rowlock.on(database.dataSource()).order(PARENTS, CHILDREN).build();
        rowlock.transact(tx -> tx.insert(PARENTS, new Parent(1, "one", 0)));
    }

    private @Nullable Parent parent(long id) {
        return rowlock.read(tx -> tx.peek(PARENTS, id).map(View::value).orElse(null));
    }

    @Databases
    void readsSeeWhatTheUnitHasStaged(Database database) {
        rowlock.transact(tx -> {
            Row<Parent> changed = tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("uno"));
            tx.insert(PARENTS, new Parent(2, "two", 0));
            assertThat(tx.read(PARENTS, 1L).map(Row::value)).contains(changed.value());
            assertThat(tx.peek(PARENTS, 2L).map(View::value)).contains(new Parent(2, "two", 1));
            assertThat(tx.peekAll(PARENTS, List.of(2L, 1L, 3L)).keySet()).containsExactly(2L, 1L);
            assertThat(tx.lock(PARENTS, 1L).map(Row::version)).contains(Version.of(2));
            tx.delete(tx.read(PARENTS, 2L).orElseThrow());
            assertThat(tx.read(PARENTS, 2L)).isEmpty();
            assertThat(tx.peekAll(PARENTS, List.of(1L, 2L)).keySet()).containsExactly(1L);
            return null;
        });
        assertThat(parent(1)).isEqualTo(new Parent(1, "uno", 2));
        assertThat(parent(2)).isNull();
    }

    @Databases
    void severalChangesOfOneRowAreOneWriteAndOneVersion(Database database) {
        rowlock.transact(tx -> {
            Row<Parent> row = tx.read(PARENTS, 1L).orElseThrow();
            for (int i = 0; i < 5; i++) {
                int number = i;
                row = tx.update(row, p -> p.named("name " + number));
            }
            return row;
        });
        assertThat(parent(1)).isEqualTo(new Parent(1, "name 4", 2));
    }

    @Databases
    void flushedChangesGoOnFromTheirOwnVersion(Database database) throws Exception {
        rowlock.<@Nullable Object, SQLException>transact(tx -> {
            Row<Parent> row = tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("a"));
            tx.flush();
            row = tx.update(row, p -> p.named("b"));
            assertThat(row.version()).isEqualTo(Version.of(3));
            assertThat(stored(tx.connection(), "SELECT name FROM parents WHERE id = 1"))
                    .isEqualTo("b");
            tx.insert(PARENTS, new Parent(2, "two", 0));
            tx.flush();
            Row<Parent> two = tx.read(PARENTS, 2L).orElseThrow();
            tx.update(two, p -> p.named("zwei"));
            return null;
        });
        assertThat(parent(1)).isEqualTo(new Parent(1, "b", 3));
        assertThat(parent(2)).isEqualTo(new Parent(2, "zwei", 2));
    }

    private static String stored(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    @Databases
    void insertsUpdatesAndDeletesOfOneRowCombine(Database database) {
        rowlock.transact(tx -> {
            Row<Parent> inserted = tx.insert(PARENTS, new Parent(2, "two", 0));
            tx.delete(tx.update(inserted, p -> p.named("never")));
            Row<Parent> third = tx.insert(PARENTS, new Parent(3, "three", 0));
            tx.update(third, p -> p.named("drei"));
            tx.delete(tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("gone")));
            return null;
        });
        assertThat(parent(1)).isNull();
        assertThat(parent(2)).isNull();
        assertThat(parent(3)).isEqualTo(new Parent(3, "drei", 1));
        rowlock.transact(tx -> {
            tx.delete(tx.read(PARENTS, 3L).orElseThrow());
            tx.flush();
            return tx.insert(PARENTS, new Parent(3, "again", 0));
        });
        assertThat(parent(3)).isEqualTo(new Parent(3, "again", 2));
    }

    @Databases
    void aRowDeletedInAUnitMayBeInsertedAgainBehindIt(Database database) {
        rowlock.transact(tx -> tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("two")));
        rowlock.transact(tx -> {
            tx.delete(tx.read(PARENTS, 1L).orElseThrow());
            return null;
        });
        rowlock.transact(tx -> {
            assertThat(tx.read(PARENTS, 1L)).isEmpty();
            return tx.insert(PARENTS, new Parent(1, "again", 0));
        });
        assertThat(parent(1)).isEqualTo(new Parent(1, "again", 3));
        for (long old = 1; old <= 2; old++) {
            assertThat(rowlock.save(PARENTS, new Parent(1, "late", 0), old)).isInstanceOf(Update.Conflict.class);
        }
    }

    @Databases
    void insertsGoParentsFirstAndDeletesChildrenFirst(Database database) {
        rowlock.transact(tx -> {
            for (long child = 20; child > 10; child--) {
                tx.insert(CHILDREN, new Child(child, child - 8, "c", 0));
            }
            for (long parent = 12; parent > 1; parent--) {
                tx.insert(PARENTS, new Parent(parent, "p", 0));
            }
            return null;
        });
        rowlock.transact(tx -> {
            for (long parent = 2; parent <= 12; parent++) {
                tx.delete(tx.read(PARENTS, parent).orElseThrow());
            }
            for (long child = 11; child <= 20; child++) {
                tx.delete(tx.read(CHILDREN, child).orElseThrow());
            }
            return null;
        });
        assertThat(parent(2)).isNull();
        assertThat(rowlock.<Optional<View<Child>>, RuntimeException>read(tx -> tx.peek(CHILDREN, 11L)))
                .isEmpty();
        assertThatThrownBy(() -> rowlock.transact(tx -> tx.insert(CHILDREN, new Child(1, 99, "orphan", 0))))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining("kind=CONSTRAINT");
    }

    @Databases
    void twoTablesOverOneSqlTableHaveVersionsOfTheirOwn(Database database) {
        rowlock.transact(tx -> {
            Row<Money> money = tx.read(MONEY, 1L).orElseThrow();
            Row<Platform> platform = tx.read(PLATFORM, 1L).orElseThrow();
            tx.update(money, m -> new Money(1, m.balance() - 10, 0));
            tx.update(platform, p -> new Platform(1, p.platformBalance() + 10, 0));
            return null;
        });
        assertThat(rowlock.save(PLATFORM, new Platform(1, 500, 0), 2).isApplied())
                .isTrue();
        assertThat(rowlock.save(MONEY, new Money(1, 50, 0), 2).isApplied())
                .as("the other version has not moved")
                .isTrue();
        assertThat(rowlock.<Money, RuntimeException>read(
                        tx -> tx.peek(MONEY, 1L).orElseThrow().value()))
                .isEqualTo(new Money(1, 50, 3));
        assertThat(rowlock.<Platform, RuntimeException>read(
                        tx -> tx.peek(PLATFORM, 1L).orElseThrow().value()))
                .isEqualTo(new Platform(1, 500, 3));
        if (database.engine() != Engine.SQLITE) {
            rowlock.transact(tx -> {
                Row<Money> money = tx.read(MONEY, 1L).orElseThrow();
                Row<Platform> platform = tx.read(PLATFORM, 1L).orElseThrow();
                if (tx.attempt() == 1) {
                    database.execute("UPDATE wallets SET balance_version = balance_version + 1");
                }
                assertThat(money.value().id()).isEqualTo(1);
                return tx.update(platform, p -> new Platform(1, tx.attempt(), 0));
            });
            assertThat(rowlock.<Long, RuntimeException>read(
                            tx -> tx.peek(PLATFORM, 1L).orElseThrow().value().platformBalance()))
                    .isEqualTo(2);
        }
    }

    @Databases
    void incarnationsTellARowFromItsPredecessor(Database database) {
        Version first = rowlock.<Version, RuntimeException>transact(
                tx -> tx.insert(BORN, new Born(1, "first", 0, 0)).version());
        assertThat(first.incarnation()).isPositive();
        rowlock.transact(tx -> {
            tx.delete(tx.read(BORN, 1L).orElseThrow());
            return null;
        });
        Version second = rowlock.<Version, RuntimeException>transact(
                tx -> tx.insert(BORN, new Born(1, "second", 0, 0)).version());
        assertThat(second.number()).isEqualTo(1);
        assertThat(second.incarnation()).isNotEqualTo(first.incarnation());
        assertThat(rowlock.save(BORN, new Born(1, "late", 0, 0), first)).isInstanceOf(Update.Conflict.class);
        assertThat(rowlock.save(BORN, new Born(1, "late", 0, 0), Version.parse(second.etag()))
                        .isApplied())
                .isTrue();
        Born now = rowlock.<Born, RuntimeException>read(
                tx -> tx.peek(BORN, 1L).orElseThrow().value());
        assertThat(now).isEqualTo(new Born(1, "late", 2, second.incarnation()));
    }

    @Databases
    void aSaveMeetsEachOfItsThreeAnswersAndAMergeMakesOneOfTwo(Database database) {
        assertThat(rowlock.save(PARENTS, new Parent(9, "x", 0), 1)).isInstanceOf(Update.Missing.class);
        assertThat(rowlock.save(PARENTS, new Parent(1, "b", 0), 1))
                .isEqualTo(new Update.Applied<>(new Parent(1, "b", 2), Version.of(2)));
        assertThat(rowlock.save(PARENTS, new Parent(1, "c", 0), 1))
                .isEqualTo(new Update.Conflict<>(new Parent(1, "b", 2), Version.of(1), Version.of(2)));
        Update<Parent> merged = rowlock.save(
                PARENTS,
                new Parent(1, "c", 0),
                Version.of(1),
                (current, mine) -> new Parent(1, current.name() + mine.name(), 0));
        assertThat(merged).isEqualTo(new Update.Applied<>(new Parent(1, "bc", 3), Version.of(3)));
        assertThat(rowlock.update(PARENTS, 1L, p -> p.named("d")).isApplied()).isTrue();
        assertThat(rowlock.update(PARENTS, 9L, p -> p.named("d"))).isInstanceOf(Update.Missing.class);
    }

    @Databases
    void keysOfSeveralComponentsWorkEverywhere(Database database) {
        ChildKey a = new ChildKey(1, "a");
        ChildKey b = new ChildKey(1, "b");
        ChildKey c = new ChildKey(2, "a");
        rowlock.transact(tx -> {
            tx.insert(SLOTS, new Slot(2, "a", 3, 0));
            tx.insert(SLOTS, new Slot(1, "b", 2, 0));
            return tx.insert(SLOTS, new Slot(1, "a", 1, 0));
        });
        rowlock.transact(tx -> {
            assertThat(tx.lockAll(SLOTS, List.of(c, b, a)).keySet()).containsExactly(a, b, c);
            tx.update(tx.read(SLOTS, a).orElseThrow(), s -> s.plus(10));
            tx.delete(tx.read(SLOTS, b).orElseThrow());
            return null;
        });
        assertThat(rowlock.<List<Long>, RuntimeException>read(
                        tx -> tx.peekAll(SLOTS, List.of(c, b, a)).values().stream()
                                .map(view -> view.value().n())
                                .toList()))
                .containsExactly(3L, 11L);
        assertThat(rowlock.save(SLOTS, new Slot(2, "a", 9, 0), 1).isApplied()).isTrue();
    }

    // ---- savepoints

    @Databases
    void savepointsNestAndEachUndoesItsOwnPart(Database database) {
        rowlock.transact(tx -> {
            Row<Parent> before = tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("before"));
            Row<Parent> kept = tx.savepoint(outer -> {
                Row<Parent> row = outer.insert(PARENTS, new Parent(2, "outer", 0));
                assertThat(catchThrowable(() -> outer.savepoint(inner -> {
                            inner.update(row, p -> p.named("inner"));
                            inner.insert(PARENTS, new Parent(3, "inner", 0));
                            inner.execute("UPDATE parents SET name = 'sql', version = version + 1 WHERE id = 1")
                                    .expect(1);
                            throw new IllegalArgumentException("undo the inner part");
                        })))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThat(outer.read(PARENTS, 3L)).isEmpty();
                assertThat(outer.read(PARENTS, 2L).map(Row::value)).contains(row.value());
                return row;
            });
            tx.update(kept, p -> p.named("after"));
            tx.update(before, p -> p.named("after too"));
            return null;
        });
        assertThat(rowlock.<List<String>, RuntimeException>read(
                        tx -> tx.peekAll(PARENTS, List.of(1L, 2L, 3L)).values().stream()
                                .map(view -> view.value().name())
                                .toList()))
                .containsExactly("after too", "after");
    }

    @Databases
    void aSavepointThatDatabaseRefusesLeavesTheUnitAlive(Database database) {
        rowlock.transact(tx -> {
            for (int i = 0; i < 3; i++) {
                assertThat(catchThrowable(
                                () -> tx.savepoint(part -> part.insert(CHILDREN, new Child(1, 99, "orphan", 0)))))
                        .isInstanceOf(DatabaseFailure.class)
                        .hasMessageContaining("kind=CONSTRAINT");
            }
            return tx.insert(PARENTS, new Parent(2, "two", 0));
        });
        assertThat(parent(2)).isNotNull();
    }

    // ---- column types

    enum Color {
        RED,
        GREEN
    }

    @SuppressWarnings("ArrayRecordComponent") // bytes are a column type
    record Everything(
            long id,
            @Nullable Long aLong,
            @Nullable Integer anInt,
            @Nullable Short aShort,
            @Nullable Boolean aBoolean,
            @Nullable Double aDouble,
            @Nullable Float aFloat,
            @Nullable String text,
            @Nullable BigDecimal money,
            byte @Nullable [] bytes,
            @Nullable UUID uuid,
            @Nullable Instant moment,
            @Nullable LocalDate day,
            @Nullable LocalDateTime local,
            @Nullable Color color,
            long version) {}

    private static final Table<Everything, Long> EVERYTHING =
            Table.of("everything", Everything.class).key("id", Long.class).build();

    private static String everything(Engine engine) {
        String columns = switch (engine) {
            case POSTGRESQL ->
                "a_boolean BOOLEAN, a_double DOUBLE PRECISION, a_float REAL, text TEXT, money NUMERIC(20, 4),"
                        + " bytes BYTEA, uuid UUID, moment TIMESTAMPTZ, day DATE, local TIMESTAMP, color TEXT";
            case SQLITE ->
                "a_boolean INTEGER, a_double REAL, a_float REAL, text TEXT, money TEXT, bytes BLOB, uuid TEXT,"
                        + " moment TEXT, day TEXT, local TEXT, color TEXT";
            default ->
                "a_boolean BOOLEAN, a_double DOUBLE, a_float FLOAT, text TEXT, money DECIMAL(20, 4),"
                        + " bytes VARBINARY(100), uuid CHAR(36), moment DATETIME(6), day DATE, local DATETIME(6),"
                        + " color VARCHAR(10)";
        };
        return "CREATE TABLE everything (id BIGINT PRIMARY KEY, a_long BIGINT, an_int INTEGER, a_short SMALLINT, "
                + columns + ", version BIGINT DEFAULT 1 NOT NULL)";
    }

    @Databases
    void everyColumnTypeComesBackAsItWent(Database database) {
        database.execute("DROP TABLE IF EXISTS everything", everything(database.engine()));
        Everything full = new Everything(
                1,
                Long.MIN_VALUE,
                Integer.MAX_VALUE,
                Short.MIN_VALUE,
                true,
                0.1,
                1.5f,
                "Grüße \uD83D\uDE80 'quoted' \\ \n",
                new BigDecimal("-12345678901234.5678"),
                new byte[] {0, -1, 127, 39, 92},
                UUID.fromString("01020304-0506-0708-090a-0b0c0d0e0f10"),
                Instant.parse("2024-03-31T01:30:00.123456Z"),
                LocalDate.of(1969, 12, 31),
                LocalDateTime.parse("2024-10-27T02:30:00.000001"),
                Color.GREEN,
                0);
        Everything empty = new Everything(
                2, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 0);
        rowlock.transact(tx -> {
            tx.insert(EVERYTHING, full);
            return tx.insert(EVERYTHING, empty);
        });
        assertThat(everythingOf(1))
                .usingRecursiveComparison()
                .ignoringFields("version")
                .isEqualTo(full);
        assertThat(everythingOf(2))
                .usingRecursiveComparison()
                .ignoringFields("version")
                .isEqualTo(empty);
        // And the other way round, by an update and by single statements.
        rowlock.transact(tx -> tx.update(tx.read(EVERYTHING, 1L).orElseThrow(), old -> withId(empty, 1)));
        assertThat(rowlock.save(EVERYTHING, withId(full, 2), 1).isApplied()).isTrue();
        assertThat(everythingOf(1))
                .usingRecursiveComparison()
                .ignoringFields("version", "id")
                .isEqualTo(empty);
        assertThat(everythingOf(2))
                .usingRecursiveComparison()
                .ignoringFields("version", "id")
                .isEqualTo(full);
        rowlock.transact(tx -> {
            tx.execute(
                            "UPDATE everything SET a_long = ?, a_boolean = ?, money = ?, bytes = ?, uuid = ?, moment = ?,"
                                    + " day = ?, local = ?, color = ?, text = ?, version = version + 1 WHERE id = ?",
                            5L,
                            false,
                            full.money(),
                            full.bytes(),
                            full.uuid(),
                            full.moment(),
                            full.day(),
                            full.local(),
                            Color.RED,
                            null,
                            1L)
                    .expect(1);
            return null;
        });
        Everything bound = everythingOf(1);
        assertThat(bound.uuid()).isEqualTo(full.uuid());
        assertThat(bound.moment()).isEqualTo(full.moment());
        assertThat(bound.local()).isEqualTo(full.local());
        assertThat(bound.day()).isEqualTo(full.day());
        assertThat(bound.color()).isEqualTo(Color.RED);
        assertThat(bound.aBoolean()).isFalse();
        assertThat(bound.text()).isNull();
    }

    private static Everything withId(Everything e, long id) {
        return new Everything(
                id,
                e.aLong(),
                e.anInt(),
                e.aShort(),
                e.aBoolean(),
                e.aDouble(),
                e.aFloat(),
                e.text(),
                e.money(),
                e.bytes(),
                e.uuid(),
                e.moment(),
                e.day(),
                e.local(),
                e.color(),
                e.version());
    }

    private Everything everythingOf(long id) {
        return rowlock.<Everything, RuntimeException>read(
                tx -> tx.peek(EVERYTHING, id).orElseThrow().value());
    }

    // ---- size, and the server's limits

    @Databases
    void aUnitOfManyRowsIsAllOrNothing(Database database) {
        List<Long> ids = LongStream.rangeClosed(1001, 1500).boxed().toList();
        rowlock.transact(tx -> {
            ids.forEach(id -> tx.insert(PARENTS, new Parent(id, "new", 0)));
            return null;
        });
        rowlock.transact(tx -> {
            for (Long id : ids) {
                tx.update(tx.read(PARENTS, id).orElseThrow(), p -> p.named("changed"));
            }
            return null;
        });
        assertThat(rowlock.<Long, RuntimeException>read(tx -> tx.peekAll(PARENTS, ids).values().stream()
                        .filter(view ->
                                view.value().equals(new Parent(view.value().id(), "changed", 2)))
                        .count()))
                .isEqualTo(500);
        assertThat(catchThrowable(() -> rowlock.transact(tx -> {
                    tx.lockAll(PARENTS, ids).values().forEach(row -> tx.update(row, p -> p.named("half")));
                    tx.insert(CHILDREN, new Child(1, 99, "orphan", 0));
                    return null;
                })))
                .isInstanceOf(DatabaseFailure.class);
        assertThat(rowlock.<Long, RuntimeException>read(tx -> tx.peekAll(PARENTS, ids).values().stream()
                        .filter(view -> "changed".equals(view.value().name()))
                        .count()))
                .isEqualTo(500);
        rowlock.transact(tx -> {
            List<Row<Parent>> all = new ArrayList<>(tx.lockAll(PARENTS, ids).values());
            all.forEach(tx::delete);
            return null;
        });
        assertThat(parent(1250)).isNull();
    }

    /** A compound statement that the server has prepared crashes it when it runs again after its table was altered. */
    @Databases(MARIADB)
    void aTableThatIsAlteredBetweenTwoFlushesDoesNotCrashTheServer(Database database) {
        assertThat(database.url()).contains("useServerPrepStmts=true");
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                rowlock.transact(tx -> {
                    tx.update(tx.read(PARENTS, 1L).orElseThrow(), p -> p.named("x"));
                    return tx.insert(PARENTS, new Parent(1000 + tx.newId("p").hashCode(), "y", 0));
                });
            }
            database.execute(
                    "ALTER TABLE parents ADD COLUMN extra" + round + " INT",
                    "CREATE TABLE again LIKE parents",
                    "DROP TABLE again");
        }
        assertThat(parent(1)).isEqualTo(new Parent(1, "x", 10));
    }
}
