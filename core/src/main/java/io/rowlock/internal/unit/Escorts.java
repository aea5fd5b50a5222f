package io.rowlock.internal.unit;

import io.rowlock.Table;
import io.rowlock.companion.Enclosed;
import io.rowlock.companion.Escort;
import io.rowlock.companion.TouchedRow;
import io.rowlock.companion.UnitFacts;
import io.rowlock.companion.WrittenRow;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.table.TableDef;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who goes along with one unit, over all of its attempts. Its statements stand at the end of the flush: whatever they lock is
 * locked for the time of the commit alone, and by units that want nothing more.
 */
final class Escorts {
    /** Stands for the statements of companions in messages and steps; never read through. */
    private static final TableDef<EnclosedRow, String> TABLE =
            (TableDef<EnclosedRow, String>) Table.of("rowlock_companion", EnclosedRow.class)
                    .key("statement", String.class)
                    .build();

    record EnclosedRow(String statement, long version) {}

    private final Shared shared;
    private final UnitRun run;
    private final Map<Companionship<?>, Escort> joined = new LinkedHashMap<>();
    private List<Step> steps = List.of();
    private boolean asked;

    Escorts(Shared shared, UnitRun run) {
        this.shared = shared;
        this.run = run;
    }

    /** Whether nobody could want to know. */
    boolean isNone() {
        return shared.companions.isEmpty();
    }

    @SuppressWarnings("unchecked")
    <E extends Escort> E of(Companionship<E> companionship) {
        return (E) joined.computeIfAbsent(companionship, this::send);
    }

    private Escort send(Companionship<?> companionship) {
        return companionship.companion.join(
                new UnitFacts(run.options().name(), Duration.ofNanos(Math.max(0, run.nanosLeft()))));
    }

    /** These are about to be locked or written. */
    void before(Collection<TouchedRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        for (Companionship<?> companionship : shared.companions) {
            List<TouchedRow> theirs = rows.stream()
                    .filter(row -> companionship.companion.concerns(row.table()))
                    .toList();
            if (!theirs.isEmpty()) {
                of(companionship).beforeRows(theirs);
            }
        }
    }

    /** Another attempt begins: of what was asked for in an earlier one nothing stands. */
    void attemptBegins() {
        asked = false;
    }

    /** What belongs behind the unit's own steps. */
    List<Step> atCommit(Collection<WrittenRow> rows) {
        List<Step> all = new ArrayList<>();
        asked = true;
        joined.forEach((companionship, escort) -> {
            List<WrittenRow> theirs = rows.stream()
                    .filter(row -> companionship.companion.concerns(row.table()))
                    .toList();
            escort.atCommit(theirs).forEach(statement -> all.add(step(statement)));
        });
        steps = all;
        return all;
    }

    private static Step step(Enclosed statement) {
        RowId last = new RowId(Integer.MAX_VALUE, TABLE.physicalName(), statement.sql(), TABLE);
        return new Step(
                Step.Kind.ENCLOSED,
                new Entry<>(TABLE, statement.sql(), last),
                statement.sql(),
                (prepared, index, engine) -> bind(statement, prepared, index, engine));
    }

    private static int bind(Enclosed statement, PreparedStatement prepared, int index, io.rowlock.dialect.Engine engine)
            throws SQLException {
        int next = index;
        for (Object value : statement.values()) {
            TableDef.bindAny(prepared, next++, value, engine);
        }
        return next;
    }

    /** What the unit ends with, if it is a statement of a companion's that changed no row. */
    @Nullable
    RuntimeException refusal(@Nullable Entry<?, ?> stale) {
        for (Step step : steps) {
            if (step.entry() == stale) {
                return new IllegalStateException("A companion's statement did not change one row (unit="
                        + run.options().name() + ", sql=" + Objects.requireNonNull(stale).key + ")");
            }
        }
        return null;
    }

    void committed() {
        finish(escort -> escort.committed(asked));
    }

    /** The unit ended otherwise; nothing, if it was committed. */
    void ended(boolean unknown) {
        finish(escort -> escort.ended(unknown));
    }

    private void finish(Consumer<Escort> last) {
        List<Escort> all = new ArrayList<>(joined.values());
        joined.clear();
        for (Escort escort : all) {
            try {
                last.accept(escort);
            } catch (RuntimeException failed) {
                shared.warn(
                        "companion/" + run.options().name(),
                        "A companion threw at the end of a unit (unit="
                                + run.options().name() + ", error=" + failed + ")",
                        () -> new RowlockEvent.AfterCommitFailed(
                                run.options().name(), failed.getClass().getSimpleName()));
            }
        }
    }
}
