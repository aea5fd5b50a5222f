package io.rowlock.watch;

import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.jdbc.JdbcStep.Kind;
import io.rowlock.watch.sql.Analysis;
import io.rowlock.watch.sql.StatementAnalyzer;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Coverage;
import io.rowlock.watch.trace.Failure;
import io.rowlock.watch.trace.Statement;
import io.rowlock.watch.trace.Trace;
import io.rowlock.watch.trace.Transaction.Outcome;
import io.rowlock.watch.trace.UnitRun;
import io.rowlock.watch.trace.Value;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Puts recorded steps together to units and transactions, and has their statements understood. Used once. */
final class TraceBuilder {

    /** Distinct texts that were not understood and are shown. */
    private static final int TEXTS_MAX = 100;

    private static final Pattern LEVEL = Pattern.compile(
            "isolation\\s+level\\s+(read\\s+uncommitted|read\\s+committed|repeatable\\s+read|serializable)",
            Pattern.CASE_INSENSITIVE);

    private final EngineProfile profile;
    private final int defaultLevel;
    private final StatementAnalyzer analyzer;
    private final Recording.Copy recording;
    private final Map<Long, UnitBuilder> units = new LinkedHashMap<>();
    private final Map<Long, SessionState> sessions = new HashMap<>();
    private final Set<String> texts = new LinkedHashSet<>();
    private long parsed;
    private long byWords;
    private long neutral;
    private long transactions;

    private static final class UnitBuilder {
        final RecordedUnit unit;
        final UnitMemory memory = new UnitMemory();
        final List<TransactionBuilder> transactions = new ArrayList<>();

        UnitBuilder(RecordedUnit unit) {
            this.unit = unit;
        }
    }

    private static final class SessionState {
        @Nullable
        TransactionBuilder open;
        /** Set by SQL, for this connection or for its next transaction only. */
        @Nullable
        Isolation level;

        @Nullable
        Isolation nextLevel;
    }

    TraceBuilder(EngineProfile profile, int defaultLevel, StatementAnalyzer analyzer, Recording.Copy recording) {
        this.profile = profile;
        this.defaultLevel = defaultLevel;
        this.analyzer = analyzer;
        this.recording = recording;
    }

    Trace build() {
        recording.steps().stream()
                .sorted(Comparator.comparingLong(step -> step.sequence))
                .forEach(this::step);
        List<UnitRun> runs = units.values().stream()
                .map(unit -> new UnitRun(
                        unit.unit.number(),
                        unit.unit.name(),
                        unit.transactions.stream()
                                .map(transaction -> transaction.build(profile))
                                .toList()))
                .toList();
        Coverage coverage = new Coverage(
                parsed, byWords, neutral, List.copyOf(texts), recording.droppedSteps(), recording.droppedRows());
        return new Trace(profile, runs, coverage);
    }

    private void step(Recorded step) {
        SessionState session = sessions.computeIfAbsent(step.session, s -> new SessionState());
        boolean ends = step.kind == Kind.COMMIT || step.kind == Kind.ROLLBACK;
        if (ends && session.open == null) {
            return;
        }
        UnitBuilder unit = units.computeIfAbsent(step.unit.number(), n -> new UnitBuilder(step.unit));
        setLevel(step, session);
        TransactionBuilder transaction = session.open;
        if (transaction == null) {
            transaction = new TransactionBuilder(++transactions, step.session, step.autoCommit, level(step, session));
            if (step.control.begins() || !step.autoCommit || !setsLevel(step)) {
                session.nextLevel = null;
            }
            unit.transactions.add(transaction);
            session.open = transaction;
        }
        if (!ends) {
            statements(step, unit.memory).forEach(transaction::add);
        }
        Outcome outcome = outcome(step);
        if (outcome != Outcome.OPEN) {
            transaction.end(outcome, step.sequence);
            session.open = null;
        }
    }

