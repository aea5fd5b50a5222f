package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.event.RowlockEvent;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What goes wrong in a lottery without guards, each in the one order that shows it; {@link LotteryAtOnceTest} plays the same
 * scenarios against the service.
 */
class LotteryNaiveRaceTest {

    /** lottery-1: each reads 1000 and writes 850; ten deductions of 150 are booked and one is made. */
    @Databases
    void deductionsAreLost(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.user(1, 1000);
        NaiveLottery.Pause meeting = NaiveLottery.Pause.meeting(10);

        requireAll(Collections.nCopies(10, () -> lottery.deduct(1, 150, meeting)));

        assertThat(lottery.balance(1)).isEqualTo(850);
        assertThat(lottery.ledger(1)).isEqualTo(-1500);
    }

    /** lottery-2, C1: two buyers of five find 94 of 100 sold. */
    @Databases
    void aRoundOf100Sells104(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.round(1, 100, 94);
        lottery.user(1, 100);
        lottery.user(2, 100);
        NaiveLottery.Pause meeting = NaiveLottery.Pause.meeting(2);

        requireAll(List.of(() -> lottery.participate(1, 1, 5, meeting), () -> lottery.participate(2, 1, 5, meeting)));

        assertThat(lottery.sold(1)).isEqualTo(104);
    }

    /** lottery-4: a reset that began before midnight's other one ends after a play, and gives it back. */
    @Databases
    void aFreePlayIsForgotten(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.user(1, 0);

        lottery.resetFreePlays(1, 1, () -> {
            lottery.resetFreePlays(1, 1, NaiveLottery.Pause.NONE);
            lottery.playFree(1, 1);
            assertThat(lottery.freePlays(1)).isEqualTo(2);
        });

        assertThat(lottery.freePlays(1)).isEqualTo(3);
    }

    /** C8: three shares cost one play, and a play that is not there is used. */
    @Databases
    void freePlaysRunBelowZero(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.user(1, 0);

        lottery.playFree(1, 3);

        assertThat(lottery.freePlays(1)).isEqualTo(-1);
    }

    /** lottery-5: steps that commit one by one, and a crash after each: money without a share, a share without a number. */
    @Databases
    void aCrashLeavesHalfAPurchase(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        for (int step = 1; step <= 3; step++) {
            lottery.user(step, 100);
            lottery.round(step, 10, 0);

            lottery.participateUntil(step, step, step);

            assertThat(lottery.balance(step)).as("after step %d", step).isEqualTo(99);
            assertThat(lottery.ledger(step)).as("after step %d", step).isZero();
            assertThat(lottery.sold(step)).as("after step %d", step).isEqualTo(step >= 2 ? 1 : 0);
            assertThat(lottery.firstNumbers(step)).as("after step %d", step).hasSize(step >= 3 ? 1 : 0);
        }
    }

    /** lottery-6, C3: numbers begin at the count that was read. */
    @Databases
    void twoBuyersGetTheSameNumber(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.round(1, 100, 0);
        lottery.user(1, 100);
        lottery.user(2, 100);
        NaiveLottery.Pause meeting = NaiveLottery.Pause.meeting(2);

        requireAll(List.of(() -> lottery.participate(1, 1, 1, meeting), () -> lottery.participate(2, 1, 1, meeting)));

        assertThat(lottery.firstNumbers(1)).containsExactly(10_000_001, 10_000_001);
    }

    /** lottery-7, C4: one holds the round and wants the user, the other the other way round. SQLite has one lock for all. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void twoWaysToBuyWaitForEachOther(Database database) {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.round(1, 100, 0);
        lottery.user(1, 100);
        NaiveLottery.Pause meeting = NaiveLottery.Pause.meeting(2);

        List<Actors.Outcome<Object>> outcomes = Actors.run(
                () -> {
                    lottery.lockRoundThenUser(1, 1, meeting);
                    return true;
                },
                () -> {
                    lottery.lockUserThenRound(1, 1, meeting);
                    return true;
                });

        assertThat(outcomes)
                .filteredOn(outcome -> !outcome.succeeded())
                .singleElement()
                .satisfies(victim -> assertThat(SqlFailure.of(database.engine(), (SQLException) victim.failure())
                                .kind())
                        .isEqualTo(SqlFailure.Kind.DEADLOCK));
    }

    /** lottery-7: the order is told by a single run in which nobody else does anything, and refused in strict mode. */
    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void theWrongOrderIsReportedWithoutADeadlock(Database database) {
        LotterySchema.migrate(database);
        List<RowlockEvent> events = new CopyOnWriteArrayList<>();
        Rowlock lenient = Rowlock.on(database.dataSource())
                .order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new))
                .listener(events::add)
                .build();
        Rowlock strict = Rowlock.on(database.dataSource())
                .order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new))
                .strict(true)
                .build();
        UUID user = done(new Users(lenient).create("700700700")).id();
        UUID product = done(new Products(lenient).create("Teapot", 10, Money.parse("1.00"), Money.parse("9.00"), 1))
                .id();
        UUID round = done(new Rounds(lenient).open(product)).round().value().id();

        userThenRound(lenient, user, round);

        assertThat(events)
                .filteredOn(RowlockEvent.OrderBroken.class::isInstance)
                .singleElement()
                .asString()
                .contains("users", "lottery_rounds");
        assertThatThrownBy(() -> userThenRound(strict, user, round))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Lock against the order");
    }

    private static void userThenRound(Rowlock rowlock, UUID user, UUID round) {
        boolean both =
                rowlock.transact(tx -> tx.lock(LotteryTables.WALLETS, user).isPresent()
                        && tx.lock(LotteryTables.ROUNDS, round).isPresent());
        assertThat(both).isTrue();
    }

    /** lottery-8, C5: both find the round full. */
    @Databases
    void aRoundIsDrawnTwice(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.round(1, 100, 100);
        NaiveLottery.Pause meeting = NaiveLottery.Pause.meeting(2);

        requireAll(List.of(() -> lottery.draw(1, 1, meeting), () -> lottery.draw(1, 2, meeting)));

        assertThat(lottery.prizes(1)).containsExactly(1, 2);
    }

    /** lottery-11: the answer was lost, so the same request comes again; nothing tells it from a second purchase. */
    @Databases
    void aRequestThatIsRepeatedBuysTwice(Database database) throws Exception {
        NaiveLottery lottery = new NaiveLottery(database);
        lottery.round(1, 100, 0);
        lottery.user(1, 100);

        for (int time = 1; time <= 2; time++) {
            assertThat(lottery.participate(1, 1, 1, NaiveLottery.Pause.NONE)).isTrue();
        }

        assertThat(lottery.balance(1)).isEqualTo(98);
        assertThat(lottery.firstNumbers(1)).hasSize(2);
    }

    private static void requireAll(List<Callable<Boolean>> actors) {
        assertThat(Actors.run(Actors.DEADLINE, actors))
                .allSatisfy(outcome -> assertThat(outcome.get()).isEqualTo(true));
    }

    private static <T> T done(Outcome<T> outcome) {
        return outcome.fold(
                done -> done,
                refusal -> {
                    throw new AssertionError(refusal.toString());
                },
                conflict -> {
                    throw new AssertionError(conflict.toString());
                });
    }
}
