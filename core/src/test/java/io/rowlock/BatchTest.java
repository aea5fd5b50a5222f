package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchProgress;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemResult;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.TcpProxy;
import io.rowlock.engines.When;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;

/** What a batch promises, on each engine. */
class BatchTest {
    /** A payment from an account; the number tells it apart. */
    private record Payment(int number, long account) {}

    record Receipt(long id, long version) {}

    private static final Table<Receipt, Long> RECEIPTS =
            Table.of("batch_receipts", Receipt.class).key("id", Long.class).build();

    private static final Batch<Payment, Long> PAY = Batch.of(
            "pay",
            Payments.ACCOUNTS,
            Payment::account,
            (tx, payment) -> ItemResult.applied(Payments.pay(tx, payment.account())));

    private final List<RowlockEvent> events = new CopyOnWriteArrayList<>();
    private Database database;
    private Rowlock rowlock;

    @BeforeEach
    void accounts(Database database) throws SQLException {
        this.database = database;
        Payments.create(database);
        database.execute(
                "DROP TABLE IF EXISTS batch_receipts",
                "CREATE TABLE batch_receipts (id BIGINT PRIMARY KEY, version BIGINT DEFAULT 1 NOT NULL)");
        rowlock = Rowlock.on(database.dataSource()).listener(events::add).build();
    }

    private static List<Payment> oneFromEach(int accounts) {
        return IntStream.rangeClosed(1, accounts)
                .mapToObj(number -> new Payment(number, number))
                .toList();
    }

    private long made() {
        return LongStream.rangeClosed(1, 20)
                .map(account -> Payments.made(rowlock, account))
                .sum();
    }

    private long committed() {
        return events.stream().filter(RowlockEvent.Committed.class::isInstance).count();
    }

