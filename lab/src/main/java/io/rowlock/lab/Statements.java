package io.rowlock.lab;

import io.rowlock.lab.internal.run.StatementFacts;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.jdbc.TransactionControl;
import java.util.List;
import java.util.Locale;

/** What is known of statements, of any engine. */
final class Statements implements StatementFacts.Reader {
    @Override
    public StatementFacts read(JdbcStep step) {
        StatementFacts.Control control = StatementFacts.Control.NONE;
        boolean neutral = true;
        for (var call : step.calls()) {
            String sql = call.sql().strip().toLowerCase(Locale.ROOT);
            TransactionControl c = TransactionControl.of(sql);
            if (c.begins()) {
                control = sql.contains("immediate") || sql.contains("exclusive") || sql.contains("consistent snapshot")
                        ? StatementFacts.Control.BEGIN_AT_ONCE : StatementFacts.Control.BEGIN;
            } else if (c.commits()) {
                control = StatementFacts.Control.COMMIT;
            } else if (c.rollsBack()) {
                control = StatementFacts.Control.ROLLBACK;
            }
            neutral &= sql.startsWith("set ") || sql.startsWith("show ") || sql.startsWith("pragma ") || sql.equals("select 1");
        }
        return new StatementFacts(List.of(), control, neutral, false);
    }
}
