package io.rowlock.lab;

import io.rowlock.lab.internal.run.StatementFacts;
import io.rowlock.lab.internal.run.StatementFacts.Control;
import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.jdbc.TransactionControl;
import io.rowlock.watch.sql.Analysis;
import io.rowlock.watch.sql.StatementAnalyzer;
import io.rowlock.watch.trace.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What is known of statements before they run. Safe for use by many threads. */
final class Statements implements StatementFacts.Reader {
    /** What changes the session only, or nothing: no other session can tell when it ran. */
    private static final Pattern OF_THE_SESSION =
            Pattern.compile("^(set|show|pragma|reset|discard|use|savepoint|release)\\b.*", Pattern.DOTALL);

    private static final Pattern ASKS_NO_ROWS =
            Pattern.compile("^select\\b(?!.*\\bfrom\\b)(?!.*\\().*", Pattern.DOTALL);
    private static final Pattern SEVERAL = Pattern.compile(";\\s*[^;\\s]");

    /** What asks for columns, and for no row. */
    private static final Pattern ASKS_NOTHING = Pattern.compile("^select\\b.*\\bwhere\\s+1\\s*=\\s*0$", Pattern.DOTALL);

    private static final Pattern BEGINS_AT_ONCE =
            Pattern.compile(".*\\b(immediate|exclusive|consistent\\s+snapshot)\\b.*", Pattern.DOTALL);

    private final StatementAnalyzer analyzer;

    Statements(StatementAnalyzer analyzer) {
        this.analyzer = analyzer;
    }

    @Override
    public StatementFacts read(JdbcStep step) {
        List<Access> accesses = new ArrayList<>();
        Control control = Control.NONE;
        boolean neutral = true;
        boolean understood = true;
        for (JdbcCall call : step.calls()) {
            String sql = call.sql().strip().toLowerCase(Locale.ROOT);
            // Several statements in one text, or a block: whatever it does to its transaction, it does more than that.
            boolean several = SEVERAL.matcher(sql).find();
            Control here = several ? Control.NONE : control(sql);
            control = here == Control.NONE ? control : here;
            Analysis analysis = analyzer.analyze(call);
            accesses.addAll(analysis.accesses());
            boolean ofTheSession = !several
                    && (OF_THE_SESSION.matcher(sql).matches()
                            || ASKS_NO_ROWS.matcher(sql).matches()
                            || (step.autoCommit() && ASKS_NOTHING.matcher(sql).matches()));
            neutral &= ofTheSession;
            understood &= ofTheSession
                    || here != Control.NONE
                    || (!several
                            && analysis.understood() == Analysis.Understood.PARSED
                            && !analysis.accesses().isEmpty());
        }
        return new StatementFacts(accesses, control, neutral && control == Control.NONE, understood);
    }

    private static Control control(String sql) {
        TransactionControl control = TransactionControl.of(sql);
        if (control.begins()) {
            return BEGINS_AT_ONCE.matcher(sql).matches() ? Control.BEGIN_AT_ONCE : Control.BEGIN;
        }
        if (control.commits()) {
            return Control.COMMIT;
        }
        return control.rollsBack() ? Control.ROLLBACK : Control.NONE;
    }
}
