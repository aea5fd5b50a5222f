package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.Table;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.internal.table.TableDef;
import io.rowlock.lease.Fence;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The leases that fence one attempt.
 *
 * <p>A lease's row shows the first token of the acquisition that has it. A shared lock on a row that still shows ours lasts until
 * the commit, and whoever wants to be granted the key has to change that row: so between the check and the commit nobody is.
 * Tokens are compared and no times, since a commit that comes before the next grant is right however late it is.
 */
final class Fences {
    /** Stands for the table of leases in messages and steps; never read through. */
    static final TableDef<LeaseKeyRow, String> TABLE =
            (TableDef<LeaseKeyRow, String>) Table.of("rowlock_lease", LeaseKeyRow.class)
                    .key("leaseKey", String.class)
                    .build();

    private static final String CHECK =
            "SELECT 1 FROM rowlock_lease WHERE lease_key = ? AND first_token = ? AND run_id IS NOT NULL";

    record LeaseKeyRow(String leaseKey, long version) {}

    private record Joined(Fenced lease, Fence mode) {}

    private final Shared shared;
    /** By key: the order in which their rows are locked. */
    private final Map<Key, Joined> joined = new TreeMap<>();

    private @Nullable Fenced stamp;

    Fences(Shared shared) {
        this.shared = shared;
    }

    /**
     * Another lease, or another way for one that is there.
     *
     * @return whether its row is to be locked now
     */
    boolean add(Fenced lease, Fence mode) {
        Joined before = joined.get(lease.key());
        if (before != null && before.lease.token() != lease.token()) {
            throw new IllegalStateException("Two leases of one key fence a unit (key=" + lease.key() + ", tokens="
                    + before.lease.token() + " and " + lease.token() + "): one of them is over");
        }
        if (before != null && (before.mode == mode || before.mode == Fence.PIN)) {
            return false;
        }
        if (mode == Fence.STAMP_ROWS && stamp != null) {
            throw new IllegalStateException("Rows carry one token (keys=" + stamp.key() + " and " + lease.key()
                    + "): fence the unit by the other lease with CHECK_AT_COMMIT");
        }
        lease.join(mode == Fence.PIN);
        if (before != null) {
            before.lease.leave(false, false);
        }
        joined.put(lease.key(), new Joined(lease, mode));
        if (mode == Fence.STAMP_ROWS) {
            stamp = lease;
        }
        return mode == Fence.PIN;
    }

    boolean areNone() {
        return joined.isEmpty();
    }

    /** Whether there is something to check at the commit. */
    boolean haveChecks() {
        return joined.values().stream().anyMatch(one -> one.mode == Fence.CHECK_AT_COMMIT);
    }

    /** The lease whose token the rows carry. */
    @Nullable
    Fenced stamp() {
        return stamp;
    }

    /** Ends the attempt if one of its leases is known to be over. */
    void requireCommittable() {
        joined.values().stream().filter(one -> one.mode != Fence.PIN).forEach(one -> one.lease.requireCommittable());
    }

    /** The checks of the commit. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Joined one : joined.values()) {
            if (one.mode == Fence.CHECK_AT_COMMIT) {
                steps.add(step(one.lease));
            }
        }
        return steps;
    }

    Step step(Fenced lease) {
        String key = lease.key().toString();
        Entry<LeaseKeyRow, String> entry = new Entry<>(TABLE, key, shared.rowId(TABLE, key));
        return new Step(Step.Kind.FENCE, entry, CHECK, (statement, index, engine) -> {
            statement.setBytes(index, lease.key().bytes());
            statement.setLong(index + 1, lease.firstToken());
            return index + 2;
        });
    }

    /** The lease that a step was made for. */
    Fenced of(Entry<?, ?> entry) {
        return joined.values().stream()
                .map(Joined::lease)
                .filter(lease -> lease.key().toString().equals(entry.key))
                .min(Comparator.comparing(Fenced::key))
                .orElseThrow();
    }

    /** The key's token now, 0 if it has none or cannot be asked for. */
    static long currentToken(Session session, Fenced lease) {
        Long token = session.run("SELECT token FROM rowlock_lease WHERE lease_key = ?", false, statement -> {
            statement.setBytes(1, lease.key().bytes());
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0L;
            }
        });
        return Objects.requireNonNullElse(token, 0L);
    }

    /** The attempt is over; told again, nothing happens. */
    void leave(@Nullable SqlFailure failure) {
        boolean unknown = failure != null && failure.kind() == SqlFailure.Kind.COMMIT_UNKNOWN;
        List<Joined> all = List.copyOf(joined.values());
        joined.clear();
        all.forEach(one -> one.lease.leave(one.mode == Fence.PIN, unknown));
    }
}
