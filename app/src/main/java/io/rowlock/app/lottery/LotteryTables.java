package io.rowlock.app.lottery;

import io.rowlock.Row;
import io.rowlock.Table;
import io.rowlock.View;
import io.rowlock.app.limit.CallLimit;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The tables as the units see them; {@code db/migration} has their SQL.
 *
 * <p>Seven of them describe the one SQL table {@code users}, each its own columns with their own version: adding to a
 * platform balance and resetting the free plays of the same user change different things and need not run again because
 * of each other. No column is written through two descriptions that do not share its version.
 */
final class LotteryTables {

    /** All of a user, for showing. Never changed through this description. */
    record UserRow(
            UUID id,
            String telegramId,
            long balanceCents,
            long totalSpentCents,
            long balanceVersion,
            long platformBalanceCents,
            long platformBalanceVersion,
            long luckyCoinsCents,
            long luckyCoinsVersion,
            int freeDailyCount,
            @Nullable LocalDate lastFreeResetDate,
            long freeVersion,
            int vipLevel,
            Instant createdAt) {

        static UserRow opened(UUID id, String telegramId, Money balance, Money platformBalance, Instant now) {
            return new UserRow(
                    id, telegramId, balance.cents(), 0, 1, platformBalance.cents(), 1, 0, 1, 0, null, 1, 0, now);
        }
    }

    /** Who stands under a Telegram id. A new user is inserted as this; the other columns begin as the database says. */
    record TelegramRow(String telegramId, UUID id, Instant createdAt) {}

    /** One balance of a user; which one is the table's matter. */
    record BalanceRow(UUID userId, long cents) {
        Money amount() {
            return Money.ofCents(cents);
        }

        BalanceRow withAmount(Money amount) {
            return new BalanceRow(userId, amount.cents());
        }
    }

    /** What a purchase changes: the balance, and what was spent from it in all. */
    record WalletRow(UUID userId, long balanceCents, long totalSpentCents) {
        Money balance() {
            return Money.ofCents(balanceCents);
        }

        WalletRow paying(Money cost) {
            return new WalletRow(
                    userId,
                    balance().minus(cost).cents(),
                    Money.ofCents(totalSpentCents).plus(cost).cents());
        }
    }

    /** The free plays of a user. */
    record FreePlaysRow(
            UUID userId, int freeDailyCount, @Nullable LocalDate lastFreeResetDate) {}

    /** Something to be won or bought; {@code stockIn} counts the pieces that were ever put on sale. */
    record ProductRow(
            UUID id,
            String name,
            int totalShares,
            long pricePerShareCents,
            long marketPriceCents,
            int stock,
            int stockIn,
            int roundsOpened,
            Instant createdAt) {

        ProductRow withStock(int stock) {
            return new ProductRow(
                    id,
                    name,
                    totalShares,
                    pricePerShareCents,
                    marketPriceCents,
                    stock,
                    stockIn,
                    roundsOpened,
                    createdAt);
        }

        ProductRow withRoundsOpened(int roundsOpened) {
            return new ProductRow(
                    id,
                    name,
                    totalShares,
                    pricePerShareCents,
                    marketPriceCents,
                    stock,
                    stockIn,
                    roundsOpened,
                    createdAt);
        }
    }

