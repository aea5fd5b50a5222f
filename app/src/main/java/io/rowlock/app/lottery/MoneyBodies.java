package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.rowlock.app.http.ApiError;
import io.rowlock.app.http.PassingFailure;
import io.rowlock.app.lottery.BalanceBatches.Item;
import io.rowlock.app.lottery.BalanceBatches.Told;
import io.rowlock.app.lottery.LotteryTables.PaymentRow;
import io.rowlock.app.lottery.Transfers.Transferred;
import io.rowlock.batch.ItemResult;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** The JSON bodies about transfers, recharges, payments and batches. Messages of constraints say what has to stand there. */
final class MoneyBodies {
    private static final String OLDER_THAN = "a whole number of minutes from 0 to 525600";
    private static final String LIMIT = "a whole number from 1 to 1000";

    @Schema(name = "Transfer")
    record Transfer(
            @Schema(example = "25.00") @NotNull(message = Money.EXPECTED)
            Money amount) {}

    @Schema(name = "Transferred", description = "Both balances as the transfer left them")
    record Both(UserBodies.Balance balance, UserBodies.Balance luckyCoins) {
        static Both of(Transferred done) {
            return new Both(
                    UserBodies.Balance.of(BalanceType.BALANCE, done.balance()),
                    UserBodies.Balance.of(BalanceType.LUCKY_COINS, done.luckyCoins()));
        }
    }

    @Schema(name = "NewRecharge")
    record NewRecharge(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = "100.00") @NotNull(message = Money.EXPECTED)
            Money amount) {}

    @Schema(name = "PaymentReport")
    record NewPayment(
            @Schema(
                    example = "pay_4711",
                    description = "The provider's id of the payment; what it tells twice happens once")
            @NotNull(message = "the provider's id of the payment")
            @Pattern(regexp = "[!-~]{1,64}", message = "1 to 64 visible ASCII characters")
            String paymentId,

            @NotNull(message = "the id of an order") UUID orderId,

            @Schema(example = "100.00") @NotNull(message = Money.EXPECTED)
            Money amount,

            @NotNull(message = "one of paid, failed") PaymentReport status) {}

    @Schema(name = "Payment")
    record Payment(
            String paymentId,
            UUID orderId,
            Money amount,

            @Schema(description = "unmatched: money came for nothing that could be paid")
            PaymentOutcome status,

            @Schema(description = "How the order stood when the payment came; none if there was no such order")
            @Nullable
            OrderStatus orderStatus,

            Instant receivedAt) {

        static Payment of(PaymentRow row) {
            return new Payment(
                    row.paymentId(),
                    row.orderId(),
                    Money.ofCents(row.amountCents()),
                    row.status(),
                    row.orderStatus(),
                    row.receivedAt());
        }
    }

    @Schema(name = "OrderExpiry")
    record NewExpiry(
            @Schema(
                    example = "30",
                    description = "How many minutes ago an order was placed to be ended; 30 if left out")
            @Min(value = 0, message = OLDER_THAN)
            @Max(value = 525_600, message = OLDER_THAN)
            @Nullable
            Integer olderThanMinutes,

            @Schema(example = "100", description = "How many orders at the most; 100 if left out")
            @Min(value = 1, message = LIMIT)
            @Max(value = 1000, message = LIMIT)
            @Nullable
            Integer limit) {}

    @Schema(name = "OrdersExpired")
    record Expired(
            int expired,

            @Schema(description = "Paid, cancelled or ended by somebody else in the meantime")
            int lost,

            @Schema(description = "Left for the next time, because too many wrote them at once")
            int postponed) {

        static Expired of(Expiry.Expired done) {
            return new Expired(done.expired(), done.lost(), done.postponed());
        }
    }

    @Schema(name = "BalanceBatch")
    record NewBatch(
            @Schema(description = "1 to 500 changes")
            @NotNull(message = "a list of 1 to 500 changes")
            @Size(min = 1, max = BalanceBatches.ITEMS_MAX, message = "a list of 1 to 500 changes")
            List<@NotNull(message = "a change") @Valid NewItem> items) {}

    @Schema(name = "BalanceBatchItem")
    record NewItem(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @NotNull(message = "one of balance, platform_balance, lucky_coins")
            BalanceType balanceType,

            @NotNull(message = "one of add, deduct") BalanceOperation operation,

            @NotNull(message = Money.EXPECTED) Money amount,

            @Schema(description = "Up to 200 characters for the ledger; may be left out")
            @Pattern(regexp = Bodies.TEXT, message = "text without control characters")
            @Size(max = 200, message = "at most 200 characters")
            @Nullable
            String description) {

        Item item() {
            return new Item(userId, balanceType, operation, amount, description);
        }
    }

    @Schema(name = "BalanceBatchResult", description = "What became of each item, in the order of the items")
    record BatchResult(List<ItemAnswer> results) {
        static BatchResult of(List<ItemResult<Told>> results, Locale language) {
            return new BatchResult(IntStream.range(0, results.size())
                    .mapToObj(index -> ItemAnswer.of(index, results.get(index), language))
                    .toList());
        }
    }

    /** What became of an item. */
    enum ItemStatus {
        @JsonProperty("applied")
        APPLIED,
        @JsonProperty("refused")
        REFUSED,
        @JsonProperty("unknown")
        UNKNOWN
    }

    @Schema(name = "BalanceBatchItemResult")
    record ItemAnswer(
            int index,

            @Schema(description = "unknown: the connection broke during the commit; look before you repeat it")
            ItemStatus status,

            @Schema(description = "The balance as this change left it") @Nullable
            Money balance,

            @Schema(description = "The version of that balance") @Nullable
            Long version,

            @Schema(description = "Why it was not applied; programs go by this") @Nullable
            String code,

            @Schema(description = "The same for people") @Nullable
            String message,

            @Schema(type = "object", description = "What the caller needs next, by name") @Nullable
            Object facts) {

        /** What neither was done nor refused, and would not be another time, is thrown. */
        private static ItemAnswer of(int index, ItemResult<Told> result, Locale language) {
            return result.fold(
                    applied -> new ItemAnswer(
                            index,
                            ItemStatus.APPLIED,
                            applied.result().balance(),
                            applied.result().version(),
                            null,
                            null,
                            null),
                    refused ->
                            not(index, ItemStatus.REFUSED, ApiError.stored(refused.reason(), facts(refused)), language),
                    failed -> not(index, PassingFailure.require(failed.failure()), language));
        }

        private static JsonNode facts(ItemResult.Refused<Told> refused) {
            Told told = refused.details();
            return told == null || told.facts() == null ? JsonNodeFactory.instance.objectNode() : told.facts();
        }

        private static ItemAnswer not(int index, PassingFailure why, Locale language) {
            ItemStatus status = why == PassingFailure.COMMIT_OUTCOME_UNKNOWN ? ItemStatus.UNKNOWN : ItemStatus.REFUSED;
            return not(index, status, why.error(), language);
        }

        private static ItemAnswer not(int index, ItemStatus status, ApiError why, Locale language) {
            ApiError said = why.in(language);
            return new ItemAnswer(index, status, null, null, said.code(), said.message(), said.facts());
        }
    }

    private MoneyBodies() {}
}
