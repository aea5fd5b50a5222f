package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Rounds of products. Safe for use by many threads. */
final class Rounds {
    private static final Unit OPEN_ROUND = Unit.named("lottery-open-round");

    private final Rowlock rowlock;

    Rounds(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** Opens the next round of a product. */
    Outcome<NamedRound> open(UUID productId) {
        return rowlock.transact(OPEN_ROUND, tx -> {
            Optional<Row<ProductRow>> found = tx.read(PRODUCTS, productId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownProduct(productId));
            }
            // The product counts its rounds, so that the next number needs no search for the highest.
            Row<ProductRow> product = tx.update(found.get(), p -> p.withRoundsOpened(p.roundsOpened() + 1));
            Row<RoundRow> round = tx.insert(ROUNDS, newRound(tx.newId("round"), product.value(), tx.now()));
            AuditLog.round(tx, "open_round", null, null, round);
            return done(new NamedRound(view(round), product.value().name()));
        });
    }

    /** A round of a product that has just counted it. */
    static RoundRow newRound(UUID id, ProductRow product, Instant now) {
        return RoundRow.opened(
                id, product.id(), product.roundsOpened(), product.totalShares(), product.pricePerShareCents(), now);
    }
}
