package io.rowlock.internal.unit;

import io.rowlock.dialect.Engine;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * One update and its checks as one UPDATE, a transaction of its own: nothing has to be asserted, since an UPDATE that finds a
 * condition unmet writes nothing.
 *
 * <p>Gates and locks stand one inside the other, each in a subquery that refers to nothing around it. Such a condition is evaluated
 * before the first row of the statement around it is looked for, so the innermost lock is the first one taken. That keeps the
 * canonical order; where the updated row is not the last in it, it is locked at its place as well. Immutable.
 *
 * @param sql the statement
 * @param update the update, bound first
 * @param locks the check of each lock, innermost last
 * @param gated the rows at whose gates the innermost waits
 */
record PostgresUpdate(String sql, Step update, List<Step> locks, List<RowId> gated) {
    /** An update with more checks than this is written as statements that assert themselves, which nest nothing. */
    private static final int STEPS_MAX = 8;

    private static final String NESTED_END = ") IS NOT NULL";

    /** What a text depends on. The parts are the same strings each time, and know their hash. */
    private record Shape(List<String> parts, int updated, List<Boolean> gates) {}

    /** Whether these steps are one update and checks, and few. */
    static boolean fits(List<Step> steps) {
        if (steps.size() > STEPS_MAX) {
            return false;
        }
        int updates = 0;
        for (Step step : steps) {
            if (step.kind() == Step.Kind.UPDATE) {
                updates++;
            } else if (step.kind() != Step.Kind.CHECK) {
                return false;
            }
        }
        return updates == 1;
    }

    /**
     * The statement for these steps.
     *
     * @param gated the rows at whose gates it waits first
     * @param closed for each of them, whether it closes the gate
     */
    static PostgresUpdate of(Texts texts, List<Step> steps, List<RowId> gated, List<Boolean> closed) {
        List<String> parts = new ArrayList<>(steps.size());
        int updated = 0;
        for (int i = 0; i < steps.size(); i++) {
            parts.add(steps.get(i).sql());
            updated = steps.get(i).kind() == Step.Kind.UPDATE ? i : updated;
        }
        Step update = steps.get(updated);
        List<Step> locks = new ArrayList<>(steps.size());
        for (int i = steps.size() - 1; i >= 0; i--) {
            if (i != updated) {
                locks.add(steps.get(i));
            } else if (i < steps.size() - 1) {
                locks.add(Flow.asCheck(update.entry()));
            }
        }
        String sql = texts.of(new Shape(parts, updated, closed), () -> text(update, locks, closed));
        return new PostgresUpdate(sql, update, locks, gated);
    }

    private static String text(Step update, List<Step> locks, List<Boolean> gates) {
        StringBuilder sql = new StringBuilder(update.sql());
        StringBuilder closing = new StringBuilder();
        for (Step lock : locks) {
            sql.append(" AND (").append(lock.sql());
            boolean written = lock.entry().equals(update.entry());
            closing.insert(0, (written ? PostgresFlow.FOR_UPDATE : PostgresFlow.FOR_SHARE) + NESTED_END);
        }
        for (int i = gates.size() - 1; i >= 0; i--) {
            sql.append(i == gates.size() - 1 ? " AND (SELECT " : " WHERE (SELECT ")
                    .append(PostgresFlow.gate(gates.get(i)));
            closing.insert(0, NESTED_END);
        }
        return sql.append(closing).toString();
    }

    /** Binds the values for update, locks and gates. */
    void bind(PreparedStatement statement, Engine engine) throws SQLException {
        int index = update.binder().bind(statement, 1, engine);
        for (Step lock : locks) {
            index = lock.binder().bind(statement, index, engine);
        }
        for (int i = gated.size() - 1; i >= 0; i--) {
            statement.setLong(index++, gated.get(i).gate());
        }
    }
}
