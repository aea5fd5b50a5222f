package io.rowlock.internal.claim;

import io.rowlock.claim.WorkQueue;
import io.rowlock.internal.table.TableDef;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A queue held against the description of its table. Immutable. */
final class QueueDef<T, K> {
    private static final Set<Class<?>> RANKS = Set.of(Long.class, Integer.class, Short.class);

    final WorkQueue<T, K> queue;
    final TableDef<T, K> table;
    final String state;
    final String token;
    final String until;
    final String attempts;
    final String reason;

    QueueDef(WorkQueue<T, K> queue) {
        this.queue = queue;
        this.table = (TableDef<T, K>) queue.table();
        List<String> names = queue.columnNames();
        state = names.get(0);
        token = names.get(1);
        until = names.get(2);
        attempts = names.get(3);
        reason = names.get(4);
        for (String name : names) {
            if (table.hasColumn(name)) {
                throw new IllegalArgumentException("A column of the queue is a component of its table's record (queue="
                        + queue.name() + ", table=" + table.name() + ", column=" + name
                        + "): leave it out of the record; an ordinary change of the row would overwrite it. Claims tell"
                        + " what is in it");
            }
        }
        requireType("dueAt", queue.due(), Set.of(Instant.class));
        requireType("rankedBy", queue.rank(), RANKS);
        WorkQueue.Ready ready = queue.ready();
        if (ready != null) {
            Class<?> given = ready.value() instanceof Enum<?> constant
                    ? constant.getDeclaringClass()
                    : ready.value().getClass();
            requireType("ready", ready.component(), Set.of(given));
        }
    }

    private void requireType(String option, @Nullable String component, Set<Class<?>> allowed) {
        if (component == null) {
            return;
        }
        if (!table.componentNames().contains(component)) {
            throw new IllegalArgumentException("Unknown component (queue=" + queue.name() + ", option=" + option
                    + ", component=" + component + ", components=" + table.componentNames()
                    + "): name a component of " + table.rows().getSimpleName());
        }
        Class<?> type = table.typeOf(component);
        if (!allowed.contains(type)) {
            throw new IllegalArgumentException("Wrong type (queue=" + queue.name() + ", option=" + option
                    + ", component=" + component + ", is=" + type.getSimpleName() + ", wanted="
                    + allowed.stream().map(Class::getSimpleName).sorted().toList() + ")");
        }
    }

    long lengthMicros() {
        return queue.claimLength().toNanos() / 1000;
    }

    /** The columns that the table must have for this queue. */
    Map<String, String> columns() {
        return Map.of(
                state, "VARCHAR(8) DEFAULT 'OPEN' NOT NULL",
                token, "BIGINT DEFAULT 0 NOT NULL",
                until, "BIGINT DEFAULT 0 NOT NULL",
                attempts, "INT DEFAULT 0 NOT NULL",
                reason, "VARCHAR(1000)");
    }

    /** The order in which items are taken. */
    Comparator<T> order() {
        Comparator<T> order = (a, b) -> table.compareKeys(table.key(a), table.key(b));
        String due = queue.due();
        if (due != null) {
            order = Comparator.<T, Instant>comparing(item -> (Instant) Objects.requireNonNull(table.valueOf(due, item)))
                    .thenComparing(order);
        }
        String rank = queue.rank();
        if (rank != null) {
            order = Comparator.<T>comparingLong(item -> number(rank, item)).thenComparing(order);
        }
        return order;
    }

    private long number(String component, T item) {
        return table.valueOf(component, item) instanceof Number number ? number.longValue() : Long.MAX_VALUE;
    }

    /** An item as messages and events name it. */
    String describe(K key) {
        return table.describe(key);
    }
}
