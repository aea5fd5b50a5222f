package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.MasteryTables.STATES;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import java.util.Optional;

/**
 * Where learners are looked at. What is decided on is never read here: units lock and read the rows themselves, so that it does not matter
 * for them how old this is.
 *
 * <p>Safe for use by many threads.
 */
@FunctionalInterface
interface Learners {

    /** How a user is, to be shown; empty if nobody of this id has answered anything. */
    Optional<View<StateRow>> find(String userId);

    /** Looks into the database each time. */
    static Learners of(Rowlock rowlock) {
        Unit look = Unit.named("amas-look");
        return userId -> rowlock.read(look, tx -> tx.peek(STATES, userId));
    }
}
