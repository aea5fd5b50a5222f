package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.OnceOutcome;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** What a call under a once-key promises to one caller, on each engine. */
class OnceTest {
    record Account(long id, long balance, long version) {
        Account plus(long amount) {
            return new Account(id, balance + amount, version);
        }
    }

    private static final Table<Account, Long> ACCOUNTS =
            Table.of("once_accounts", Account.class).key("id", Long.class).build();
    private static final Fingerprint PAY = Fingerprint.of("pay", 1L, 150L);

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Rowlock rowlock;

    @BeforeEach
    void accounts(Database database) throws SQLException {
        this.database = database;
        database.execute(
                "DROP TABLE IF EXISTS once_accounts",
                "CREATE TABLE once_accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO once_accounts (id, balance) VALUES (1, 1000), (2, 1000)");
        List<String> unused = RowlockTables.createMissing(database.dataSource());
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
    }

    private static Key newKey() {
        return Key.of("payment", UUID.randomUUID());
    }

    private long balance(long id) {
        return rowlock.<Account, RuntimeException>read(
                        tx -> tx.peek(ACCOUNTS, id).orElseThrow().value())
                .balance();
    }

    private static String pay(Tx tx, long id) {
        Row<Account> paid = tx.update(tx.read(ACCOUNTS, id).orElseThrow(), account -> account.plus(-150));
        return "left " + paid.value().balance();
    }

    private Once<String> pay(Key key) {
        return rowlock.once(key, PAY, Codec.text(), tx -> pay(tx, 1));
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private List<OnceOutcome> outcomes() {
        return events.stream()
                .filter(RowlockEvent.OnceAnswered.class::isInstance)
                .map(event -> ((RowlockEvent.OnceAnswered) event).outcome())
                .toList();
    }

    @Databases
    void aRepeatGetsTheStoredAnswerAndNothingRuns(Database database) {
        Key key = newKey();
        assertThat(pay(key)).isEqualTo(new Once.First<>("left 850"));
        Instant now = Instant.now();

        Once<String> again = rowlock.once(key, PAY, Codec.text(), tx -> {
            throw new AssertionError("ran again");
        });

        assertThat(again).isInstanceOfSatisfying(Once.Repeat.class, repeat -> {
            assertThat(repeat.answer()).isEqualTo("left 850");
            assertThat(repeat.answeredAt())
                    .isBetween(now.minus(1, ChronoUnit.MINUTES), now.plus(1, ChronoUnit.MINUTES));
        });
        assertThat(balance(1)).isEqualTo(850);
        assertThat(outcomes()).containsExactly(OnceOutcome.FIRST, OnceOutcome.REPEAT);
    }

    @Databases
    void theSameKeyForSomethingElseIsRefused(Database database) {
        Key key = newKey();
        assertThat(pay(key).isFirst()).isTrue();

        Once<String> other = rowlock.once(key, Fingerprint.of("pay", 1L, 999L), Codec.text(), tx -> {
            throw new AssertionError("ran");
        });

        assertThat(other)
                .isInstanceOfSatisfying(
                        Once.Mismatch.class,
                        mismatch -> assertThat(mismatch.key()).isEqualTo(key));
        assertThatIllegalStateException()
                .isThrownBy(other::answer)
                .withMessageContaining("Key used for something else")
                .withMessageContaining("key=" + key);
        assertThat(balance(1)).isEqualTo(850);
        assertThat(outcomes()).containsExactly(OnceOutcome.FIRST, OnceOutcome.MISMATCH);
    }

    @Databases
    void keysThatDifferInCaseAreTwo(Database database) {
        String id = UUID.randomUUID().toString();
        assertThat(pay(Key.of("order", id + "-AB")).isFirst()).isTrue();
        assertThat(pay(Key.of("order", id + "-ab")).isFirst()).isTrue();
        assertThat(pay(Key.of("order", id + "-ab ")).isFirst()).isTrue();
        assertThat(pay(Key.of("order", id + "-äb")).isFirst()).isTrue();
        assertThat(balance(1)).isEqualTo(400);
    }

    @Databases
    void aReturnedRefusalIsAnAnswerAndStored(Database database) {
        Key key = newKey();
        AtomicInteger runs = new AtomicInteger();
        Work<String, RuntimeException> refuse = tx -> "refused " + runs.incrementAndGet();
        assertThat(rowlock.once(key, PAY, Codec.text(), refuse)).isEqualTo(new Once.First<>("refused 1"));
        assertThat(rowlock.once(key, PAY, Codec.text(), refuse).answer()).isEqualTo("refused 1");
        assertThat(runs).hasValue(1);
    }

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
    }

