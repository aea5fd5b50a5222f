package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.audit.BookAudit;
import io.rowlock.engines.Database;
import io.rowlock.engines.FaultyDataSource;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import tools.jackson.databind.json.JsonMapper;

/** The money side of the lottery without HTTP, on a database that fails or stops when told to. */
final class Till {
    private static final AtomicLong TELEGRAM_IDS = new AtomicLong(600_000_000);

    final Database database;
    final FaultyDataSource faults;

    /** Reaches the database past the faults, as another node would. */
    final Services plain;

    final Services faulty;

    Till(Database database) {
        LotterySchema.migrate(database);
        this.database = database;
        faults = FaultyDataSource.around(database.dataSource());
        plain = new Services(database.dataSource());
        faulty = new Services(faults);
    }

    /** One node's services. */
    static final class Services {
        final Rowlock rowlock;
        final Users users;
        final Balances balances;
        final Products products;
        final Rounds rounds;
        final Purchases purchases;
        final Draws draws;
        final Orders orders;
        final Transfers transfers;
        final Recharges recharges;
        final Payments payments;
        final LotteryQueries queries;
        final BalanceBatches batches;
        final Expiry expiry;

        Services(DataSource dataSource) {
            rowlock = Rowlock.on(dataSource)
                    .order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new))
                    .build();
            queries = new LotteryQueries(rowlock);
            users = new Users(rowlock);
            balances = new Balances(rowlock);
            products = new Products(rowlock);
            rounds = new Rounds(rowlock);
            purchases = new Purchases(
                    rowlock, new FreePlays(rowlock, ZoneOffset.UTC), new RateLimit(LimitOptions.OFF), full -> {});
            draws = new Draws(rowlock, new SecureRandom());
            orders = new Orders(rowlock);
            transfers = new Transfers(rowlock);
            recharges = new Recharges(rowlock);
            payments = new Payments(rowlock);
            batches = new BalanceBatches(rowlock, new JsonMapper());
            expiry = new Expiry(rowlock, queries);
        }

        /** Ends every order that nobody has paid, however young. */
        Expiry.Expired expireAll() {
            return expiry.expire(Duration.ZERO, 1000);
        }
    }

    /** A new user with this on the balance. */
    UUID user(String balance) {
        UUID user = done(plain.users.create(Long.toString(TELEGRAM_IDS.incrementAndGet())))
                .id();
        if (!balance.equals("0.00")) {
            done(plain.balances.change(
                    user, BalanceType.BALANCE, BalanceOperation.ADD, Money.parse(balance), null, null));
        }
        return user;
    }

    /** A new round of so many shares at 1.00. */
    UUID round(int shares) {
        return done(plain.rounds.open(product(shares, 1))).round().value().id();
    }

    UUID product(int shares, int stock) {
        return done(plain.products.create("Teapot", shares, Money.parse("1.00"), Money.parse("59.00"), stock))
                .id();
    }

    UUID recharge(UUID user, String amount) {
        return done(plain.recharges.place(user, Money.parse(amount))).value().id();
    }

    UUID order(UUID user, UUID product, int quantity) {
        return done(plain.orders.place(user, product, quantity)).value().id();
    }

    OrderRow orderNow(UUID order) {
        return plain.queries.order(order).orElseThrow().value();
    }

    Money balance(UUID user) {
        return plain.queries
                .balance(user, BalanceType.BALANCE)
                .orElseThrow()
                .value()
                .amount();
    }

    int stock(UUID product) {
        return plain.queries.product(product).orElseThrow().value().stock();
    }

    /** The names of the checks that find something, once for each violation. */
    List<String> wrong() throws SQLException {
        return wrong(database);
    }

    static List<String> wrong(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return BookAudit.run(connection).stream()
                    .filter(finding -> !finding.holds())
                    .map(Finding::check)
                    .toList();
        }
    }

    void booksAreRight() throws SQLException {
        assertThat(wrong()).as("checks of the books that find something").isEmpty();
    }

    static <T> T done(Outcome<T> outcome) {
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
