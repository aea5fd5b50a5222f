package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.security.SecureRandom;
import java.util.UUID;

/** Newer tables on a database that an older version of the service has filled. */
class LotteryMigrationTest {
    private static final UUID USER = UUID.fromString("00000000-0000-4000-8000-000000000001");
    private static final UUID PRODUCT = UUID.fromString("00000000-0000-4000-8000-000000000101");
    private static final UUID ROUND = UUID.fromString("00000000-0000-4000-8000-000000000201");
    private static final UUID PARTICIPATION = UUID.fromString("00000000-0000-4000-8000-000000000401");

    @Databases
    void aRoundThatWasSoldOutBeforeCanBeDrawn(Database database) {
        LotterySchema.to(database, "1");
        fill(database);
        Books books = Books.of(database);

        LotterySchema.migrate(database);

        Rowlock rowlock = Rowlock.on(database.dataSource())
                .order(LotteryTables.ORDER.toArray(Table<?, ?>[]::new))
                .build();
        LotteryTables.RoundRow round = rowlock.read(tx -> tx.peek(LotteryTables.ROUNDS, ROUND))
                .orElseThrow()
                .value();
        assertThat(round.status()).isEqualTo(RoundStatus.FULL);
        assertThat(round.winnerUserId()).isNull();
        assertThat(new Draws(rowlock, new SecureRandom()).draw(ROUND))
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(((Draws.Draw) done.value())
                                        .round()
                                        .value()
                                        .winnerUserId())
                                .isEqualTo(USER));
        books.areExact();
    }

    private static void fill(Database database) {
        String now = database.engine() == Engine.SQLITE
                ? "'2025-01-31T12:00:00.000000Z'"
                : "TIMESTAMP '2025-01-31 12:00:00'";
        database.execute(
                "INSERT INTO users (id, telegram_id, created_at) VALUES ('" + USER + "', '1', " + now + ")",
                "INSERT INTO products (id, name, total_shares, price_per_share_cents, market_price_cents, stock,"
                        + " rounds_opened, created_at) VALUES ('" + PRODUCT + "', 'Teapot', 1, 100, 900, 1, 1, " + now
                        + ")",
                "INSERT INTO lottery_rounds (id, product_id, round_number, total_shares, price_per_share_cents,"
                        + " sold_shares, status, created_at) VALUES ('" + ROUND + "', '" + PRODUCT
                        + "', 1, 1, 100, 1, 'FULL', " + now + ")",
                "INSERT INTO participations (id, user_id, round_id, type, shares_count, first_number, cost_cents,"
                        + " created_at) VALUES ('" + PARTICIPATION + "', '" + USER + "', '" + ROUND
                        + "', 'PAID', 1, 10000001, 100, " + now + ")",
                "INSERT INTO participation_numbers (round_id, number, participation_id) VALUES ('" + ROUND
                        + "', 10000001, '" + PARTICIPATION + "')");
    }
}
