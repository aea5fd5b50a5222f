package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.FREE_PLAYS;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.lottery.LotteryTables.FreePlaysRow;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;

/** The free plays that a user has each day. Safe for use by many threads. */
final class FreePlays {
    static final int PER_DAY = 3;

    private static final Unit RESET_FREE_PLAYS = Unit.named("lottery-reset-free-plays");

    private final Rowlock rowlock;
    private final ZoneId zone;

    /**
     * @param rowlock the database's guards
     * @param zone where the shop is: its midnight begins a new day of free plays
     */
    FreePlays(Rowlock rowlock, ZoneId zone) {
        this.rowlock = rowlock;
        this.zone = zone;
    }

    /**
     * Gives a user the day's free plays, once a day.
     *
     * @return whether they were given now; false if they had been today
     */
    Outcome<FreePlaysReset> reset(UUID userId) {
        return rowlock.transact(RESET_FREE_PLAYS, tx -> {
            Optional<Row<FreePlaysRow>> found = tx.lock(FREE_PLAYS, userId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownUser(userId));
            }
            Row<FreePlaysRow> plays = found.get();
            FreePlaysRow today = today(tx, plays.value());
            return done(
                    today.equals(plays.value())
                            ? new FreePlaysReset(false, today)
                            : new FreePlaysReset(
                                    true, tx.update(plays, p -> today).value()));
        });
    }

    /** The plays as they are on the day of a unit: those of a new day if they are of an older one. */
    FreePlaysRow today(Tx tx, FreePlaysRow plays) {
        LocalDate today = LocalDate.ofInstant(tx.now(), zone);
        LocalDate last = plays.lastFreeResetDate();
        // Not before: a node whose clock is behind does not give yesterday's plays today.
        return last == null || last.isBefore(today) ? new FreePlaysRow(plays.userId(), PER_DAY, today) : plays;
    }

    /** Whether a day's free plays were given now, and what the user has. */
    record FreePlaysReset(boolean reset, FreePlaysRow plays) {}
}