    /** One round of a product's lottery. */
    record RoundRow(
            UUID id,
            UUID productId,
            int roundNumber,
            int totalShares,
            long pricePerShareCents,
            int soldShares,
            RoundStatus status,
            Instant createdAt,
            @Nullable UUID winnerUserId,
            @Nullable Long winningNumber,
            @Nullable UUID winningParticipationId,
            @Nullable Instant drawnAt,
            @Nullable String drawSeed,
            @Nullable UUID prizeOrderId) {

        /** A round of which nothing is sold. */
        static RoundRow opened(
                UUID id, UUID productId, int roundNumber, int totalShares, long pricePerShareCents, Instant now) {
            return new RoundRow(
                    id,
                    productId,
                    roundNumber,
                    totalShares,
                    pricePerShareCents,
                    0,
                    RoundStatus.ACTIVE,
                    now,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null);
        }

        Money pricePerShare() {
            return Money.ofCents(pricePerShareCents);
        }

        int remainingShares() {
            return totalShares - soldShares;
        }

        RoundRow selling(int shares) {
            int sold = soldShares + shares;
            return new RoundRow(
                    id,
                    productId,
                    roundNumber,
                    totalShares,
                    pricePerShareCents,
                    sold,
                    sold == totalShares ? RoundStatus.FULL : status,
                    createdAt,
                    winnerUserId,
                    winningNumber,
                    winningParticipationId,
                    drawnAt,
                    drawSeed,
                    prizeOrderId);
        }

        RoundRow drawn(String seed, long number, ParticipationRow winning, UUID prizeOrder, Instant now) {
            return new RoundRow(
                    id,
                    productId,
                    roundNumber,
                    totalShares,
                    pricePerShareCents,
                    soldShares,
                    RoundStatus.COMPLETED,
                    createdAt,
                    winning.userId(),
                    number,
                    winning.id(),
                    now,
                    seed,
                    prizeOrder);
        }
    }

    /** A purchase of shares. */
    record ParticipationRow(
            UUID id,
            UUID userId,
            UUID roundId,
            ParticipationType type,
            int sharesCount,
            long firstNumber,
            long costCents,
            Instant createdAt) {}

    /** One number sold. */
    record NumberRow(UUID roundId, long number, UUID participationId) {}

    /** Which number of which round. */
    record NumberKey(UUID roundId, long number) {}

    /**
     * An order: of goods, of a recharge (which has no product), or a prize (which has a round).
     *
     * @param expiresAt until when it can be paid, or null if it need not be
     */
    record OrderRow(
            UUID id,
            String orderNumber,
            UUID userId,
            @Nullable UUID productId,
            OrderType type,
            int quantity,
            long totalAmountCents,
            OrderStatus status,
            PaymentStatus paymentStatus,
            FulfillmentStatus fulfillmentStatus,
            Instant createdAt,
            Instant updatedAt,
            @Nullable UUID roundId,
            @Nullable Instant expiresAt,
            @Nullable Instant paidAt) {

        Money totalAmount() {
            return Money.ofCents(totalAmountCents);
        }

        OrderRow becoming(OrderStatus next, Instant now) {
            return with(next, paymentStatus.following(next), fulfillmentStatus.following(next), now);
        }

        /** Still to be paid, after a payment that failed. */
        OrderRow notPaid(Instant now) {
            return with(status, PaymentStatus.FAILED, fulfillmentStatus, now);
        }

        private OrderRow with(
                OrderStatus status, PaymentStatus paymentStatus, FulfillmentStatus fulfillmentStatus, Instant now) {
            boolean paidNow = paymentStatus == PaymentStatus.PAID && this.paymentStatus != PaymentStatus.PAID;
            return new OrderRow(
                    id,
                    orderNumber,
                    userId,
                    productId,
                    type,
                    quantity,
                    totalAmountCents,
                    status,
                    paymentStatus,
                    fulfillmentStatus,
                    createdAt,
                    now,
                    roundId,
                    expiresAt,
                    paidNow ? now : paidAt);
        }
    }

    /** One booking of the ledger; never changed once made. */
    record LedgerRow(
            UUID id,
            String operationId,
            UUID userId,
            LedgerType type,
            BalanceType balanceType,
            long amountCents,
            long balanceAfterCents,
            long balanceVersion,
            @Nullable UUID relatedOrderId,
            @Nullable String description,
            Instant createdAt) {}

    /**
     * One payment that the provider told us of; never changed once written.
     *
     * @param orderStatus how the order stood when the payment came, or null if there was no such order
     */
    record PaymentRow(
            String paymentId,
            UUID orderId,
            long amountCents,
            PaymentOutcome status,
            @Nullable OrderStatus orderStatus,
            Instant receivedAt) {

        /** What the provider said of it. */
        PaymentReport report() {
            return status == PaymentOutcome.FAILED ? PaymentReport.FAILED : PaymentReport.PAID;
        }

        /** Whether this is what the provider says now. */
        boolean says(UUID orderId, Money amount, PaymentReport report) {
            return this.orderId.equals(orderId) && amountCents == amount.cents() && report() == report;
        }

        /** Whether its order could still be paid when it came. */
        boolean payable() {
            return orderStatus == OrderStatus.PENDING;
        }
    }