    @Databases
    void resultsComeInTheOrderOfTheCaller(Database database) {
        List<Payment> payments = new ArrayList<>();
        for (int number = 1; number <= 200; number++) {
            payments.add(new Payment(number, 1 + number % 20));
        }
        Collections.shuffle(payments, new Random(7));
        Batch<Payment, String> batch =
                Batch.of("pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> {
                    if (payment.number() % 10 == 3) {
                        return ItemResult.refused("unlucky");
                    }
                    Long unused = Payments.pay(tx, payment.account());
                    return ItemResult.applied("paid " + payment.number());
                });
        BatchReport<String> report = rowlock.batch(batch.withChunkSize(32), payments);
        for (int i = 0; i < payments.size(); i++) {
            int number = payments.get(i).number();
            assertThat(report.results().get(i))
                    .isEqualTo(
                            number % 10 == 3
                                    ? new ItemResult.Refused<>("unlucky")
                                    : new ItemResult.Applied<>("paid " + number));
        }
        assertThat(report.applied()).isEqualTo(180);
        assertThat(report.refused()).isEqualTo(20);
        assertThat(report.failed()).isZero();
        assertThat(made()).isEqualTo(180);
        assertThat(committed()).isEqualTo(7);
    }

    @Databases
    void itemsWithOneKeyKeepTheirOrder(Database database) {
        List<Payment> payments = new ArrayList<>();
        for (int number = 1; number <= 60; number++) {
            payments.add(new Payment(number, 1 + number % 3));
        }
        BatchReport<Long> report = rowlock.batch(PAY.withChunkSize(7), payments);
        for (int i = 0; i < payments.size(); i++) {
            assertThat(report.results().get(i)).isEqualTo(new ItemResult.Applied<>(Payments.BEFORE - 1 - i / 3));
        }
    }

    @Databases
    void anEmptyBatchDoesNothing(Database database) {
        assertThat(rowlock.batch(PAY, List.of()).results()).isEmpty();
        assertThat(events).isEmpty();
    }

    // ---- failing items

    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** One throws after it has staged a payment; one meets a constraint, which only the flush sees. */
    @Databases
    void itemsThatFailTakeNoOthersWithThem(Database database) {
        database.execute("INSERT INTO batch_receipts (id) VALUES (13)");
        Batch<Payment, Long> batch = Batch.of("pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> {
            Long left = Payments.pay(tx, payment.account());
            if (payment.number() == 5) {
                throw new Refused();
            }
            Row<Receipt> unused = tx.insert(RECEIPTS, new Receipt(payment.number(), 0));
            return ItemResult.applied(left);
        });
        BatchReport<Long> report = rowlock.batch(batch, oneFromEach(20));
        for (int i = 0; i < 20; i++) {
            ItemResult<Long> result = report.results().get(i);
            switch (i + 1) {
                case 5 ->
                    assertThat(result)
                            .isInstanceOfSatisfying(
                                    ItemResult.Failed.class,
                                    failed -> assertThat(failed.failure()).isInstanceOf(Refused.class));
                case 13 ->
                    assertThat(result)
                            .isInstanceOfSatisfying(
                                    ItemResult.Failed.class,
                                    failed -> assertThat(failed.failure())
                                            .isInstanceOfSatisfying(
                                                    DatabaseFailure.class,
                                                    refused -> assertThat(refused.kind())
                                                            .isEqualTo(SqlFailure.Kind.UNIQUE)));
                default -> assertThat(result).isEqualTo(new ItemResult.Applied<>(Payments.BEFORE - 1));
            }
        }
        assertThat(Payments.made(rowlock, 5)).isZero();
        assertThat(Payments.made(rowlock, 13)).isZero();
        assertThat(made()).isEqualTo(18);
        // Two bad items among twenty in one chunk: far from a transaction for each.
        assertThat(committed()).isLessThan(10);
    }

    @Databases
    void everyItemMayFail(Database database) {
        Batch<Payment, Long> batch = Batch.of("pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> {
            throw new Refused();
        });
        assertThat(rowlock.batch(batch.withChunkSize(8), oneFromEach(20)).failed())
                .isEqualTo(20);
        assertThat(made()).isZero();
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void whatCannotBeReachedFailsAndIsNotTriedItemByItem(Database database) {
        TcpProxy proxy = database.newProxy();
        Rowlock through = Rowlock.on(database.dataSource(pool -> {
                    pool.setJdbcUrl(database.url(proxy.host(), proxy.port()));
                    pool.setConnectionTimeout(250);
                    return pool;
                }))
                .build();
        AtomicInteger chunks = new AtomicInteger();
        BatchReport<Long> report = through.batch(
                PAY.withChunkSize(5).withProgress(progress -> {
                    if (chunks.incrementAndGet() == 2) {
                        proxy.rejectNew(true);
                        proxy.cutAll();
                    }
                }),
                oneFromEach(20));
        assertThat(report.applied()).isEqualTo(10);
        assertThat(report.failed()).isEqualTo(10);
        assertThat(made()).isEqualTo(10);
    }

    /** What may be stored is not run again: without ids nobody could tell. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aChunkWhoseCommitIsLostIsNotRunAgainUnlessItCanBeResumed(Database database) {
        for (boolean resumable : new boolean[] {false, true}) {
            TcpProxy proxy = database.newProxy();
            Rowlock through = Rowlock.on(database.newDataSourceThrough(proxy)).build();
            AtomicInteger ran = new AtomicInteger();
            Batch<Payment, Long> batch =
                    Batch.of("pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> {
                        Long left = Payments.pay(tx, payment.account());
                        if (ran.incrementAndGet() == 10) {
                            proxy.mostRecentSender().orElseThrow().cutNextRequest(When.AFTER);
                        }
                        return ItemResult.applied(left);
                    });
            batch = batch.withChunkSize(5);
            if (resumable) {
                batch = batch.resumable(UUID.randomUUID().toString(), Payment::number, Codec.number());
            }
            long before = made();
            BatchReport<Long> report = through.batch(batch, oneFromEach(20));
            assertThat(made() - before).isEqualTo(20);
            assertThat(ran).hasValue(20);
            assertThat(report.failed()).isEqualTo(resumable ? 0 : 5);
            assertThat(report.results().stream().filter(ItemResult.Failed.class::isInstance))
                    .allMatch(result -> ((ItemResult.Failed<Long>) result).failure() instanceof CommitOutcomeUnknown);
        }
    }

    /** On a disk that is full, or no longer writable, the next item would fare no better. */
    @Databases
    void whereTheDiskIsFullTheBatchEnds(Database database) {
        FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
        Rowlock full = Rowlock.on(faults).build();
        int code = Map.of(Engine.SQLITE, 13, Engine.MARIADB, 1021).getOrDefault(database.engine(), 0);
        BatchReport<Long> report = full.batch(
                PAY.withChunkSize(5)
                        .withProgress(progress -> faults.failAt(
                                faults.record().size() + 1,
                                When.BEFORE,
                                () -> new SQLException("disk full", "53100", code))),
                oneFromEach(20));
        assertThat(report.applied()).isEqualTo(5);
        assertThat(report.failed()).isEqualTo(15);
        assertThat(made()).isEqualTo(5);
    }

    // ---- order

    private static Batch<Payment, Long> lockingEarly() {
        return Batch.of("pay", Payments.ACCOUNTS, Payment::account, (tx, payment) -> {
            Long left = Payments.payLocked(tx, payment.account());
            return ItemResult.applied(left);
        });
    }

    @Databases
    void batchesInOppositeOrderDoNotDeadlock(Database database) {
        Tally tally = new Tally();
        Rowlock one = Rowlock.on(database.dataSource()).listener(tally).build();
        Rowlock other =
                Rowlock.on(database.dataSource(pool -> pool)).listener(tally).build();
        List<Payment> upwards = oneFromEach(20);
        List<Payment> downwards = new ArrayList<>(upwards);
        Collections.reverse(downwards);
        Crowd.times(
                10,
                List.of(
                        () -> assertThat(one.batch(lockingEarly(), upwards).applied())
                                .isEqualTo(20),
                        () -> assertThat(one.batch(lockingEarly(), downwards).applied())
                                .isEqualTo(20),
                        () -> assertThat(other.batch(lockingEarly(), upwards).applied())
                                .isEqualTo(20),
                        () -> assertThat(other.batch(lockingEarly(), downwards).applied())
                                .isEqualTo(20)));
        assertThat(made()).isEqualTo(4 * 10 * 20);
        assertThat(tally.retried(Cause.DEADLOCK)).isZero();
        assertThat(tally.failed()).isZero();
    }

    /** One transaction each, in the order given, each with half of the rows when they meet. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void oneTransactionEachInTheOrderGivenDeadlocks(Database database) {
        CyclicBarrier half = new CyclicBarrier(2);
        Callable<Void> upwards = () -> payByHand(1, 2, half);
        Callable<Void> downwards = () -> payByHand(2, 1, half);
        List<Actors.Outcome<Void>> outcomes = Actors.run(upwards, downwards);
        List<Throwable> failures = outcomes.stream()
                .filter(outcome -> !outcome.succeeded())
                .<Throwable>map(Actors.Outcome::failure)
                .toList();
        assertThat(failures).hasSize(1);
        assertThat(SqlFailure.of(database.engine(), failures.get(0)).kind()).isEqualTo(SqlFailure.Kind.DEADLOCK);
    }

    private Void payByHand(long first, long second, CyclicBarrier half) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try {
                statement.execute("UPDATE payment_accounts SET balance = balance - 1 WHERE id = " + first);
                half.await(30, TimeUnit.SECONDS);
                statement.execute("UPDATE payment_accounts SET balance = balance - 1 WHERE id = " + second);
                connection.commit();
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            }
        }
        return null;
    }

    @Databases
    void aBatchOrderedByKeysTakesItsGuardsInOrder(Database database) {
        Batch<Payment, Long> guarded =
                Batch.keyed("pay", payment -> Key.of("account", payment.account()), (tx, payment) -> {
                    tx.guard(Key.of("account", payment.account()));
                    return ItemResult.applied(Payments.pay(tx, payment.account()));
                });
        Tally tally = new Tally();
        Rowlock one = Rowlock.on(database.dataSource()).listener(tally).build();
        List<Payment> upwards = oneFromEach(20);
        List<Payment> downwards = new ArrayList<>(upwards);
        Collections.reverse(downwards);
        Crowd.times(
                5,
                List.of(
                        () -> assertThat(one.batch(guarded, upwards).applied()).isEqualTo(20),
                        () -> assertThat(one.batch(guarded, downwards).applied())
                                .isEqualTo(20)));
        assertThat(made()).isEqualTo(2 * 5 * 20);
        assertThat(tally.retried(Cause.DEADLOCK)).isZero();
    }

    // ---- resuming

    @Databases
    void aRunThatIsTakenUpAgainDoesTheRestAndAnswersWhatIsStored(Database database) {
        Set<Integer> failing = new HashSet<>(List.of(4, 11));
        List<Integer> ran = new CopyOnWriteArrayList<>();
        Batch<Payment, Long> batch = Batch.of("pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> {
            ran.add(payment.number());
            if (failing.contains(payment.number())) {
                throw new Refused();
            }
            if (payment.number() == 7) {
                return ItemResult.refused("blocked");
            }
            return ItemResult.applied(Payments.pay(tx, payment.account()) * 100 + payment.number());
        });
        batch = batch.withChunkSize(6).resumable(UUID.randomUUID().toString(), Payment::number, Codec.number());
        BatchReport<Long> first = rowlock.batch(batch, oneFromEach(20));
        assertThat(first.failed()).isEqualTo(2);
        assertThat(first.repeated()).isZero();
        assertThat(made()).isEqualTo(17);

        ran.clear();
        failing.clear();
        List<Payment> again = new ArrayList<>(oneFromEach(20));
        Collections.reverse(again);
        BatchReport<Long> second = rowlock.batch(batch, again);
        assertThat(ran).containsExactlyInAnyOrder(4, 11);
        assertThat(second.failed()).isZero();
        assertThat(second.repeated()).isEqualTo(18);
        assertThat(made()).isEqualTo(19);
        for (int i = 0; i < 20; i++) {
            int number = i + 1;
            ItemResult<Long> result = second.results().get(19 - i);
            assertThat(result)
                    .isEqualTo(
                            number == 7
                                    ? new ItemResult.Refused<>("blocked")
                                    : new ItemResult.Applied<>((Payments.BEFORE - 1) * 100 + number));
        }

        BatchReport<Long> third = rowlock.batch(batch, again);
        assertThat(third.repeated()).isEqualTo(20);
        assertThat(third.results()).isEqualTo(second.results());
        BatchReport<Long> otherRun = rowlock.batch(
                batch.resumable(UUID.randomUUID().toString(), Payment::number, Codec.number()), oneFromEach(20));
        assertThat(otherRun.repeated()).isZero();
        assertThat(made()).isEqualTo(38);
    }

    /** Whoever locks early takes the items' once-keys in its transaction; whoever stages alone, with its flush. */
    @Databases
    void twoProcessesThatRunTheSameBatchDoEachItemOnce(Database database) {
        Rowlock other = Rowlock.on(database.dataSource(pool -> pool)).build();
        for (Batch<Payment, Long> kind : List.of(PAY, lockingEarly())) {
            long before = made();
            Batch<Payment, Long> batch =
                    kind.withChunkSize(7).resumable(UUID.randomUUID().toString(), Payment::number, Codec.number());
            List<Payment> payments = new ArrayList<>();
            for (int number = 1; number <= 100; number++) {
                payments.add(new Payment(number, 1 + number % 20));
            }
            List<Actors.Outcome<BatchReport<Long>>> outcomes = Actors.run(
                    () -> rowlock.batch(batch, payments),
                    () -> other.batch(batch.withChunkSize(5), payments),
                    () -> other.batch(batch, payments));
            List<ItemResult<Long>> results = outcomes.get(0).get().results();
            for (Actors.Outcome<BatchReport<Long>> outcome : outcomes) {
                assertThat(outcome.get().results()).isEqualTo(results);
            }
            assertThat(outcomes.stream()
                            .mapToInt(outcome -> outcome.get().repeated())
                            .sum())
                    .isEqualTo(200);
            assertThat(made() - before).isEqualTo(100);
        }
    }

    @Databases
    void aProcessKilledInTheMiddleOfABatchIsGoneOnWith(Database database) throws Exception {
        for (int stopInside : new int[] {0, 14}) {
            long before = made();
            String series = UUID.randomUUID().toString();
            int payments = 40;
            try (OnceProcess other =
                    OnceProcess.start(database, OnceProcess.Mode.AS_A_BATCH, series, payments, stopInside)) {
                assertThat(other.awaitTold(stopInside == 0 ? 2 : 4)).isPositive();
                other.kill();
            }
            AtomicInteger chunks = new AtomicInteger();
            BatchReport<Long> report = rowlock.batch(
                    OnceProcess.batch(series, 0, chunks::incrementAndGet), OnceProcess.payments(payments));
            assertThat(report.applied()).isEqualTo(payments);
            assertThat(report.repeated()).isGreaterThanOrEqualTo(2 * OnceProcess.CHUNK);
            if (stopInside != 0) {
                assertThat(report.repeated()).isEqualTo(3 * OnceProcess.CHUNK);
            }
            assertThat(made() - before).isEqualTo(payments);
            assertThat(chunks).hasValue(payments / OnceProcess.CHUNK);
        }
    }

    /** What its caller needs next is not the same for any two items; what is counted is the reason. */
    @Databases
    void aRefusalCarriesWhatItsCallerNeedsNextEachTime(Database database) {
        List<Payment> payments = oneFromEach(6);
        Batch<Payment, String> batch = Batch.of(
                "pay", Payments.ACCOUNTS, Payment::account, (Tx tx, Payment payment) -> switch (payment.number()) {
                    case 2 -> ItemResult.refused("too little", "missing " + payment.number() + " €");
                    case 3 -> ItemResult.refused("zu wenig €", "");
                    case 4 -> ItemResult.refused("blocked");
                    default -> ItemResult.applied("left " + Payments.pay(tx, payment.account()));
                });
        String paid = "left " + (Payments.BEFORE - 1);
        List<ItemResult<String>> expected = List.of(
                new ItemResult.Applied<>(paid),
                new ItemResult.Refused<>("too little", "missing 2 €"),
                new ItemResult.Refused<>("zu wenig €", ""),
                new ItemResult.Refused<>("blocked"),
                new ItemResult.Applied<>(paid),
                new ItemResult.Applied<>(paid));

        batch = batch.resumable(UUID.randomUUID().toString(), Payment::number, Codec.text());
        BatchReport<String> first = rowlock.batch(batch, payments);
        BatchReport<String> again = rowlock.batch(batch, payments);

        assertThat(first.results()).isEqualTo(expected);
        assertThat(again.results()).isEqualTo(expected);
        assertThat(again.repeated()).isEqualTo(6);
        assertThat(again.refused()).isEqualTo(3);
        assertThat(events)
                .contains(
                        new RowlockEvent.BatchProgressed("pay", 3, 3, 0, 0, 6, 6),
                        new RowlockEvent.BatchProgressed("pay", 0, 0, 0, 6, 6, 6));
        assertThat(made()).isEqualTo(3);
    }

    @Databases
    void anItemThatComesAgainWithOtherContentFailsAndTheRestIsAnswered(Database database) {
        String run = UUID.randomUUID().toString();
        Batch<Payment, Long> plain = PAY.resumable(run, Payment::number, Codec.number());
        Batch<Payment, Long> batch = plain.withFingerprint(payment -> Fingerprint.of(payment.account()));
        assertThat(rowlock.batch(batch, oneFromEach(4)).applied()).isEqualTo(4);
        List<Payment> changed =
                List.of(new Payment(1, 1), new Payment(2, 20), new Payment(3, 3), new Payment(4, 4), new Payment(5, 5));

        BatchReport<Long> again = rowlock.batch(batch, changed);

        assertThat(again.results().get(1))
                .isInstanceOfSatisfying(
                        ItemResult.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("key=rowlock-batch:pay:" + run + ":2, item=1")
                                .hasMessageContaining("an id of its own"));
        assertThat(again.applied()).isEqualTo(4);
        assertThat(again.repeated()).isEqualTo(3);
        assertThat(Payments.made(rowlock, 2)).isOne();
        assertThat(Payments.made(rowlock, 20)).isZero();
        assertThat(events).contains(new RowlockEvent.BatchProgressed("pay", 1, 0, 1, 3, 5, 5));
        // Without a fingerprint the id alone counts.
        assertThat(rowlock.batch(plain, changed).repeated()).isEqualTo(5);
        assertThat(made()).isEqualTo(5);
    }

    /** A run that an older version of the program began is gone on with. */
    @Databases
    void whatWasStoredWithoutAFingerprintIsNotCompared(Database database) {
        Batch<Payment, Long> batch = PAY.resumable(UUID.randomUUID().toString(), Payment::number, Codec.number());
        assertThat(rowlock.batch(batch, oneFromEach(3)).applied()).isEqualTo(3);

        BatchReport<Long> compared =
                rowlock.batch(batch.withFingerprint(payment -> Fingerprint.of(payment.account())), oneFromEach(5));

        assertThat(compared.repeated()).isEqualTo(3);
        assertThat(compared.applied()).isEqualTo(5);
        assertThat(made()).isEqualTo(5);
    }

    @Databases
    void aStoredResultThatCannotBeDecodedFailsAloneAndSaysSo(Database database) {
        String run = UUID.randomUUID().toString();
        Batch<Payment, String> texts = Batch.of(
                "pay",
                Payments.ACCOUNTS,
                Payment::account,
                (tx, payment) -> ItemResult.applied("" + Payments.pay(tx, payment.account())));
        assertThat(rowlock.batch(texts.resumable(run, Payment::number, Codec.text()), oneFromEach(1))
                        .applied())
                .isOne();

        BatchReport<Long> numbers = rowlock.batch(PAY.resumable(run, Payment::number, Codec.number()), oneFromEach(3));

        assertThat(numbers.results().get(0))
                .isInstanceOfSatisfying(
                        ItemResult.Failed.class,
                        failed -> assertThat(failed.failure())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("cannot be decoded"));
        assertThat(numbers.applied()).isEqualTo(2);
        assertThat(made()).isEqualTo(3);
    }

    // ---- told and refused

    @Databases
    void progressIsToldAndWhatItThrowsIsNotHeard(Database database) {
        List<BatchProgress> told = new ArrayList<>();
        BatchReport<Long> report = rowlock.batch(
                PAY.withChunkSize(8).withProgress(progress -> {
                    told.add(progress);
                    throw new IllegalStateException("the progress bar broke");
                }),
                oneFromEach(20));
        assertThat(report.applied()).isEqualTo(20);
        assertThat(told).extracting(BatchProgress::done).containsExactly(8, 16, 20);
        assertThat(told).allMatch(progress -> progress.total() == 20 && progress.failed() == 0);
        assertThat(events)
                .contains(
                        new RowlockEvent.BatchProgressed("pay", 8, 0, 0, 0, 8, 20),
                        new RowlockEvent.BatchProgressed("pay", 4, 0, 0, 0, 20, 20));
    }

    @Databases
    void whatCannotBeRightIsRefused(Database database) {
        assertThatIllegalStateException()
                .isThrownBy(() -> rowlock.transact(tx -> rowlock.batch(PAY, oneFromEach(2))))
                .withMessageContaining("batch entered inside a unit");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> rowlock.batch(PAY.resumable("run", payment -> "same", Codec.number()), oneFromEach(2)))
                .withMessageContaining("have one id");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PAY.withChunkSize(0))
                .withMessageContaining("chunkSize=0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PAY.withChunkSize(Batch.CHUNK_SIZE_MAX + 1))
                .withMessageContaining("500");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PAY.resumable("run", Payment::number, Codec.number(), Duration.ofSeconds(1)))
                .withMessageContaining("keep=PT1S");
        assertThatIllegalStateException()
                .isThrownBy(() -> PAY.withFingerprint(payment -> Fingerprint.of(payment.account())))
                .withMessageContaining("resumable(...).withFingerprint(...)");
        assertThat(made()).isZero();
    }

    @Databases
    void theLargestChunkIsOneTransaction(Database database) {
        List<Payment> payments = new ArrayList<>();
        for (int number = 1; number <= Batch.CHUNK_SIZE_MAX; number++) {
            payments.add(new Payment(number, number));
        }
        Batch<Payment, Long> receipts = Batch.of("receipts", RECEIPTS, Payment::account, (Tx tx, Payment payment) -> {
            Row<Receipt> unused = tx.insert(RECEIPTS, new Receipt(payment.number(), 0));
            return ItemResult.applied((long) payment.number());
        });
        receipts = receipts.withChunkSize(Batch.CHUNK_SIZE_MAX)
                .resumable(UUID.randomUUID().toString(), Payment::number, Codec.number());
        assertThat(rowlock.batch(receipts, payments).applied()).isEqualTo(Batch.CHUNK_SIZE_MAX);
        assertThat(committed()).isEqualTo(1);
        assertThat(rowlock.batch(receipts, payments).repeated()).isEqualTo(Batch.CHUNK_SIZE_MAX);
    }
}
