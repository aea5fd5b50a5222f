package io.rowlock.app.lottery;

import io.rowlock.View;
import io.rowlock.app.lottery.FreePlays.FreePlaysReset;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies about users, their balances and free plays. Messages of constraints say what has to stand there. */
final class UserBodies {
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
            @Pattern(regexp = Bodies.TEXT, message = "text without control characters")
            @Size(max = 200, message = "at most 200 characters")
            @Nullable
            String description) {}

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

    private UserBodies() {}
}
