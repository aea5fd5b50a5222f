package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.RowlockException;
import io.rowlock.RowlockTables;
import io.rowlock.app.lottery.BalanceBatches.Item;
import io.rowlock.app.lottery.BalanceBatches.Told;
import io.rowlock.batch.ItemResult;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.When;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/**
 * What commits in parts is gone on with from wherever it broke off. The places are those where a recorded run asked something
 * of the database; there the connection is cut, before the request or in place of its answer. Whoever comes again comes to
 * another node.
 */
class MoneyInPartsTest {
    private static final Money REFUSED = Money.parse("100.00");

    @BeforeEach
    void tablesOfTheGuards(Database database) throws SQLException {
        assertThat(RowlockTables.createMissing(database.dataSource())).isNotNull();
    }

    /** What is done with one run, broken off at one place. */
    private interface Broken {
        void at(int point, When when) throws SQLException;
    }

    private static void atEveryPoint(Till till, Runnable whole, Broken broken) throws SQLException {
        // What happens once only (the engine is looked at, statements are prepared) is not part of the recorded run.
        whole.run();
        till.faults.reset();
        whole.run();
        int points = till.faults.record().size();
        for (When when : When.values()) {
            for (int point = 1; point <= points; point++) {
                till.faults.reset();
                till.faults.cutAt(point, when);
                broken.at(point, when);
            }
        }
        till.faults.reset();
    }

    @Databases
    void aBatchThatBrokeOffAnswersWhatIsDoneAndDoesTheRest(Database database) throws SQLException {
        Till till = new Till(database);
        int[] incomplete = {0};

        atEveryPoint(till, () -> change(till.faulty, newRun(), items(till.user("10.00"))), (point, when) -> {
            String where = when + " " + point;
            UUID user = till.user("10.00");
            List<Item> items = items(user);
            String run = newRun();

            List<ItemResult<Told>> first = change(till.faulty, run, items);
            List<ItemResult<Told>> second = change(till.plain, run, items);
            List<ItemResult<Told>> third = change(till.plain, run, items);

            for (int i = 0; i < items.size(); i++) {
                if (first.get(i) instanceof ItemResult.Failed<Told>) {
                    incomplete[0]++;
                } else {
                    assertThat(second.get(i)).as("%s item %d", where, i).isEqualTo(first.get(i));
                }
            }
            assertThat(second).as(where).hasOnlyElementsOfTypes(ItemResult.Applied.class, ItemResult.Refused.class);
            assertThat(second.get(1))
                    .isInstanceOfSatisfying(
                            ItemResult.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo("INSUFFICIENT_BALANCE"));
            assertThat(third).as(where).isEqualTo(second);
            assertThat(till.balance(user)).as(where).isEqualTo(Money.parse("9.50"));
        });

        assertThat(incomplete[0]).as("items that failed the first time").isPositive();
        till.booksAreRight();
    }

    private static List<ItemResult<Told>> change(Till.Services services, String run, List<Item> items) {
        return services.batches.run(Optional.of(run), items);
    }

    private static List<Item> items(UUID user) {
        return List.of(
                new Item(user, BalanceType.BALANCE, BalanceOperation.ADD, Money.parse("1.50"), null),
                new Item(user, BalanceType.BALANCE, BalanceOperation.DEDUCT, REFUSED, null),
                new Item(user, BalanceType.BALANCE, BalanceOperation.DEDUCT, Money.parse("2.00"), null));
    }

    /** An order that became due in between is not among those that the run is about, once it has begun. */
    @Databases
    void anExpiryThatBrokeOffIsGoneOnWithAndCountsTheSameOrders(Database database) throws SQLException {
        Till till = new Till(database);
        UUID user = till.user("0.00");
        int[] inParts = {0};

        atEveryPoint(
                till,
                () -> {
                    threeDue(till, user);
                    assertThat(expire(till.faulty, newRun())).isEqualTo(new Expiry.Expired(3, 0, 0));
                },
                (point, when) -> {
                    String where = when + " " + point;
                    String run = newRun();
                    List<UUID> due = threeDue(till, user);

                    Optional<Expiry.Expired> first = unlessBroken(() -> expire(till.faulty, run));
                    long already = expired(till, due);
                    UUID late = till.recharge(user, "7.00");
                    Expiry.Expired second = expire(till.plain, run);
                    Expiry.Expired third = expire(till.plain, run);

                    if (already > 0 && already < due.size()) {
                        inParts[0]++;
                    }
                    first.ifPresent(told -> assertThat(second).as(where).isEqualTo(new Expiry.Expired(3, 0, 0, true)));
                    assertThat(expired(till, due)).as(where).isEqualTo(3);
                    assertThat(second.expired()).as(where).isEqualTo((int) (3 + expired(till, List.of(late))));
                    if (already > 0) {
                        assertThat(till.orderNow(late).status()).as(where).isEqualTo(OrderStatus.PENDING);
                    }
                    assertThat(third).as(where).isEqualTo(new Expiry.Expired(second.expired(), 0, 0, true));
                    Expiry.Expired rest = till.plain.expireAll();
                    assertThat(rest.expired() + second.expired()).as(where).isEqualTo(4);
                });

        assertThat(inParts[0])
                .as("times that some orders had ended and others not")
                .isPositive();
        till.booksAreRight();
    }

    private static Expiry.Expired expire(Till.Services services, String run) {
        return services.expiry.expire(run, Duration.ZERO, 10);
    }

    /** A search by SQL tells of its broken connection by an exception of its own. */
    private static Optional<Expiry.Expired> unlessBroken(Supplier<Expiry.Expired> work) {
        try {
            return Optional.of(work.get());
        } catch (RowlockException | IllegalStateException broken) {
            return Optional.empty();
        }
    }

    private static List<UUID> threeDue(Till till, UUID user) {
        return List.of(till.recharge(user, "5.00"), till.recharge(user, "5.00"), till.recharge(user, "5.00"));
    }

    private static long expired(Till till, List<UUID> orders) {
        return orders.stream()
                .filter(order -> till.orderNow(order).status() == OrderStatus.EXPIRED)
                .count();
    }

    private static String newRun() {
        return UUID.randomUUID().toString();
    }
}
