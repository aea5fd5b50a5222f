package io.rowlock.watch;

import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.jdbc.JdbcObserver;
import io.rowlock.watch.jdbc.JdbcResult;
import io.rowlock.watch.jdbc.JdbcSession;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.trace.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Puts the steps of one data source into the recording. Never throws, never waits for anything but the recording's lock. */
final class RecordingObserver implements JdbcObserver {

    /** Statements of one connection whose rows are still waited for: more answers than any program reads side by side. */
    private static final int OPEN_ANSWERS_MAX = 64;

    private final Recording recording;
    private final RecorderOptions options;
    private final LongSupplier unitNumbers;
    private final Supplier<@Nullable RecordedUnit> currentUnit;
    private final Masking masking;
    private final Map<Long, Session> sessions = new ConcurrentHashMap<>();

    /** One lent connection; one thread at a time. */
    private static final class Session {
        final long number;

        @Nullable
        RecordedUnit outside;

        @Nullable
        Integer level;
        /** The steps whose rows may still come. */
        final Map<Long, Recorded> steps = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, Recorded> eldest) {
                return size() > OPEN_ANSWERS_MAX;
            }
        };

        Session(long number) {
            this.number = number;
        }
    }

    RecordingObserver(
            Recording recording,
            RecorderOptions options,
            LongSupplier unitNumbers,
            Supplier<@Nullable RecordedUnit> currentUnit) {
        this.recording = recording;
        this.options = options;
        this.unitNumbers = unitNumbers;
        this.currentUnit = currentUnit;
        this.masking = recording.masking();
    }

    private Session session(JdbcSession session) {
        return sessions.computeIfAbsent(session.number(), n -> new Session(recording.nextSession()));
    }

    private RecordedUnit unit(Session session) {
        RecordedUnit unit = currentUnit.get();
        if (unit != null) {
            return unit;
        }
        if (session.outside == null) {
            session.outside = new RecordedUnit(unitNumbers.getAsLong(), "");
        }
        return session.outside;
    }

    @Override
    public void isolationSet(JdbcSession session, int level) {
        session(session).level = level;
    }

    @Override
    public void before(JdbcStep step) {
        Session session = session(step.session());
        if (!recording.hasRoom()) {
            return;
        }
        Recorded recorded = new Recorded(
                recording.nextSequence(),
                session.number,
                unit(session),
                step.kind(),
                step.control(),
                step.calls().stream()
                        .map(call -> new JdbcCall(call.sql(), masking.apply(call.values())))
                        .toList(),
                step.autoCommit(),
                session.level,
                CallSites.here(options.framesMax()));
        session.steps.put(step.number(), recorded);
        recording.add(recorded);
    }

    private @Nullable Recorded recorded(JdbcStep step) {
        return session(step.session()).steps.get(step.number());
    }

    @Override
    public void after(JdbcStep step, JdbcResult result) {
        Recorded recorded = recorded(step);
        if (recorded != null) {
            recording.taken(recorded, result.failure(), result.updateCounts(), result.nanos());
            if (result.failure() != null || step.kind() != JdbcStep.Kind.STATEMENT) {
                session(step.session()).steps.remove(step.number());
            }
        }
    }

    @Override
    public void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
        Recorded recorded = recorded(step);
        if (recorded != null) {
            recording.row(recorded, new Row(columns, masking.apply(values)));
        }
    }

    @Override
    public void exhausted(JdbcStep step) {
        Recorded recorded = recorded(step);
        if (recorded != null) {
            recording.exhausted(recorded);
        }
    }

    @Override
    public void generatedKeys(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
        Recorded recorded = recorded(step);
        if (recorded != null) {
            recording.generatedKey(recorded, new Row(columns, masking.apply(values)));
        }
    }

    @Override
    public void closed(JdbcSession session) {
        sessions.remove(session.number());
    }
}
