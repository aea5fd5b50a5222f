package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import java.util.List;

/** Products. Safe for use by many threads. */
final class Products {
    private static final Unit CREATE_PRODUCT = Unit.named("lottery-create-product");

    private final Rowlock rowlock;

    Products(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    Outcome<ProductRow> create(String name, int totalShares, Money pricePerShare, Money marketPrice, int stock) {
        for (Money price : List.of(pricePerShare, marketPrice)) {
            if (Limits.refuses(price)) {
                return refused(Limits.outOfRange(price));
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
                    stock,
                    0,
                    tx.now());
            return done(tx.insert(PRODUCTS, product).value());
        });
    }
}
