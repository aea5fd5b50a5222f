package io.rowlock.app.lottery;

import io.rowlock.View;
import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryService.FreePlaysReset;
import io.rowlock.app.lottery.LotteryService.Purchase;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the lottery's requests and answers. */
final class Bodies {
    /** Text without control characters and half characters, which not every database can store. */
    private static final String TEXT = "[^\\p{Cntrl}\\p{Cs}]*";

    private static final String SAMPLE_ID = "00000000-0000-4000-8000-000000000001";
    private static final String SAMPLE_ROUND = "00000000-0000-4000-8000-000000000201";

    // ---- requests. Messages of constraints say what has to stand there; "is missing" is the same for all.

    @Schema(name = "NewUser")
    record NewUser(
            @Schema(example = "700000042", description = "The id of the user's Telegram account")
            @NotNull(message = "a Telegram id")
            @Pattern(regexp = "[0-9]{1,20}", message = "1 to 20 digits, as text")
            String telegramId) {}

    @Schema(name = "BalanceChange")
    record BalanceChange(
            @NotNull(message = "one of add, deduct") BalanceOperation operation,

            @NotNull(message = Money.EXPECTED) Money amount,

            @Schema(description = "Up to 200 characters for the ledger; may be left out")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(max = 200, message = "at most 200 characters")
            @Nullable
            String description) {}

    @Schema(name = "NewProduct")
    record NewProduct(
            @Schema(example = "Coffee machine")
            @NotNull(message = "a name")
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            String name,

            @Schema(example = "100", description = "Shares of each of its rounds")
            @NotNull(message = "a whole number from 1 to 1000000")
            @Min(value = 1, message = "a whole number from 1 to 1000000")
            @Max(value = 1_000_000, message = "a whole number from 1 to 1000000")
            Integer totalShares,

            @Schema(example = "1.00") @NotNull(message = Money.EXPECTED)
            Money pricePerShare,

            @Schema(example = "89.00", description = "What it costs when it is bought directly")
            @NotNull(message = Money.EXPECTED)
            Money marketPrice,

            @Schema(example = "10", description = "Pieces that can be ordered")
            @NotNull(message = "a whole number from 0 to 1000000")
            @Min(value = 0, message = "a whole number from 0 to 1000000")
            @Max(value = 1_000_000, message = "a whole number from 0 to 1000000")
            Integer stock) {}

    @Schema(name = "NewRound")
    record NewRound(
            @NotNull(message = "the id of a product") UUID productId) {}

