package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.USERS_BY_TELEGRAM;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.TelegramRow;
import io.rowlock.app.lottery.LotteryTables.UserRow;
import java.util.Optional;

/** Users. Safe for use by many threads. */
final class Users {
    private static final Unit CREATE_USER = Unit.named("lottery-create-user");

    private final Rowlock rowlock;

    Users(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    Outcome<UserRow> create(String telegramId) {
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
}
