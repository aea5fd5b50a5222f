package io.rowlock.lab;

import io.rowlock.lab.internal.run.Footprint;
import io.rowlock.lab.internal.run.Op;
import io.rowlock.lab.internal.run.Taken;
import io.rowlock.watch.jdbc.JdbcSession;
import io.rowlock.watch.jdbc.JdbcStep;
import java.util.HashMap;
import java.util.Map;

/** Counts the transactions of each actor of one run, as the steps come. */
final class TransactionNumbers {
    private final Map<Integer, Integer> last = new HashMap<>();
    private final Map<JdbcSession, Integer> open = new HashMap<>();

    /** Whether it came as far as the database: in front of that nothing is known of it. */
    static boolean isKnown(Taken taken) {
        return !taken.footprint().equals(Footprint.OPAQUE);
    }

    static boolean ends(Taken taken) {
        if (!(taken.op() instanceof Op.Database database)) {
            return false;
        }
        return switch (database.step().kind()) {
            case COMMIT, ROLLBACK -> !taken.label().equals(Move.CRASH);
            case STATEMENT -> isKnown(taken) && taken.footprint().ends();
            case SAVEPOINT, ROLLBACK_TO_SAVEPOINT -> false;
        };
    }

    /** The number of a step's transaction; asked once for each step, in order. */
    int of(Taken taken, boolean ends) {
        if (!(taken.op() instanceof Op.Database database)) {
            return 0;
        }
        JdbcStep step = database.step();
        if (taken.label().equals(Move.CRASH)) {
            return open.getOrDefault(step.session(), 0);
        }
        Integer known = open.get(step.session());
        int number = known == null ? last.merge(taken.actor(), 1, Integer::sum) : known;
        if (ends) {
            open.remove(step.session());
        } else {
            open.put(step.session(), number);
        }
        return number;
    }
}