    /** How the step ends its transaction; {@link Outcome#OPEN} if it does not. */
    private Outcome outcome(Recorded step) {
        if (step.failure != null) {
            SqlFailure failure = SqlFailure.of(profile.engine(), step.failure);
            if (step.autoCommit || failure.undone() == SqlFailure.Undone.TRANSACTION) {
                return Outcome.ROLLED_BACK;
            }
            boolean lost = step.control.ends() && failure.undone() != SqlFailure.Undone.NOTHING;
            return lost ? Outcome.COMMIT_FAILED : Outcome.OPEN;
        }
        if (step.control.rollsBack()) {
            return Outcome.ROLLED_BACK;
        }
        return step.autoCommit || step.control.commits() ? Outcome.COMMITTED : Outcome.OPEN;
    }

    // Levels.

    private void setLevel(Recorded step, SessionState session) {
        for (JdbcCall call : step.calls) {
            Matcher matcher = LEVEL.matcher(call.sql());
            if (!matcher.find()) {
                continue;
            }
            Isolation level = level(matcher.group(1));
            if (call.sql().toLowerCase(Locale.ROOT).contains("session")) {
                session.level = level;
            } else if (session.open != null && !step.control.begins()) {
                session.open.isolation(level);
            } else {
                session.nextLevel = level;
            }
        }
    }

    private static boolean setsLevel(Recorded step) {
        return step.calls.stream().anyMatch(call -> LEVEL.matcher(call.sql()).find());
    }

    private static Isolation level(String sql) {
        String words = sql.toUpperCase(Locale.ROOT).replaceAll("\\s+", " ");
        for (Isolation level : Isolation.values()) {
            if (level.sql().equals(words)) {
                return level;
            }
        }
        return Isolation.READ_COMMITTED; // READ UNCOMMITTED, which sees more still
    }

    private @Nullable Isolation level(Recorded step, SessionState session) {
        if (session.nextLevel != null) {
            return session.nextLevel;
        }
        if (session.level != null) {
            return session.level;
        }
        int jdbc = step.level == null ? defaultLevel : step.level;
        if (jdbc == Connection.TRANSACTION_READ_UNCOMMITTED) {
            return Isolation.READ_COMMITTED;
        }
        for (Isolation level : Isolation.values()) {
            if (level.jdbc() == jdbc) {
                return level;
            }
        }
        return null;
    }

    // Statements.

    private List<Statement> statements(Recorded step, UnitMemory memory) {
        List<JdbcCall> calls =
                step.kind == Kind.STATEMENT ? step.calls : List.of(new JdbcCall(name(step.kind), List.of()));
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            JdbcCall call = calls.get(i);
            Analysis analysis = analyzer.analyze(call);
            count(call, analysis);
            Long updated = step.updateCounts.size() == calls.size() ? step.updateCounts.get(i) : null;
            List<Access> accesses = Refinement.of(analyzer.schema(), memory)
                    .refine(analysis.accesses(), call, calls.size() == 1 ? step : null, updated);
            List<Value> values = call.values().stream().map(memory::value).toList();
            statements.add(new Statement(
                    step.sequence,
                    call.sql(),
                    values,
                    accesses,
                    step.rows,
                    step.exhausted,
                    updated != null && updated >= 0 ? updated : null,
                    failure(step.failure),
                    step.callSite,
                    step.startedNanos,
                    step.nanos));
        }
        memory.generated(step.sequence, step.generatedKeys);
        memory.read(step.sequence, step.rows);
        return statements;
    }

    private static String name(Kind kind) {
        return kind == Kind.SAVEPOINT ? "SAVEPOINT" : "ROLLBACK TO SAVEPOINT";
    }

    private void count(JdbcCall call, Analysis analysis) {
        switch (analysis.understood()) {
            case PARSED -> parsed++;
            case NEUTRAL -> neutral++;
            case BY_WORDS -> {
                byWords++;
                if (texts.size() < TEXTS_MAX) {
                    texts.add(call.sql());
                }
            }
        }
    }

    private @Nullable Failure failure(@Nullable SQLException thrown) {
        if (thrown == null) {
            return null;
        }
        SqlFailure failure = SqlFailure.of(profile.engine(), thrown);
        return new Failure(
                failure.kind(),
                failure.undone(),
                failure.error().getSQLState(),
                failure.error().getErrorCode());
    }
}
