package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.RaceChecks.oneIsDone;
import static io.rowlock.app.races.Checks.noRow;

import io.rowlock.app.naive.EarlyLottery;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.Stand;
import io.rowlock.dialect.Engine;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/** The races of {@link EarlyLottery}: what goes wrong without guards. */
final class EarlyLotteryRaces {
    private static final String ONE_WRITER = "SQLite has one writer: nobody who writes waits for a second lock";

    /** In one transaction the first, and the second where each statement is a transaction. */
    private static final Set<Anomaly> OVERWRITTEN = Set.of(Anomaly.LOST_UPDATE, Anomaly.SCOPE_SPLIT);

    private static final Set<Anomaly> INSERTED_TWICE = Set.of(Anomaly.DUPLICATE_INSERT, Anomaly.SCOPE_SPLIT);

    /** Two users, a round with 6 shares left and one that is full, an order that waits to be paid. */
    private static final String[] ROWS = {
        "INSERT INTO naive_users VALUES (1, 200, 1, 0, 0)",
        "INSERT INTO naive_users VALUES (2, 200, 1, 0, 0)",
        "INSERT INTO naive_products VALUES (1, 5)",
        "INSERT INTO naive_rounds VALUES (1, 100, 94, 'active')",
        "INSERT INTO naive_rounds VALUES (2, 100, 100, 'full')",
        "INSERT INTO naive_orders VALUES (1, 'pending', 0, 1)"
    };

    private static final Scenario.Check BOOKED = noRow("""
            SELECT u.balance, COALESCE(SUM(l.amount), 0) AS booked
              FROM naive_users u LEFT JOIN naive_ledger l ON l.user_id = u.id
             WHERE u.id = 1
             GROUP BY u.id, u.balance
            HAVING u.balance <> 200 + COALESCE(SUM(l.amount), 0)""");

    private static final Scenario.Check NOT_OVERSOLD = noRow("SELECT sold, total FROM naive_rounds WHERE sold > total");

    private static final Scenario.Check NUMBERED_ONCE = noRow("""
            SELECT first_number, COUNT(*) AS times
              FROM naive_participations
             GROUP BY first_number
            HAVING COUNT(*) > 1""");

    private static final Scenario.Check BOTH_SOLD = noRow("SELECT sold FROM naive_rounds WHERE id = 1 AND sold <> 96");

    private static final Scenario.Check ONE_PRIZE =
            noRow("SELECT COUNT(*) AS prizes FROM naive_prizes HAVING COUNT(*) > 1");

    private static final Scenario.Check BOUGHT_ONCE =
            noRow("SELECT COUNT(*) AS purchases FROM naive_participations HAVING COUNT(*) <> 1");

    private static final Scenario.Check PAID_OR_EXPIRED = noRow("""
            SELECT o.status, o.paid, p.stock
              FROM naive_orders o CROSS JOIN naive_products p
             WHERE o.paid = 1
               AND (o.status <> 'paid' OR p.stock <> 5)""");

    private EarlyLotteryRaces() {}