    @Databases
    void aThrownRefusalStoresNothingAndTheNextCallRuns(Database database) {
        Key key = newKey();
        for (boolean early : new boolean[] {false, true}) {
            assertThatThrownBy(() -> rowlock.once(key, PAY, Codec.text(), tx -> {
                        if (early) {
                            tx.guard(key);
                        }
                        pay(tx, 1);
                        throw new Refused();
                    }))
                    .isInstanceOf(Refused.class);
        }
        assertThat(balance(1)).isEqualTo(1000);
        assertThat(pay(key).isFirst()).isTrue();
        assertThat(balance(1)).isEqualTo(850);
    }

    /** The transaction begins before the flush: by a lock, a guard, a savepoint, own SQL, or its isolation level. */
    @Databases
    void theAnswerIsStoredHoweverTheUnitBegins(Database database) {
        List<Work<String, RuntimeException>> works = List.of(
                tx -> {
                    tx.update(tx.lock(ACCOUNTS, 1L).orElseThrow(), account -> account.plus(-150));
                    return "locked";
                },
                tx -> {
                    tx.guard(Key.of("payments", 1));
                    return pay(tx, 1);
                },
                tx -> tx.savepoint(inner -> pay(inner, 1)),
                tx -> {
                    tx.execute("UPDATE once_accounts SET balance = balance - 150, version = version + 1 WHERE id = 1")
                            .expect(1);
                    return "by hand";
                },
                tx -> rowlock.transact(inner -> pay(inner, 1)),
                tx -> {
                    pay(tx, 1);
                    tx.flush();
                    return pay(tx, 2);
                });
        for (Isolation isolation : Isolation.values()) {
            for (Work<String, RuntimeException> work : works) {
                long before = balance(1);
                Key key = newKey();
                Unit unit = Unit.named("pay").withIsolation(isolation);
                Once<String> first = rowlock.once(unit, key, PAY, Codec.text(), work);
                assertThat(first.isFirst()).isTrue();
                Once<String> again = rowlock.once(unit, key, PAY, Codec.text(), work);
                assertThat(again).isInstanceOf(Once.Repeat.class);
                assertThat(again.answer()).isEqualTo(first.answer());
                assertThat(balance(1)).as("%s", isolation).isEqualTo(before - 150);
            }
        }
    }

    @Databases
    void workThatOnlyReadsIsAnsweredOnceToo(Database database) {
        Key key = newKey();
        Work<Long, RuntimeException> look =
                tx -> tx.read(ACCOUNTS, 2L).orElseThrow().value().balance();
        assertThat(rowlock.once(key, PAY, Codec.number(), look).answer()).isEqualTo(1000);
        rowlock.transact(tx -> pay(tx, 2));
        assertThat(rowlock.once(key, PAY, Codec.number(), look).answer()).isEqualTo(1000);
    }