    /** One change of a row; never changed once written. */
    record AuditRow(
            UUID id,
            String operation,
            String tableName,
            String rowId,
            @Nullable UUID userId,
            @Nullable String oldValue,
            @Nullable String newValue,
            Instant createdAt) {}

    static final Table<ProductRow, UUID> PRODUCTS =
            Table.of("products", ProductRow.class).key("id", UUID.class).build();

    static final Table<RoundRow, UUID> ROUNDS = Table.of("lottery_rounds", RoundRow.class)
            .key("id", UUID.class)
            .version("sold_shares_version")
            .build();

    static final Table<UserRow, UUID> USERS =
            Table.of("users", UserRow.class).key("id", UUID.class).build();

    static final Table<TelegramRow, String> USERS_BY_TELEGRAM =
            Table.of("users", TelegramRow.class).key("telegramId", String.class).build();

    static final Table<BalanceRow, UUID> BALANCES = Table.of("users", BalanceRow.class)
            .key("userId", UUID.class)
            .column("userId", "id")
            .column("cents", "balance_cents")
            .version("balance_version")
            .build();

    static final Table<WalletRow, UUID> WALLETS = Table.of("users", WalletRow.class)
            .key("userId", UUID.class)
            .column("userId", "id")
            .version("balance_version")
            .build();

    static final Table<BalanceRow, UUID> PLATFORM_BALANCES = Table.of("users", BalanceRow.class)
            .key("userId", UUID.class)
            .column("userId", "id")
            .column("cents", "platform_balance_cents")
            .version("platform_balance_version")
            .build();

    static final Table<BalanceRow, UUID> LUCKY_COINS = Table.of("users", BalanceRow.class)
            .key("userId", UUID.class)
            .column("userId", "id")
            .column("cents", "lucky_coins_cents")
            .version("lucky_coins_version")
            .build();

    static final Table<FreePlaysRow, UUID> FREE_PLAYS = Table.of("users", FreePlaysRow.class)
            .key("userId", UUID.class)
            .column("userId", "id")
            .version("free_version")
            .build();

    static final Table<OrderRow, UUID> ORDERS =
            Table.of("orders", OrderRow.class).key("id", UUID.class).build();

    static final Table<ParticipationRow, UUID> PARTICIPATIONS = Table.of("participations", ParticipationRow.class)
            .key("id", UUID.class)
            .build();

    static final Table<NumberRow, NumberKey> NUMBERS = Table.of("participation_numbers", NumberRow.class)
            .key(NumberKey.class)
            .build();

    static final Table<LedgerRow, UUID> LEDGER =
            Table.of("transactions", LedgerRow.class).key("id", UUID.class).build();

    static final Table<PaymentRow, String> PAYMENTS = Table.of("payments", PaymentRow.class)
            .key("paymentId", String.class)
            .build();

    static final Table<AuditRow, UUID> AUDIT_LOG =
            Table.of("audit_log", AuditRow.class).key("id", UUID.class).build();

    /** Parents before children, rounds before users: every unit locks and writes in this order. */
    static final List<Table<?, ?>> ORDER = List.of(
            PRODUCTS,
            ROUNDS,
            USERS,
            USERS_BY_TELEGRAM,
            BALANCES,
            WALLETS,
            PLATFORM_BALANCES,
            LUCKY_COINS,
            FREE_PLAYS,
            CallLimit.TABLE,
            ORDERS,
            PARTICIPATIONS,
            NUMBERS,
            LEDGER,
            PAYMENTS,
            AUDIT_LOG);

    /** The table of one of the balances. */
    static Table<BalanceRow, UUID> balances(BalanceType type) {
        return switch (type) {
            case BALANCE -> BALANCES;
            case PLATFORM_BALANCE -> PLATFORM_BALANCES;
            case LUCKY_COINS -> LUCKY_COINS;
        };
    }

    /** A row as something to show. */
    static <T> View<T> view(Row<T> row) {
        return new View<>(row.value(), row.version());
    }

    private LotteryTables() {}
}
