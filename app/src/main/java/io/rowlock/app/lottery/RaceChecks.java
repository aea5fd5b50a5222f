package io.rowlock.app.lottery;

import io.rowlock.app.lottery.audit.BookAudit;
import io.rowlock.app.naive.EarlyLottery;
import io.rowlock.app.races.Checks;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Scenario;
import java.util.Optional;

/** What is looked at after each run of a race. */
final class RaceChecks {
    static final String DONE = EarlyLottery.DONE;

    private RaceChecks() {}

    /** Of all who took part one was told that it is done. */
    static Scenario.Check oneIsDone() {
        return (connection, results) -> {
            long done = done(results);
            return done == 1 ? Optional.empty() : Optional.of(done + " were told that it is done");
        };
    }

    /** The books are right, and something else as well. */
    static Scenario.Check books(Scenario.Check more) {
        return Checks.rightInEachState(BookAudit::run, more);
    }

    /** As {@link Checks#allEnded}, and whoever was answered was told that it is done. */
    static Scenario.Check nobodyIsRefused() {
        return Checks.both(
                Checks.allEnded(),
                (connection, results) -> results.results().values().stream()
                        .filter(result -> result instanceof ActorResult.Returned returned
                                && !returned.value().equals(DONE))
                        .findFirst()
                        .map(result -> "refused: " + result));
    }

    /** How many were told that it is done. */
    static long done(io.rowlock.lab.Outcome results) {
        return Checks.told(results, DONE);
    }
}