    @Databases
    void everyCodecGivesBackWhatItWasGiven(Database database) {
        UUID id = UUID.randomUUID();
        Codec<UUID> ids = Codec.text().as(UUID::toString, UUID::fromString);
        Codec<Optional<String>> maybe = Codec.text().as(text -> text.orElse(""), Optional::of);
        assertThat(twice(Codec.text(), "Grüße")).isEqualTo("Grüße");
        assertThat(twice(Codec.text(), "")).isEmpty();
        assertThat(twice(Codec.bytes(), new byte[] {0, 1, -1})).containsExactly(0, 1, -1);
        assertThat(twice(Codec.number(), Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(twice(ids, id)).isEqualTo(id);
        assertThat(twice(maybe, Optional.empty())).contains("");
        assertThat((Object) twice(Codec.nothing(), null)).isNull();
    }

    private <R extends @Nullable Object> R twice(Codec<R> codec, R answer) {
        Key key = newKey();
        Once<R> first = rowlock.once(key, PAY, codec, tx -> answer);
        Once<R> repeat = rowlock.once(key, PAY, codec, tx -> answer);
        assertThat(first).isInstanceOf(Once.First.class);
        assertThat(repeat).isInstanceOf(Once.Repeat.class);
        return repeat.answer();
    }

    @Databases
    void insideAUnitItIsRefusedAtOnce(Database database) {
        refused(() -> rowlock.transact(tx -> pay(newKey())), "inside a unit", "outside");
        refused(() -> rowlock.read(tx -> pay(newKey())), "inside a unit", "outside");
        refused(
                () -> rowlock.once(
                        newKey(), PAY, Codec.text(), tx -> pay(newKey()).answer()),
                "inside a unit");
        refused(() -> rowlock.transact(tx -> rowlock.reapOnce(1)), "reapOnce");
        assertThat(balance(1)).isEqualTo(1000);
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatIllegalStateException()
                .isThrownBy(call)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(parts));
    }

    @Databases
    void anAnswerTooLargeStoresNothing(Database database) {
        Rowlock small = Rowlock.on(database.dataSource()).onceAnswerBytesMax(10).build();
        Key key = newKey();
        refused(
                () -> small.once(key, PAY, Codec.text(), tx -> pay(tx, 1) + " of so much more"),
                "Answer too large",
                "bytesMax=10",
                "onceAnswerBytesMax");
        assertThat(balance(1)).isEqualTo(1000);
        assertThat(small.once(key, PAY, Codec.text(), tx -> "x".repeat(10)).isFirst())
                .isTrue();
    }

    @Databases
    void anAnswerAsLargeAsItMayBeIsKept(Database database) {
        Rowlock large = Rowlock.on(database.dataSource())
                .onceAnswerBytesMax(RowlockBuilder.ONCE_ANSWER_BYTES_MAX)
                .build();
        Key key = newKey();
        byte[] answer = new byte[RowlockBuilder.ONCE_ANSWER_BYTES_MAX];
        answer[answer.length - 1] = 7;
        assertThat(large.once(key, PAY, Codec.bytes(), tx -> answer).isFirst()).isTrue();
        assertThat(large.once(key, PAY, Codec.bytes(), tx -> answer).answer()).isEqualTo(answer);
    }

    @Databases
    void anAnswerIsKeptAsLongAsItWasSaid(Database database) throws SQLException {
        database.execute("DELETE FROM rowlock_once");
        Unit unit = Unit.named("pay");
        assertThat(pay(newKey()).isFirst()).isTrue();
        assertThat(number("SELECT expires_at - answered_at FROM rowlock_once"))
                .isBetween(Duration.ofHours(24).toMillis(), Duration.ofHours(24).toMillis() + 1000);
        database.execute("DELETE FROM rowlock_once");
        assertThat(rowlock.once(unit, newKey(), PAY, Codec.text(), Duration.ofMinutes(3), tx -> pay(tx, 1))
                        .isFirst())
                .isTrue();
        assertThat(number("SELECT expires_at - answered_at FROM rowlock_once"))
                .isBetween(
                        Duration.ofMinutes(3).toMillis(), Duration.ofMinutes(3).toMillis() + 1000);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> rowlock.once(unit, newKey(), PAY, Codec.text(), Duration.ofSeconds(9), tx -> pay(tx, 1)))
                .withMessageContaining("keep=PT9S")
                .withMessageContaining("deadline=PT10S");
    }

    @Databases
    void anExpiredAnswerCountsAsNoneAndIsReplaced(Database database) throws SQLException {
        for (boolean early : new boolean[] {false, true}) {
            Key key = newKey();
            assertThat(pay(key).isFirst()).isTrue();
            database.execute("UPDATE rowlock_once SET expires_at = 1");
            events.clear();
            Once<String> later = rowlock.once(key, Fingerprint.of("something else"), Codec.text(), tx -> {
                if (early) {
                    tx.guard(key);
                }
                return "new";
            });
            assertThat(later).isEqualTo(new Once.First<>("new"));
            assertThat(rowlock.once(key, Fingerprint.of("something else"), Codec.text(), tx -> "newer")
                            .answer())
                    .isEqualTo("new");
            assertThat(events).hasAtLeastOneElementOfType(RowlockEvent.OnceExpired.class);
        }
    }

