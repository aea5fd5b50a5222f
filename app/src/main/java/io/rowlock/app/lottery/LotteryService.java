package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.FREE_PLAYS;
import static io.rowlock.app.lottery.LotteryTables.LEDGER;
import static io.rowlock.app.lottery.LotteryTables.NUMBERS;
import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PARTICIPATIONS;
import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.USERS;
import static io.rowlock.app.lottery.LotteryTables.USERS_BY_TELEGRAM;
import static io.rowlock.app.lottery.LotteryTables.WALLETS;
import static io.rowlock.app.lottery.LotteryTables.balances;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.FreePlaysRow;
import io.rowlock.app.lottery.LotteryTables.LedgerRow;
import io.rowlock.app.lottery.LotteryTables.NumberRow;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.LotteryTables.TelegramRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import io.rowlock.app.lottery.LotteryTables.WalletRow;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What can be done in the lottery. Each operation is one unit of work: what it decided on still holds when its writes are
 * committed, and they are committed together or not at all.
 *
 * <p>Rows that every caller fights for (a round on sale) are locked first; rows that mostly have one caller (a user's
 * balance) are read and checked at commit. Locks and writes go rounds before users, see {@link LotteryTables#ORDER}.
 *
 * <p>Safe for use by many threads.
 */
final class LotteryService {
    static final Money AMOUNT_MIN = Money.ofCents(1);
    static final Money AMOUNT_MAX = Money.ofCents(10_000_00);
    static final int QUANTITY_MIN = 1;
    static final int QUANTITY_MAX = 100;
    static final int FREE_PLAYS_PER_DAY = 3;

    /** The number of a round's first share; the one sold after n others gets this plus n. */
    static final long FIRST_NUMBER = 10_000_001;

    private static final Unit CREATE_USER = Unit.named("lottery-create-user");
    private static final Unit CREATE_PRODUCT = Unit.named("lottery-create-product");
    private static final Unit OPEN_ROUND = Unit.named("lottery-open-round");
    private static final Unit CHANGE_BALANCE = Unit.named("lottery-change-balance");
    private static final Unit PARTICIPATE = Unit.named("lottery-participate");
    private static final Unit PLACE_ORDER = Unit.named("lottery-place-order");
    private static final Unit MOVE_ORDER = Unit.named("lottery-move-order");
    private static final Unit RESET_FREE_PLAYS = Unit.named("lottery-reset-free-plays");

    private static final DateTimeFormatter ORDER_DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Rowlock rowlock;
    private final ZoneId zone;

    /**
     * @param rowlock the database's guards
     * @param zone where the shop is: its midnight begins a new day of free plays
     */
    LotteryService(Rowlock rowlock, ZoneId zone) {
        this.rowlock = rowlock;
        this.zone = zone;
    }

    // ---- users

    Outcome<UserRow> createUser(String telegramId) {
        return rowlock.transact(CREATE_USER, tx -> {
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds them
            // here.
            Optional<Row<TelegramRow>> taken = tx.read(USERS_BY_TELEGRAM, telegramId);
            if (taken.isPresent()) {
                return refused(new Refusal.TelegramIdTaken(
                        telegramId, taken.get().value().id()));
            }
            TelegramRow user = new TelegramRow(telegramId, tx.newId("user"), tx.now());
            tx.insert(USERS_BY_TELEGRAM, user);
            return done(UserRow.opened(user.id(), telegramId, Money.ZERO, Money.ZERO, user.createdAt()));
        });
    }

    /**
     * Adds to a balance or deducts from it, and books it.
     *
     * @param expected the version the caller has seen, or null to change whatever is there
     * @return the balance as it now is
     */
    Outcome<View<BalanceRow>> changeBalance(
            UUID userId,
            BalanceType type,
            BalanceOperation operation,
            Money amount,
            @Nullable String description,
            @Nullable Version expected) {
        if (outOfRange(amount)) {
            return refused(new Refusal.AmountOutOfRange(amount, AMOUNT_MIN, AMOUNT_MAX));
        }
        return rowlock.transact(CHANGE_BALANCE, tx -> {
            Optional<Row<BalanceRow>> found = tx.read(balances(type), userId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Row<BalanceRow> balance = found.get();
            if (expected != null && !expected.equals(balance.version())) {
                return new Outcome.Conflict<>(view(balance), expected, balance.version());
            }
            Money before = balance.value().amount();
            Money change = operation == BalanceOperation.ADD ? amount : amount.negated();
            Money after = before.plus(change);
            if (after.compareTo(Money.ZERO) < 0) {
                return refused(new Refusal.InsufficientBalance(userId, type, before, amount));
            }
            Row<BalanceRow> changed = tx.update(balance, b -> b.withAmount(after));
            book(
                    tx,
                    "balance:" + tx.newId("operation"),
                    operation == BalanceOperation.ADD ? LedgerType.ADD : LedgerType.DEDUCT,
                    userId,
                    type,
                    change,
                    after,
                    changed.version(),
                    description);
            return done(view(changed));
        });
    }

    /**
     * Gives a user the day's free plays, once a day.
     *
     * @return whether they were given now; false if they had been today
     */
    Outcome<FreePlaysReset> resetFreePlays(UUID userId) {
        return rowlock.transact(RESET_FREE_PLAYS, tx -> {
            Optional<Row<FreePlaysRow>> found = tx.lock(FREE_PLAYS, userId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Row<FreePlaysRow> plays = found.get();
            LocalDate today = LocalDate.ofInstant(tx.now(), zone);
            LocalDate last = plays.value().lastFreeResetDate();
            // Not before: a node whose clock is behind does not give yesterday's plays today.
            if (last != null && !last.isBefore(today)) {
                return done(new FreePlaysReset(false, plays.value()));
            }
            Row<FreePlaysRow> reset = tx.update(plays, p -> new FreePlaysRow(userId, FREE_PLAYS_PER_DAY, today));
            return done(new FreePlaysReset(true, reset.value()));
        });
    }

    /** Whether a day's free plays were given now, and what the user has. */
    record FreePlaysReset(boolean reset, FreePlaysRow plays) {}

    // ---- products and rounds

    Outcome<ProductRow> createProduct(String name, int totalShares, Money pricePerShare, Money marketPrice, int stock) {
        for (Money price : List.of(pricePerShare, marketPrice)) {
            if (outOfRange(price)) {
                return refused(new Refusal.AmountOutOfRange(price, AMOUNT_MIN, AMOUNT_MAX));
            }
        }
        return rowlock.transact(CREATE_PRODUCT, tx -> {
            ProductRow product = new ProductRow(
                    tx.newId("product"),
                    name,
                    totalShares,
                    pricePerShare.cents(),
                    marketPrice.cents(),
                    stock,
                    0,
                    tx.now());
            return done(tx.insert(PRODUCTS, product).value());
        });
    }

    /** Opens the next round of a product. */
    Outcome<NamedRound> openRound(UUID productId) {
        return rowlock.transact(OPEN_ROUND, tx -> {
            Optional<Row<ProductRow>> found = tx.read(PRODUCTS, productId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownProduct(productId));
            }
            // The product counts its rounds, so that the next number needs no search for the highest.
            Row<ProductRow> product = tx.update(found.get(), p -> p.withRoundsOpened(p.roundsOpened() + 1));
            Row<RoundRow> round = tx.insert(ROUNDS, newRound(tx.newId("round"), product.value(), tx.now()));
            return done(new NamedRound(view(round), product.value().name()));
        });
    }

    /** A round of a product that has just counted it. */
    static RoundRow newRound(UUID id, ProductRow product, Instant now) {
        return new RoundRow(
                id,
                product.id(),
                product.roundsOpened(),
                product.totalShares(),
                product.pricePerShareCents(),
                0,
                RoundStatus.ACTIVE,
                now);
    }

    /**
     * Buys shares of a round: balance, shares, numbers and ledger in one step.
     *
     * <p>The round is locked, because whoever sells it writes it: reading it and trying again would only queue at another
     * place. The numbers follow from the shares sold before, under that lock, so they are unique and without gaps.
     */
    Outcome<Purchase> participate(UUID userId, UUID roundId, int quantity) {
        if (quantity < QUANTITY_MIN || quantity > QUANTITY_MAX) {
            return refused(new Refusal.QuantityOutOfRange(quantity, QUANTITY_MIN, QUANTITY_MAX));
        }
        return rowlock.transact(PARTICIPATE, tx -> {
            Optional<Row<RoundRow>> onSale = tx.lock(ROUNDS, roundId);
            if (onSale.isEmpty()) {
                return refused(new Refusal.UnknownRound(roundId));
            }
            RoundRow round = onSale.get().value();
            if (round.status() != RoundStatus.ACTIVE) {
                return refused(new Refusal.RoundNotActive(roundId, round.status()));
            }
            if (round.remainingShares() < quantity) {
                return refused(new Refusal.InsufficientShares(roundId, round.remainingShares(), quantity));
            }
            Optional<Row<WalletRow>> wallet = tx.read(WALLETS, userId);
            if (wallet.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Money cost = round.pricePerShare().times(quantity);
            Money balance = wallet.get().value().balance();
            if (balance.compareTo(cost) < 0) {
                return refused(new Refusal.InsufficientBalance(userId, BalanceType.BALANCE, balance, cost));
            }

            Row<RoundRow> sold = tx.update(onSale.get(), r -> r.selling(quantity));
            Row<WalletRow> paid = tx.update(wallet.get(), w -> w.paying(cost));
            ParticipationRow participation = new ParticipationRow(
                    tx.newId("participation"),
                    userId,
                    roundId,
                    ParticipationType.PAID,
                    quantity,
                    FIRST_NUMBER + round.soldShares(),
                    cost.cents(),
                    tx.now());
            tx.insert(PARTICIPATIONS, participation);
            for (int i = 0; i < quantity; i++) {
                tx.insert(NUMBERS, new NumberRow(roundId, participation.firstNumber() + i, participation.id()));
            }
            book(
                    tx,
                    "participation:" + participation.id(),
                    LedgerType.PARTICIPATE,
                    userId,
                    BalanceType.BALANCE,
                    cost.negated(),
                    paid.value().balance(),
                    paid.version(),
                    null);
            return done(new Purchase(participation, view(sold), view(paid)));
        });
    }

    /** A purchase of shares, with the round and the wallet as it left them. */
    record Purchase(ParticipationRow participation, View<RoundRow> round, View<WalletRow> wallet) {}

    // ---- orders

    /** Orders goods at their market price. What is ordered is reserved at once; an order that ends unpaid gives it back. */
    Outcome<View<OrderRow>> placeOrder(UUID userId, UUID productId, int quantity) {
        if (quantity < QUANTITY_MIN || quantity > QUANTITY_MAX) {
            return refused(new Refusal.QuantityOutOfRange(quantity, QUANTITY_MIN, QUANTITY_MAX));
        }
        return rowlock.transact(PLACE_ORDER, tx -> {
            Optional<Row<ProductRow>> product = tx.read(PRODUCTS, productId);
            if (product.isEmpty()) {
                return refused(new Refusal.UnknownProduct(productId));
            }
            if (tx.read(USERS, userId).isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            int stock = product.get().value().stock();
            if (stock < quantity) {
                return refused(new Refusal.InsufficientStock(productId, stock, quantity));
            }
            tx.update(product.get(), p -> p.withStock(p.stock() - quantity));
            OrderRow order = newOrder(tx.newId("order"), userId, product.get().value(), quantity, tx.now());
            return done(view(tx.insert(ORDERS, order)));
        });
    }

    /** The day, so that people find it, and sixteen digits of the id; the unique key has the last word. */
    private static String orderNumber(UUID id, Instant now) {
        return "%s-%016X".formatted(ORDER_DAY.format(now), id.getMostSignificantBits() ^ id.getLeastSignificantBits());
    }

    static OrderRow newOrder(UUID id, UUID userId, ProductRow product, int quantity, Instant now) {
        return new OrderRow(
                id,
                orderNumber(id, now),
                userId,
                product.id(),
                OrderType.DIRECT_BUY,
                quantity,
                Money.ofCents(product.marketPriceCents()).times(quantity).cents(),
                OrderStatus.PENDING,
                PaymentStatus.PENDING,
                FulfillmentStatus.PENDING,
                now,
                now);
    }

    /**
     * Takes an order one step on.
     *
     * @param expected the version the caller has seen, or null to judge the step by what is there
     */
    Outcome<View<OrderRow>> moveOrder(UUID orderId, OrderStatus next, @Nullable Version expected) {
        return rowlock.transact(MOVE_ORDER, tx -> {
            Optional<Row<OrderRow>> found = tx.read(ORDERS, orderId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownOrder(orderId));
            }
            Row<OrderRow> order = found.get();
            if (expected != null && !expected.equals(order.version())) {
                return new Outcome.Conflict<>(view(order), expected, order.version());
            }
            OrderStatus status = order.value().status();
            if (!status.mayBecome(next)) {
                return refused(new Refusal.IllegalTransition(orderId, status, next, status.next()));
            }
            if (next.releasesStock()) {
                int quantity = order.value().quantity();
                Row<ProductRow> product =
                        tx.read(PRODUCTS, order.value().productId()).orElseThrow();
                tx.update(product, p -> p.withStock(p.stock() + quantity));
            }
            return done(view(tx.update(order, o -> o.becoming(next, tx.now()))));
        });
    }

    // ----

    private static boolean outOfRange(Money amount) {
        return amount.compareTo(AMOUNT_MIN) < 0 || amount.compareTo(AMOUNT_MAX) > 0;
    }

    private static void book(
            Tx tx,
            String operationId,
            LedgerType type,
            UUID userId,
            BalanceType balanceType,
            Money change,
            Money after,
            Version version,
            @Nullable String description) {
        tx.insert(
                LEDGER,
                new LedgerRow(
                        tx.newId("ledger"),
                        operationId,
                        userId,
                        type,
                        balanceType,
                        change.cents(),
                        after.cents(),
                        version.number(),
                        null,
                        description,
                        tx.now()));
    }

    private static <T> View<T> view(Row<T> row) {
        return new View<>(row.value(), row.version());
    }
}