    @Schema(name = "NewParticipation")
    record NewParticipation(
            @Schema(example = SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = SAMPLE_ROUND) @NotNull(message = "the id of a round")
            UUID roundId,

            @Schema(example = "3", description = "How many shares, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity) {}

    @Schema(name = "NewOrder")
    record NewOrder(
            @Schema(example = SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @NotNull(message = "the id of a product") UUID productId,

            @Schema(example = "1", description = "How many pieces, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity) {}

    @Schema(name = "OrderStep")
    record OrderStep(
            @Schema(description = "The status that the order shall have")
            @NotNull(
                    message = "one of pending, confirmed, paid, pending_address, pending_shipment, shipped, delivered,"
                            + " cancelled, expired")
            OrderStatus status) {}

    // ---- answers

    @Schema(name = "User")
    record User(
            UUID id,
            String telegramId,
            Money balance,
            long balanceVersion,
            Money platformBalance,
            long platformBalanceVersion,
            Money luckyCoins,
            long luckyCoinsVersion,
            Money totalSpent,
            int freeDailyCount,
            @Nullable LocalDate lastFreeResetDate,
            int vipLevel,
            Instant createdAt) {

        static User of(UserRow row) {
            return new User(
                    row.id(),
                    row.telegramId(),
                    Money.ofCents(row.balanceCents()),
                    row.balanceVersion(),
                    Money.ofCents(row.platformBalanceCents()),
                    row.platformBalanceVersion(),
                    Money.ofCents(row.luckyCoinsCents()),
                    row.luckyCoinsVersion(),
                    Money.ofCents(row.totalSpentCents()),
                    row.freeDailyCount(),
                    row.lastFreeResetDate(),
                    row.vipLevel(),
                    row.createdAt());
        }
    }

    @Schema(name = "Balance")
    record Balance(
            UUID userId,
            BalanceType type,
            Money amount,

            @Schema(description = "Counts the changes of this balance")
            long version) {

        static Balance of(BalanceType type, View<BalanceRow> view) {
            return new Balance(
                    view.value().userId(),
                    type,
                    view.value().amount(),
                    view.version().number());
        }
    }

    @Schema(name = "FreeCountReset")
    record FreeCountReset(
            @Schema(description = "Whether the day's plays were given now; false if they had been today")
            boolean reset,

            int freeDailyCount,
            @Nullable LocalDate lastFreeResetDate) {

        static FreeCountReset of(FreePlaysReset done) {
            return new FreeCountReset(
                    done.reset(), done.plays().freeDailyCount(), done.plays().lastFreeResetDate());
        }
    }

    @Schema(name = "Transaction", description = "One booking of the ledger")
    record Transaction(
            UUID id,

            @Schema(description = "The operation that was booked; no operation is booked twice")
            String operationId,

            LedgerType type,
            BalanceType balanceType,

            @Schema(description = "Negative when money left the balance")
            Money amount,

            Money balanceAfter,

            @Schema(description = "The version that the balance had with this booking")
            long balanceVersion,

            @Nullable String description,
            Instant createdAt) {

        static Transaction of(LedgerRow row) {
            return new Transaction(
                    row.id(),
                    row.operationId(),
                    row.type(),
                    row.balanceType(),
                    Money.ofCents(row.amountCents()),
                    Money.ofCents(row.balanceAfterCents()),
                    row.balanceVersion(),
                    row.description(),
                    row.createdAt());
        }
    }

    @Schema(name = "Product")
    record Product(
            UUID id,
            String name,
            int totalShares,
            Money pricePerShare,
            Money marketPrice,
            int stock,
            int roundsOpened,
            Instant createdAt) {

        static Product of(ProductRow row) {
            return new Product(
                    row.id(),
                    row.name(),
                    row.totalShares(),
                    Money.ofCents(row.pricePerShareCents()),
                    Money.ofCents(row.marketPriceCents()),
                    row.stock(),
                    row.roundsOpened(),
                    row.createdAt());
        }
    }

    @Schema(name = "Round")
    record Round(
            UUID id,
            UUID productId,
            String productName,
            int roundNumber,
            RoundStatus status,
            int totalShares,
            int soldShares,
            int remainingShares,
            Money pricePerShare,

            @Schema(description = "Counts the sales of this round")
            long version,

            Instant createdAt) {

        static Round of(NamedRound named) {
            RoundRow row = named.round().value();
            return new Round(
                    row.id(),
                    row.productId(),
                    named.productName(),
                    row.roundNumber(),
                    row.status(),
                    row.totalShares(),
                    row.soldShares(),
                    row.remainingShares(),
                    row.pricePerShare(),
                    named.round().version().number(),
                    row.createdAt());
        }
    }

    @Schema(name = "Participation", description = "A purchase of shares")
    record Participation(
            UUID id,
            UUID userId,
            UUID roundId,
            ParticipationType type,

            @Schema(description = "One number for each share, each sold once in its round")
            List<Long> numbers,

            Money cost,
            Instant createdAt) {

        static Participation of(ParticipationRow row) {
            return new Participation(
                    row.id(),
                    row.userId(),
                    row.roundId(),
                    row.type(),
                    LongStream.range(row.firstNumber(), row.firstNumber() + row.sharesCount())
                            .boxed()
                            .toList(),
                    Money.ofCents(row.costCents()),
                    row.createdAt());
        }
    }

    @Schema(name = "Receipt", description = "A purchase of shares, and what is left after it")
    record Receipt(
            Participation participation,
            Money balance,
            long balanceVersion,
            RoundStatus roundStatus,
            int soldShares,
            int remainingShares) {

        static Receipt of(Purchase purchase) {
            return new Receipt(
                    Participation.of(purchase.participation()),
                    purchase.wallet().value().balance(),
                    purchase.wallet().version().number(),
                    purchase.round().value().status(),
                    purchase.round().value().soldShares(),
                    purchase.round().value().remainingShares());
        }
    }

    @Schema(name = "Order")
    record Order(
            UUID id,
            String orderNumber,
            UUID userId,
            UUID productId,
            OrderType type,
            int quantity,
            Money totalAmount,
            OrderStatus status,
            PaymentStatus paymentStatus,
            FulfillmentStatus fulfillmentStatus,

            @Schema(description = "Counts the changes of this order")
            long version,

            Instant createdAt,
            Instant updatedAt) {

        static Order of(View<OrderRow> view) {
            OrderRow row = view.value();
            return new Order(
                    row.id(),
                    row.orderNumber(),
                    row.userId(),
                    row.productId(),
                    row.type(),
                    row.quantity(),
                    Money.ofCents(row.totalAmountCents()),
                    row.status(),
                    row.paymentStatus(),
                    row.fulfillmentStatus(),
                    view.version().number(),
                    row.createdAt(),
                    row.updatedAt());
        }
    }

    private Bodies() {}
}
