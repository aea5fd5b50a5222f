package io.rowlock.watch.sql;

import io.rowlock.watch.trace.Access.Flag;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.sf.jsqlparser.expression.Function;

/** Locks that a program takes by calling a function: as if they were rows of a table named {@value #TABLE}. */
final class AdvisoryLocks {

    /** No table can be named so without quotes. */
    static final String TABLE = "advisory lock";

    private static final String KEY = "key";

    private AdvisoryLocks() {}

    static Optional<AccessTemplate> of(Function function, int parametersBefore) {
        String name = function.getName().toLowerCase(Locale.ROOT);
        boolean postgres = name.startsWith("pg_advisory_") || name.startsWith("pg_try_advisory_");
        if (!(postgres || name.equals("get_lock"))
                || name.contains("unlock")
                || function.getParameters() == null
                || function.getParameters().isEmpty()) {
            return Optional.empty();
        }
        // Two keys of 32 bits are one of 64, which only the engine puts together.
        boolean one = !postgres || function.getParameters().size() == 1;
        Condition condition = one
                ? Condition.of(
                        KEY,
                        Operator.EQUAL,
                        List.of(Operand.of(function.getParameters().get(0), parametersBefore)))
                : Condition.TRUE;
        return Optional.of(new AccessTemplate(
                TABLE,
                name.endsWith("_shared") ? Mode.LOCK_SHARED : Mode.LOCK_EXCLUSIVE,
                Set.of(KEY),
                condition,
                List.of(KEY),
                name.startsWith("pg_try_") ? Set.of(Flag.NO_WAIT) : Set.of()));
    }
}
