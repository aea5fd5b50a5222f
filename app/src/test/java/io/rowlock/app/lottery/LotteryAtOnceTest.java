package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.Http.Answer;
import io.rowlock.app.RunningService;
import io.rowlock.app.Services;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The counts of the lottery when many customers come at once, over HTTP to the running service. Each scenario is played many
 * times, every time with users and rounds of its own; {@link LotteryNaiveRaceTest} shows what happens without guards.
 */
class LotteryAtOnceTest {
    private static final int TIMES = 200;

    /** Of those whose worst order is likely. */
    private static final int FEW_TIMES = 20;

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

    /** lottery-2, C2: every way to buy at once, of a round that has too few. What is sold is sold once, to the last share. */
    @Databases
    void everyWayToBuySellsWhatThereIs(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= FEW_TIMES; time++) {
                List<String> users = List.of(shop.user("100.00"), shop.user("100.00"), shop.user("100.00"));
                String round = shop.round(20);

                List<Answer> answers = shop.atOnce(16, i -> {
                    String user = users.get(i % 3);
                    return switch (i % 4) {
                        case 0 -> shop.participate(user, round, 2);
                        case 1 -> shop.participateInBulk(user, round, 5);
                        case 2 -> shop.participateFree(user, round, 1);
                        default -> shop.participate(user, round, 1);
                    };
                });

                assertThat(answers)
                        .as("time %d", time)
                        .extracting(Answer::status)
                        .containsOnly(201, 422);
                int sold = answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .mapToInt(answer ->
                                answer.json().at("/participation/numbers").size())
                        .sum();
                assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(sold);
                assertThat(sold).isBetween(16, 20);
                assertThat(shop.numbers(round))
                        .containsExactlyElementsOf(LongStream.range(10_000_001, 10_000_001 + sold)
                                .boxed()
                                .toList());
            }
            Books.of(database).areExact();
        }
    }

    /** Quick buyers fill the rounds that there are to the last share, and none is refused while one has room. */
    @Databases
    void quickBuyersFillOneRoundAfterAnother(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= FEW_TIMES; time++) {
                List<String> users = List.of(shop.user("1000.00"), shop.user("1000.00"));
                // In packs of fifty, so that rounds which others left open have too few.
                List<String> rounds = List.of(shop.round(250), shop.round(350));

                List<Answer> answers = shop.atOnce(13, i -> shop.participateQuickly(users.get(i % 2), 50));

                assertThat(answers)
                        .as("time %d", time)
                        .filteredOn(answer -> answer.status() == 201)
                        .hasSize(12);
                assertThat(answers)
                        .filteredOn(answer -> answer.status() != 201)
                        .singleElement()
                        .satisfies(late -> assertThat(late.code()).isEqualTo("NO_SUCH_ROUND_ON_SALE"));
                assertThat(rounds)
                        .allSatisfy(round -> assertThat(
                                        shop.roundNow(round).get("status").asString())
                                .isEqualTo("full"));
            }
            Books.of(database).areExact();
        }
    }

    /** lottery-7, C4: the same user by every way at the same round, and nobody is the victim of a deadlock. */
    @Databases
    void noWayToBuyWaitsInACircleWithAnother(Database database) throws Exception {
        RunningService service = SERVICES.on(database);
        try (Shop shop = new Shop(service.http())) {
            for (int time = 1; time <= FEW_TIMES; time++) {
                String user = shop.user("1000.00");
                String round = shop.round(100);

                List<Answer> answers = shop.atOnce(
                        16,
                        i -> i % 2 == 0 ? shop.participate(user, round, 1) : shop.participateInBulk(user, round, 5));

                assertThat(answers)
                        .as("time %d", time)
                        .extracting(Answer::status)
                        .containsOnly(201);
                assertThat(shop.roundNow(round).get("soldShares").asInt()).isEqualTo(8 + 40);
                // 5 at 1.00, 5 % less.
                assertThat(shop.balance(user)).isEqualTo("954.00");
            }
            assertThat(service.http().get("/actuator/prometheus").text().lines())
                    .filteredOn(line -> line.startsWith("rowlock_unit_retries") && line.contains("deadlock"))
                    .isEmpty();
            Books.of(database).areExact();
        }
    }

    /** lottery-8: two who draw at once, and a third who comes later. */
    @Databases
    void aRoundIsDrawnOnce(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= FEW_TIMES; time++) {
                String user = shop.user("100.00");
                String round = shop.round(10);
                shop.participate(user, round, 10);

                List<Answer> answers = shop.atOnce(4, i -> shop.draw(round));

                Answer drawn = answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .reduce((one, two) -> {
                            throw new AssertionError("Two draws: " + one + ", " + two);
                        })
                        .orElseThrow();
                assertThat(drawn.at("/winner/userId")).isEqualTo(user);
                assertThat(answers)
                        .filteredOn(answer -> answer.status() != 201)
                        .hasSize(3)
                        .allSatisfy(late -> {
                            assertThat(late.code()).isEqualTo("ALREADY_DRAWN");
                            assertThat(late.at("/facts/winnerUserId")).isEqualTo(user);
                            assertThat(late.at("/facts/winningNumber")).isEqualTo(drawn.at("/winner/number"));
                            assertThat(late.at("/facts/prizeOrderId")).isEqualTo(drawn.at("/prizeOrder/id"));
                        });
            }
            Books.of(database).areExact();
        }
    }

    /** lottery-4: two resets and plays at the same moment. The day's plays are given once, and no play is lost. */
    @Databases
    void playsAreGivenOnceAndNoneIsLost(Database database) throws Exception {
        try (Shop shop = new Shop(SERVICES.on(database).http())) {
            for (int time = 1; time <= FEW_TIMES; time++) {
                String user = shop.user("1.00");
                String round = shop.round(10);

                List<Answer> answers =
                        shop.atOnce(7, i -> i < 2 ? shop.resetFreePlays(user) : shop.participateFree(user, round, 1));

                assertThat(answers.subList(0, 2)).extracting(Answer::status).containsOnly(200);
                assertThat(answers.subList(2, 7))
                        .as("time %d", time)
                        .filteredOn(answer -> answer.status() == 201)
                        .hasSize(3);
                assertThat(answers.subList(2, 7))
                        .filteredOn(answer -> answer.status() != 201)
                        .allSatisfy(refused -> assertThat(refused.code()).isEqualTo("INSUFFICIENT_FREE_PLAYS"));
                assertThat(shop.freePlays(user)).isZero();
                assertThat(shop.balance(user)).isEqualTo("1.00");
            }
            Books.of(database).areExact();
        }
    }
}
