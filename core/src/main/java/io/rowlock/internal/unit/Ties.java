package io.rowlock.internal.unit;

import io.rowlock.RowlockException;
import io.rowlock.dialect.Engine;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What guards have tied to one attempt: writes to rows of theirs that are carried out in its flush and must each change one row, or
 * the unit is refused. They stand at their row's place in the canonical order, before a check of the same row, so that no lock is
 * raised from shared to exclusive.
 */
public final class Ties {

    /** Binds a write's values. */
    @FunctionalInterface
    public interface Values {
        /** Binds all of them, from this index on, and answers the next. */
        int bind(PreparedStatement statement, int index, Engine engine) throws SQLException;
    }

    /**
     * A write that is tied to a unit.
     *
     * @param sql ends with its WHERE, to which more may be added
     * @param values what is bound
     * @param refusal what the unit ends with if no row is changed
     */
    public record Write(String sql, Values values, Supplier<? extends RowlockException> refusal) {}

    private record Tie(Object subject, Entry<?, ?> entry, Write write) {
        Step step() {
            return new Step(Step.Kind.TIE, entry, write.sql, write.values::bind);
        }
    }

    private final List<Tie> ties = new ArrayList<>();
    private int written;

    void add(Object subject, Entry<?, ?> entry, Write write) {
        ties.add(new Tie(subject, entry, write));
    }

    boolean has(Object subject) {
        return ties.stream().anyMatch(tie -> tie.subject == subject);
    }

    /** Whether there are some that the database does not have yet. */
    boolean isOpen() {
        return written < ties.size();
    }

    /** They are in the database, in the open transaction. */
    void written() {
        written = ties.size();
    }

    int size() {
        return ties.size();
    }

    /** A savepoint was rolled back, which had flushed all that were there before. */
    void cutTo(int size) {
        ties.subList(size, ties.size()).clear();
        written = size;
    }

    /** These steps, and those that are still to be written, in canonical order. */
    List<Step> among(List<Step> steps) {
        if (!isOpen()) {
            return steps;
        }
        List<Step> all = new ArrayList<>(steps);
        for (Tie tie : ties.subList(written, ties.size())) {
            all.add(placeOf(tie, all), tie.step());
        }
        return all;
    }

    private static int placeOf(Tie tie, List<Step> steps) {
        int place = 0;
        while (place < steps.size() && comesBefore(steps.get(place), tie)) {
            place++;
        }
        return place;
    }

    private static boolean comesBefore(Step step, Tie tie) {
        return switch (step.kind()) {
            case MARK, FENCE -> true;
            case CHECK, CLAIM, ABSENT, UPDATE, TIE -> step.entry().id.compareTo(tie.entry.id) < 0;
            case INSERT, DELETE, BURY, ENCLOSED -> false;
        };
    }

    /** What the unit ends with, if it is a tie that found no row. */
    @Nullable
    RuntimeException refusal(@Nullable Entry<?, ?> stale) {
        for (Tie tie : ties) {
            if (tie.entry == stale) {
                return tie.write.refusal.get();
            }
        }
        return null;
    }
}
