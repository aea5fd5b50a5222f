package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import io.rowlock.Table;
import io.rowlock.app.lottery.Purchases.Purchase;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.FaultyDataSource.Point;
import io.rowlock.engines.When;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * lottery-5: participate happens as a whole or not at all, wherever it is interrupted. The places are those where a recorded
 * run asked something of the database; there the connection is lost, or the answer is.
 */
class LotteryAllOrNothingTest {
    private static final int QUANTITY = 3;

    /** A lottery with one user and one round, on a database that fails when told to. */
    private static final class Fixture {
        final FaultyDataSource faults;
        final Purchases purchases;
        final Books books;
        final UUID user;
        final UUID product;
        final UUID small;
        final UUID round;
        final Draws draws;
        final Rounds rounds;

        Fixture(Database database) {
            LotterySchema.migrate(database);
            faults = FaultyDataSource.around(database.dataSource());
            Rowlock rowlock = Rowlock.on(faults)
                    .order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new))
                    .build();
            purchases = new Purchases(rowlock);
            books = Books.of(database);
            user = done(new Users(rowlock).create(Long.toString(System.nanoTime())))
                    .id();
            done(new Balances(rowlock)
                    .change(user, BalanceType.BALANCE, BalanceOperation.ADD, Money.parse("10000.00"), null, null));
            product = done(new Products(rowlock).create("Teapot", 100_000, Money.parse("1.00"), Money.parse("9.00"), 1))
                    .id();
            small = done(new Products(rowlock).create("Cup", 1, Money.parse("1.00"), Money.parse("2.00"), 1))
                    .id();
            rounds = new Rounds(rowlock);
            draws = new Draws(rowlock, new SecureRandom());
            round = done(rounds.open(product)).round().value().id();
            // What happens once only (the engine is looked at, statements are prepared) is not part of the recorded
            // run.
            done(buy());
        }

        Outcome<Purchase> buy() {
            return purchases.participate(user, round, QUANTITY, ParticipationType.PAID);
        }

        /** A round of one share, which is sold. */
        UUID fullRound() {
            UUID full = done(rounds.open(small)).round().value().id();
            done(purchases.participate(user, full, 1));
            return full;
        }

        Outcome<Purchase> playFree() {
            return purchases.participate(user, round, 1, ParticipationType.FREE);
        }

        List<Point> record() {
            return record(this::buy);
        }

        List<Point> record(Supplier<? extends Outcome<?>> operation) {
            faults.reset();
            assertThat(operation.get()).isInstanceOf(Outcome.Done.class);
            List<Point> points = faults.record();
            faults.reset();
            return points;
        }
    }

    @Databases
    void aLostConnectionAtAnyPointLeavesAllOrNothing(Database database) {
        Fixture fixture = new Fixture(database);
        List<Point> points = fixture.record();
        assertThat(points).as("a recorded run").isNotEmpty();
        int kept = 0;

        for (Point point : points) {
            for (When when : When.values()) {
                for (boolean cut : new boolean[] {false, true}) {
                    String where = point + " " + when + (cut ? " cut" : " failed");
                    // On a connection that is new the engine is asked more, and the points would have other numbers.
                    done(fixture.buy());
                    Books.Copy before = fixture.books.copy();
                    fixture.faults.reset();
                    order(fixture, database, point.number(), when, cut);

                    RowlockException failure = failureOf(fixture);

                    fixture.faults.reset();
                    Books.Copy after = fixture.books.copy();
                    if (!after.equals(before)) {
                        // Stored, and the answer was lost on its way: then the caller was told that it cannot be known.
                        assertThat(failure).as(where).isInstanceOf(CommitOutcomeUnknown.class);
                        assertThat(when).as(where).isEqualTo(When.AFTER);
                        assertThat(after.rows("participation_numbers"))
                                .isEqualTo(before.rows("participation_numbers") + QUANTITY);
                        assertThat(after.rows("participations")).isEqualTo(before.rows("participations") + 1);
                        assertThat(after.rows("transactions")).isEqualTo(before.rows("transactions") + 1);
                        kept++;
                    }
                    fixture.books.areExact();
                }
            }
        }

        // The commit itself, once as a lost answer and once as a cut connection; nothing else may have been stored.
        assertThat(kept).isEqualTo(2);
        assertThat(fixture.buy()).isInstanceOf(Outcome.Done.class);
        fixture.books.areExact();
    }

    /** lottery-8, interrupted: a round has a winner and an order of its prize, or it is full and can be drawn. */
    @Databases
    void aDrawIsWholeOrNotAtAll(Database database) {
        Fixture fixture = new Fixture(database);
        done(fixture.draws.draw(fixture.fullRound()));
        UUID recorded = fixture.fullRound();
        for (Point point : fixture.record(() -> fixture.draws.draw(recorded))) {
            for (When when : When.values()) {
                String where = point + " " + when;
                UUID round = fixture.fullRound();
                Books.Copy before = fixture.books.copy();
                fixture.faults.reset();
                order(fixture, database, point.number(), when, false);

                boolean told = completes(() -> fixture.draws.draw(round));

                fixture.faults.reset();
                Books.Copy after = fixture.books.copy();
                assertThat(told).as(where).isFalse();
                fixture.books.areExact();
                Outcome<Draws.Draw> again = fixture.draws.draw(round);
                if (after.equals(before)) {
                    assertThat(again).as(where).isInstanceOf(Outcome.Done.class);
                } else {
                    assertThat(after.rows("orders")).as(where).isEqualTo(before.rows("orders") + 1);
                    assertThat(again)
                            .as(where)
                            .isInstanceOfSatisfying(
                                    Outcome.Refused.class,
                                    refused -> assertThat(refused.why()).isInstanceOf(Refusal.AlreadyDrawn.class));
                }
            }
        }
        fixture.books.areExact();
    }

    /** A free play that fails is still there, and one that was played is not. */
    @Databases
    void aFreePlayIsWholeOrNotAtAll(Database database) {
        Fixture fixture = new Fixture(database);
        done(fixture.playFree());
        giveAnotherDay(database, fixture.user);
        for (Point point : fixture.record(fixture::playFree)) {
            for (When when : When.values()) {
                giveAnotherDay(database, fixture.user);
                Books.Copy before = fixture.books.copy();
                fixture.faults.reset();
                order(fixture, database, point.number(), when, false);

                boolean told = completes(fixture::playFree);

                fixture.faults.reset();
                Books.Copy after = fixture.books.copy();
                assertThat(told).as("%s %s", point, when).isFalse();
                boolean stored = !after.equals(before);
                assertThat(after.rows("participations"))
                        .as("%s %s", point, when)
                        .isEqualTo(before.rows("participations") + (stored ? 1 : 0));
                assertThat(done(fixture.playFree()).freePlaysLeft())
                        .as("%s %s", point, when)
                        .isEqualTo(stored ? 1 : 2);
                fixture.books.areExact();
            }
        }
    }

    private static void giveAnotherDay(Database database, UUID user) {
        database.execute("UPDATE users SET free_version = free_version + 1, last_free_reset_date = "
                + (database.engine() == Engine.SQLITE ? "'2020-01-01'" : "DATE '2020-01-01'") + " WHERE id = '" + user
                + "'");
    }

    private static boolean completes(Supplier<? extends Outcome<?>> operation) {
        try {
            Outcome<?> outcome = operation.get();
            return outcome instanceof Outcome.Done;
        } catch (RowlockException failure) {
            return false;
        }
    }

    @Databases
    void aDeadlockAtAnyPointIsTriedAgainAndHappensOnce(Database database) {
        Fixture fixture = new Fixture(database);
        for (Point point : fixture.record()) {
            Books.Copy before = fixture.books.copy();
            fixture.faults.reset();
            fixture.faults.failAt(point.number(), When.BEFORE, () -> contention(database));

            Outcome<Purchase> outcome = fixture.buy();

            fixture.faults.reset();
            assertThat(outcome).as("%s", point).isInstanceOf(Outcome.Done.class);
            Books.Copy after = fixture.books.copy();
            assertThat(after.rows("participations")).as("%s", point).isEqualTo(before.rows("participations") + 1);
            fixture.books.areExact();
        }
    }

    /** A server is lost with its connection. SQLite has none to lose; what can fail there is the disk. */
    private static void order(Fixture fixture, Database database, int point, When when, boolean cut) {
        if (database.engine() == Engine.SQLITE) {
            fixture.faults.failAt(
                    point, when, () -> new SQLException("[SQLITE_IOERR] disk I/O error, injected", null, 10));
        } else if (cut) {
            fixture.faults.cutAt(point, when);
        } else {
            fixture.faults.failAt(point, when);
        }
    }

    /** What the engine says when two have met: the transaction is gone, and trying again helps. */
    private static SQLException contention(Database database) {
        return switch (database.engine()) {
            case SQLITE -> new SQLException("[SQLITE_BUSY] injected", null, 5);
            default -> new SQLException("deadlock, injected", "40001", 1213);
        };
    }

    private static RowlockException failureOf(Fixture fixture) {
        try {
            Outcome<Purchase> outcome = fixture.buy();
            throw new AssertionError("It went through: " + outcome);
        } catch (RowlockException failure) {
            return failure;
        }
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