    @Databases
    void reapingDeletesExpiredAnswersAndNoOthers(Database database) throws SQLException {
        database.execute("DELETE FROM rowlock_once");
        Key stays = newKey();
        assertThat(pay(stays).isFirst()).isTrue();
        assertThat(rowlock.reapOnce(100)).isZero();
        for (int i = 0; i < 7; i++) {
            assertThat(rowlock.once(newKey(), PAY, Codec.text(), tx -> "expires")
                            .isFirst())
                    .isTrue();
        }
        database.execute("UPDATE rowlock_once SET expires_at = 1 WHERE once_key <> "
                + (database.engine() == Engine.POSTGRESQL
                        ? "convert_to('" + stays + "', 'UTF8')"
                        : "CAST('" + stays + "' AS " + (database.engine() == Engine.SQLITE ? "BLOB)" : "BINARY)")));
        assertThat(rowlock.reapOnce(3)).isEqualTo(3);
        assertThat(rowlock.reapOnce(3)).isEqualTo(3);
        assertThat(rowlock.reapOnce(3)).isEqualTo(1);
        assertThat(rowlock.reapOnce(3)).isZero();
        assertThat(number("SELECT COUNT(*) FROM rowlock_once")).isEqualTo(1);
        assertThat(pay(stays)).isInstanceOf(Once.Repeat.class);
        assertThat(events).contains(new RowlockEvent.OnceReaped(3), new RowlockEvent.OnceReaped(1));
    }

    @Databases
    void hooksRunForTheFirstAloneAndMayCallOnceThemselves(Database database) {
        Key key = newKey();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 2; i++) {
            assertThat(rowlock.once(key, PAY, Codec.text(), tx -> {
                                tx.afterCommit(() -> {
                                    ran.incrementAndGet();
                                    assertThat(pay(key)).isInstanceOf(Once.Repeat.class);
                                });
                                return pay(tx, 1);
                            })
                            .answer())
                    .isEqualTo("left 850");
        }
        assertThat(ran).hasValue(1);
        assertThat(events).noneMatch(RowlockEvent.AfterCommitFailed.class::isInstance);
    }

    @Databases
    void tablesMadeByAnEarlierReleaseGetTheNewOneBesideThem(Database database) throws SQLException {
        database.execute("DROP TABLE rowlock_once");
        assertThat(RowlockTables.createMissing(database.dataSource())).containsExactly("rowlock_once");
        assertThat(RowlockTables.createMissing(database.dataSource())).isEmpty();
        database.execute("DROP TABLE rowlock_once");
        database.execute(RowlockTables.ddl(database.engine(), "rowlock_once").toArray(String[]::new));
        assertThat(pay(newKey()).isFirst()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> RowlockTables.ddl(database.engine(), "orders"));
    }

    @Databases
    void severalProcessesMayMakeTheTablesAtOnce(Database database) {
        for (int round = 0; round < 5; round++) {
            database.execute("DROP TABLE rowlock_once", "DROP TABLE rowlock_guard", "DROP TABLE rowlock_tombstone");
            Callable<List<String>> create = () -> RowlockTables.createMissing(database.dataSource());
            Actors.run(Actors.DEADLINE, Collections.nCopies(4, create)).forEach(Actors.Outcome::get);
            assertThat(pay(newKey()).isFirst()).isTrue();
        }
    }

    @Databases
    void aStoredAnswerThatCannotBeReadIsTold(Database database) {
        Key key = newKey();
        assertThat(pay(key).isFirst()).isTrue();
        refused(
                () -> rowlock.once(
                                key, PAY, Codec.text().as(Object::toString, UUID::fromString), tx -> UUID.randomUUID())
                        .answer(),
                "The stored answer cannot be decoded",
                "key=" + key);
    }
}