    static List<Race> all() {
        return List.of(
                wrong(
                        "lottery-1",
                        Form.NAIVE,
                        "two deductions from one balance",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.deduct(1, 150))
                                .actor(() -> shop.deduct(1, 150))
                                .invariant("the balance is what was booked", BOOKED)),
                wrong(
                        "lottery-1",
                        Form.PUBLISHED,
                        "a deduction by version, and a credit that does not count the version up",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.deductByVersion(1, 150))
                                .actor(() -> shop.credit(1, 50))
                                .invariant("the balance is what was booked", BOOKED)),
                wrong(
                        "lottery-2",
                        Form.NAIVE,
                        "two buyers of 5 with 6 left",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.buy(1, 5))
                                .actor(() -> shop.buy(1, 5))
                                .invariant("no more is sold than there is", NOT_OVERSOLD)),
                wrong(
                        "lottery-2",
                        Form.PUBLISHED,
                        "two buyers of 5 with 6 left, who write if any share is left",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.buyIfAnyIsLeft(1, 5))
                                .actor(() -> shop.buyIfAnyIsLeft(1, 5))
                                .invariant("no more is sold than there is", NOT_OVERSOLD)),
                wrong(
                        "lottery-3",
                        Form.NAIVE,
                        "two steps of one order",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.move(1, "confirmed"))
                                .actor(() -> shop.move(1, "cancelled"))
                                .invariant("one step is taken", oneIsDone())),
                wrong(
                        "lottery-3",
                        Form.PUBLISHED,
                        "two steps of one order by version, and nobody hears of the conflict",
                        Set.of(Anomaly.IGNORED_OUTCOME),
                        (shop, rows) -> rows.actor(() -> shop.moveByVersion(1, "confirmed"))
                                .actor(() -> shop.moveByVersion(1, "cancelled"))
                                .invariant("one step is taken", oneIsDone())),
                wrong(
                        "lottery-4",
                        Form.NAIVE,
                        "two resets of the free plays, and a play",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.resetFreePlays(1, 1))
                                .actor(() -> resetAndPlay(shop))
                                .invariant(
                                        "a play is gone",
                                        noRow("SELECT free_plays FROM naive_users WHERE id = 1 AND free_plays <> 2"))),
                wrong(
                        "lottery-4",
                        Form.PUBLISHED,
                        "two plays with one left",
                        OVERWRITTEN,
                        (shop, rows) -> rows.reset("UPDATE naive_users SET free_plays = 1")
                                .actor(() -> shop.playFree(1))
                                .actor(() -> shop.playFree(1))
                                .invariant(
                                        "nobody plays what is not there",
                                        noRow("SELECT free_plays FROM naive_users WHERE free_plays < 0"))),
                wrong(
                        "lottery-5",
                        Form.NAIVE,
                        "a purchase that crashes between its steps",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        (shop, rows) -> rows.crashingActor(() -> shop.buyInSteps(1, 1))
                                .invariant("money is gone for a share, and booked", noRow("""
                                        SELECT u.balance, r.sold, (SELECT COUNT(*) FROM naive_ledger) AS bookings
                                          FROM naive_users u CROSS JOIN naive_rounds r
                                         WHERE u.id = 1 AND r.id = 1
                                           AND (200 - u.balance <> r.sold - 94
                                                OR 200 - u.balance <> (SELECT COUNT(*) FROM naive_ledger))"""))),
                wrong(
                        "lottery-6",
                        Form.NAIVE,
                        "two purchases that count the shares",
                        Set.of(Anomaly.PHANTOM_GUARD, Anomaly.SCOPE_SPLIT),
                        (shop, rows) -> rows.reset("INSERT INTO naive_participations VALUES (1, 1, 10000001, 1)")
                                .actor(() -> shop.takeNextNumber(1, 1))
                                .actor(() -> shop.takeNextNumber(2, 1))
                                .invariant("a number is sold once", NUMBERED_ONCE)),
                wrong(
                        "lottery-6",
                        Form.PUBLISHED,
                        "two purchases that number from the count they have read",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.buyNumbered(1, 1))
                                .actor(() -> shop.buyNumbered(2, 1))
                                .invariant("a number is sold once", NUMBERED_ONCE)),
                wrong(
                                "lottery-7",
                                Form.NAIVE,
                                "a purchase writes the round first, another the user",
                                Set.of(Anomaly.DEADLOCK),
                                (shop, rows) -> rows.actor(() -> shop.roundThenUser(1, 1))
                                        .actor(() -> shop.userThenRound(1, 1))
                                        .invariant("both have bought", BOTH_SOLD))
                        .except(Engine.SQLITE, ONE_WRITER),
                wrong(
                                "lottery-7",
                                Form.PUBLISHED,
                                "a purchase locks the round first, another the user",
                                Set.of(Anomaly.DEADLOCK),
                                (shop, rows) -> rows.actor(() -> shop.lockRoundThenUser(1, 1))
                                        .actor(() -> shop.lockUserThenRound(1, 1))
                                        .invariant("both have bought", BOTH_SOLD))
                        .except(Engine.SQLITE, ONE_WRITER),
                wrong(
                        "lottery-8",
                        Form.NAIVE,
                        "two draws of one round",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.draw(2, 1))
                                .actor(() -> shop.draw(2, 2))
                                .invariant("one prize", ONE_PRIZE)),
                wrong(
                        "lottery-8",
                        Form.PUBLISHED,
                        "two draws that look for an earlier one",
                        INSERTED_TWICE,
                        (shop, rows) -> rows.actor(() -> shop.drawUnlessDrawn(2, 1))
                                .actor(() -> shop.drawUnlessDrawn(2, 2))
                                .invariant("one prize", ONE_PRIZE)),
                wrong(
                        "lottery-9",
                        Form.NAIVE,
                        "a payment that is told twice",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.receive(1, 1, 50))
                                .actor(() -> shop.receive(1, 1, 50))
                                .invariant("credited once", creditedOnce())),
                wrong(
                        "lottery-9",
                        Form.PUBLISHED,
                        "a crash between paid and credited, and the payment is told again",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        (shop, rows) -> rows.crashingActor(() -> shop.receiveInSteps(1, 1, 50))
                                .actor(() -> shop.receiveInSteps(1, 1, 50))
                                .invariant("credited once", creditedOnce())),
                wrong(
                        "lottery-10",
                        Form.NAIVE,
                        "an order expires while it is paid",
                        OVERWRITTEN,
                        (shop, rows) -> rows.actor(() -> shop.expire(1, 1))
                                .actor(() -> shop.payPending(1))
                                .invariant("paid or expired", PAID_OR_EXPIRED)),
                wrong(
                        "lottery-10",
                        Form.PUBLISHED,
                        "an order expires in steps, with a compensation that a crash takes away, while it is paid",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        (shop, rows) -> rows.crashingActor(() -> shop.expireWithCompensation(1, 1))
                                .actor(() -> shop.payIfPending(1))
                                .invariant("paid or expired", PAID_OR_EXPIRED)),
                wrong(
                        "lottery-11",
                        Form.NAIVE,
                        "a request that is sent again",
                        Set.of(Anomaly.NOT_SERIALIZABLE),
                        (shop, rows) -> rows.actor(() -> shop.buyAgain(1, 1))
                                .actor(() -> shop.buyAgain(1, 1))
                                .invariant("bought once", BOUGHT_ONCE)),
                wrong(
                        "lottery-11",
                        Form.PUBLISHED,
                        "a request that is sent again, and looks for itself",
                        INSERTED_TWICE,
                        (shop, rows) -> rows.actor(() -> shop.buyOnce(7, 1, 1))
                                .actor(() -> shop.buyOnce(7, 1, 1))
                                .invariant("bought once", BOUGHT_ONCE)),
                wrong(
                                "lottery-13",
                                Form.NAIVE,
                                "two batches in the order of their items",
                                Set.of(Anomaly.DEADLOCK),
                                (shop, rows) -> rows.actor(() -> shop.creditBoth(1, 2))
                                        .actor(() -> shop.creditBoth(2, 1))
                                        .invariant(
                                                "both are credited",
                                                noRow("SELECT id, balance FROM naive_users WHERE balance <> 202")))
                        .except(Engine.SQLITE, ONE_WRITER));
    }

    private static String resetAndPlay(EarlyLottery shop) throws SQLException {
        String unused = shop.resetFreePlays(1, 1);
        return shop.playFree(1);
    }

    private static Scenario.Check creditedOnce() {
        return noRow("SELECT balance FROM naive_users WHERE id = 1 AND balance <> 250");
    }

    private static Race wrong(
            String id,
            Form form,
            String title,
            Set<Anomaly> anomalies,
            BiFunction<EarlyLottery, Scenario, Scenario> actors) {
        return Race.wrong(id, form, title, anomalies, stand -> {
            Scenario rows = Scenario.named(title).reset(EarlyLottery.empty()).reset(ROWS);
            return actors.apply(shop(stand), rows);
        });
    }

    private static EarlyLottery shop(Stand stand) {
        try {
            EarlyLottery.createTables(stand.plain());
        } catch (SQLException failed) {
            throw new IllegalStateException("The tables cannot be created", failed);
        }
        return new EarlyLottery(stand.dataSource(), stand.engine());
    }
}
