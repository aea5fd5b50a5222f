package io.rowlock.app.mastery;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import io.rowlock.Unit;
import java.time.Duration;

/**
 * Everything that an answer changes, in one unit: it is stored as a whole or not at all.
 *
 * <p><b>Promise.</b> The unit ends within the time for a decision. If it is not over by then, its statement is cancelled and nothing of it
 * is stored: nobody comes back later and commits. If the connection breaks during the commit, the outcome is found out by deciding again
 * under the same event id, which either is in the log by then or never will be by the lost commit.
 */
final class GuardedPersistence implements Persistence {
    private static final Unit PROCESS = Unit.named("amas-process");

    private final Rowlock rowlock;
    private final LearnerUnits units;
    private final Unit unit;

    /** @param decision how long a decision may take */
    GuardedPersistence(Rowlock rowlock, LearnerUnits units, Duration decision) {
        this.rowlock = rowlock;
        this.units = units;
        this.unit = PROCESS.withDeadline(decision);
    }

    @Override
    public Processed process(String userId, Asked asked) {
        try {
            return rowlock.transact(unit, tx -> units.answer(tx, userId, asked));
        } catch (CommitOutcomeUnknown unknown) {
            return foundOut(userId, asked, unknown);
        }
    }

    private Processed foundOut(String userId, Asked asked, CommitOutcomeUnknown unknown) {
        try {
            return rowlock.transact(unit, tx -> units.answer(tx, userId, asked.again()));
        } catch (RowlockException neither) {
            unknown.addSuppressed(neither);
            throw unknown;
        }
    }
}
