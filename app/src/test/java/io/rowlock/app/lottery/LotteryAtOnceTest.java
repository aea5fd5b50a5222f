package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.app.Services;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The counts of the lottery when many customers come at once, over HTTP to the running service. Each scenario is played two
 * hundred times, every time with users and rounds of its own.
 */
class LotteryAtOnceTest {
    private static final int TIMES = 200;

    @RegisterExtension
    static final Services SERVICES = new Services();

    /** lottery-1: ten deductions of 150 from 1000. Six fit, and six it is. */
    @Databases
    void exactlySixOfTenDeductionsOf150From1000Succeed(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= TIMES; time++) {
                String user = shop.user("1000.00");

                List<Answer> answers = shop.atOnce(10, i -> shop.change(user, "deduct", "150.00"));

                assertThat(answers)
                        .as("time %d", time)
                        .filteredOn(a -> a.status() == 200)
                        .hasSize(6);
                assertThat(answers)
                        .filteredOn(a -> a.status() != 200)
                        .hasSize(4)
                        .allSatisfy(refused -> {
                            assertThat(refused.status()).isEqualTo(422);
                            assertThat(refused.code()).isEqualTo("INSUFFICIENT_BALANCE");
                            assertThat(refused.at("/facts/balance")).isEqualTo("100.00");
                            assertThat(refused.at("/facts/required")).isEqualTo("150.00");
                        });
                assertThat(shop.balance(user)).isEqualTo("100.00");
                assertThat(shop.ledgerCents(user)).isEqualTo(100_00);
            }
            Books.of(database).areExact();
        }
    }

    /** lottery-6: fifteen buyers of one share with ten left. Ten get one, and no number is sold twice or left out. */
    @Databases
    void exactlyTenOfFifteenPurchasesSucceedWithTenSharesLeft(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= TIMES; time++) {
                List<String> users = List.of(shop.user("100.00"), shop.user("100.00"), shop.user("100.00"));
                String round = shop.round(10);

                List<Answer> answers = shop.atOnce(15, i -> shop.participate(users.get(i % 3), round, 1));

                assertThat(answers)
                        .as("time %d", time)
                        .filteredOn(a -> a.status() == 201)
                        .hasSize(10);
                assertThat(answers)
                        .filteredOn(a -> a.status() != 201)
                        .hasSize(5)
                        .allSatisfy(refused -> {
                            assertThat(refused.status()).isEqualTo(422);
                            assertThat(refused.code()).isEqualTo("ROUND_NOT_ACTIVE");
                            assertThat(refused.at("/facts/status")).isEqualTo("full");
                        });
                assertThat(shop.numbers(round))
                        .containsExactlyElementsOf(
                                LongStream.range(10_000_001, 10_000_011).boxed().toList());
                assertThat(shop.roundNow(round).get("status").asString()).isEqualTo("full");
                assertThat(shop.roundNow(round).get("remainingShares").asInt()).isZero();
                long paid = users.stream()
                        .mapToLong(
                                user -> 100_00 - Money.parse(shop.balance(user)).cents())
                        .sum();
                assertThat(paid).isEqualTo(10_00);
            }
            Books.of(database).areExact();
        }
    }

    /** lottery-2: two buyers of five with six left. */
    @Databases
    void oneOfTwoBuyersOfFiveSucceedsWithSixSharesLeft(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= TIMES; time++) {
                List<String> users = List.of(shop.user("100.00"), shop.user("100.00"));
                String round = shop.round(6);

                List<Answer> answers = shop.atOnce(2, i -> shop.participate(users.get(i), round, 5));

                assertThat(answers)
                        .as("time %d", time)
                        .filteredOn(a -> a.status() == 201)
                        .hasSize(1);
                assertThat(answers)
                        .filteredOn(a -> a.status() == 422)
                        .singleElement()
                        .satisfies(refused -> {
                            assertThat(refused.code()).isEqualTo("INSUFFICIENT_SHARES");
                            assertThat(refused.json()
                                            .at("/facts/remainingShares")
                                            .asInt())
                                    .isOne();
                        });
                assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(5);
                assertThat(users).extracting(shop::balance).containsExactlyInAnyOrder("95.00", "100.00");
            }
            Books.of(database).areExact();
        }
    }
}
