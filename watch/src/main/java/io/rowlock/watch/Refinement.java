package io.rowlock.watch;

import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.sql.KeyText;
import io.rowlock.watch.sql.Schema;
import io.rowlock.watch.sql.TableFacts;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Access.Flag;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import io.rowlock.watch.trace.Predicate.Operator;
import io.rowlock.watch.trace.Row;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is known of accesses only once the statement has run: keys from its answer, guards from what was read before. */
record Refinement(Schema schema, UnitMemory memory) {

    /** Where an answer does not show all rows that were looked at. */
    private static final Pattern SHOWS_SOME =
            Pattern.compile("\\b(limit|offset|fetch|distinct|group|having)\\b", Pattern.CASE_INSENSITIVE);

    static Refinement of(Schema schema, UnitMemory memory) {
        return new Refinement(schema, memory);
    }

    /**
     * The accesses with what the run tells.
     *
     * @param step the step, if the call is its only one and so its answer is the call's
     */
    List<Access> refine(List<Access> accesses, JdbcCall call, @Nullable Recorded step, @Nullable Long updated) {
        List<Access> refined = new ArrayList<>(accesses.size());
        for (int i = 0; i < accesses.size(); i++) {
            Access access = accesses.get(i);
            Keys keys = access.keys();
            if (i == 0 && step != null && step.failure == null && !keys.exact() && isAlone(accesses)) {
                keys = keys(access, call, step, updated);
            }
            refined.add(new Access(
                    access.table(), access.mode(), access.columns(), access.predicate(), keys, flags(access)));
        }
        return refined;
    }

    /** Whether an answer's rows are the first access's: others only keep foreign keys. */
    private static boolean isAlone(List<Access> accesses) {
        boolean writes = accesses.get(0).mode().isWrite();
        return accesses.size() == 1
                || (writes && accesses.stream().skip(1).noneMatch(a -> a.mode().isWrite()));
    }

    private Keys keys(Access access, JdbcCall call, Recorded step, @Nullable Long updated) {
        List<String> primaryKey =
                schema.table(access.table()).map(TableFacts::primaryKey).orElse(List.of());
        if (primaryKey.isEmpty()) {
            return access.keys();
        }
        boolean makes = access.mode() == Mode.INSERT || access.mode() == Mode.UPSERT;
        if (makes && !step.generatedKeys.isEmpty()) {
            return generated(primaryKey, step.generatedKeys, updated);
        }
        Set<List<String>> seen = new HashSet<>();
        for (Row row : step.rows) {
            List<String> key = key(primaryKey, row);
            if (key == null) {
                return access.keys();
            }
            seen.add(key);
        }
        boolean all = step.exhausted && !SHOWS_SOME.matcher(call.sql()).find();
        return new Keys(seen, all);
    }

    private static Keys generated(List<String> primaryKey, List<Row> rows, @Nullable Long updated) {
        if (primaryKey.size() != 1) {
            return Keys.unknown();
        }
        Set<List<String>> keys = new HashSet<>();
        for (Row row : rows) {
            // MariaDB and SQLite name the column as they like; there it is the only one.
            int at = Math.max(0, row.columns().indexOf(primaryKey.get(0)));
            Object value = row.values().get(at);
            if (value != null) {
                keys.add(List.of(KeyText.of(value)));
            }
        }
        return new Keys(keys, updated != null && keys.size() == updated);
    }

    private static @Nullable List<String> key(List<String> primaryKey, Row row) {
        List<String> key = new ArrayList<>();
        for (String column : primaryKey) {
            int at = row.columns().indexOf(column);
            Object value = at < 0 ? null : row.values().get(at);
            if (value == null) {
                return null;
            }
            key.add(KeyText.of(value));
        }
        return List.copyOf(key);
    }

    private Set<Flag> flags(Access access) {
        boolean changes = access.mode() == Mode.UPDATE || access.mode() == Mode.DELETE;
        if (!changes
                || access.flags().contains(Flag.GUARDED)
                || !(access.predicate() instanceof Predicate.OneOf oneOf)) {
            return access.flags();
        }
        List<String> primaryKey =
                schema.table(access.table()).map(TableFacts::primaryKey).orElse(List.of());
        boolean guarded = oneOf.conjunctions().stream()
                .allMatch(conjunction -> conjunction.comparisons().stream()
                        .anyMatch(comparison -> comparesWithRead(comparison, primaryKey)));
        if (!guarded) {
            return access.flags();
        }
        Set<Flag> flags = EnumSet.of(Flag.GUARDED);
        flags.addAll(access.flags());
        return flags;
    }

    private boolean comparesWithRead(Comparison comparison, List<String> primaryKey) {
        return comparison.operator() == Operator.EQUAL
                && !primaryKey.isEmpty()
                && !primaryKey.contains(comparison.column())
                && memory.wasRead(comparison.column(), comparison.values().get(0));
    }
}
