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
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /** One lease and how it fences; whatever was asked for, it does all of it. */
    private static final class Joined {
        private final Fenced lease;
        private boolean pinned;
        private boolean checked;

        Joined(Fenced lease) {
            this.lease = lease;
        }

        boolean isToBeChecked() {
            return checked && !pinned;
        }
    }

    private final Shared shared;
    /** By key: the order in which their rows are locked. */
    private final Map<Key, Joined> joined = new TreeMap<>();

    /** Leases that earlier attempts of the unit were fenced by and that it still stands on. */
    private final Map<Key, Fenced> kept;

    private @Nullable Fenced stamp;

    Fences(Shared shared, Map<Key, Fenced> kept) {
        this.shared = shared;
        this.kept = kept;
    }

    /**
     * Another lease, or another way for one that is there, beside the ways it had.
     *
     * @return whether its row is to be locked now
     */
    boolean add(Fenced lease, Fence mode) {
        Joined known = joined.get(lease.key());
        if (known != null && !isSame(known.lease, lease)) {
            throw new IllegalStateException("Two leases of one key fence a unit (key=" + lease.key() + ", tokens="
                    + known.lease.token() + " and " + lease.token() + "): one of them is over");
        }
        if (mode == Fence.STAMP_ROWS && stamp != null && !isSame(stamp, lease)) {
            throw new IllegalStateException("Rows carry one token (keys=" + stamp.key() + " and " + lease.key()
                    + "): fence the unit by the other lease with CHECK_AT_COMMIT");
        }
        boolean pins = mode == Fence.PIN && (known == null || !known.pinned);
        Joined one = known == null ? join(lease) : known;
        if (pins) {
            lease.pin();
        }
        switch (mode) {
            case CHECK_AT_COMMIT -> one.checked = true;
            case PIN -> one.pinned = true;
            case STAMP_ROWS -> stamp = lease;
        }
        return pins;
    }

    /** A lease that its actor was given once more is another object, and the same lease. */
    private static boolean isSame(Fenced one, Fenced other) {
        return one.key().equals(other.key()) && one.token() == other.token();
    }

    private Joined join(Fenced lease) {
        Fenced earlier = kept.get(lease.key());
        if (earlier != null && isSame(earlier, lease)) {
            lease.requireCommittable();
            kept.remove(lease.key());
        } else {
            lease.join();
        }
        Joined one = new Joined(lease);
        joined.put(lease.key(), one);
        return one;
    }

    /** The keys whose rows are locked, for {@link #unlockedSince}. */
    Set<Key> pinned() {
        Set<Key> keys = new TreeSet<>();
        joined.forEach((key, one) -> {
            if (one.pinned) {
                keys.add(key);
            }
        });
        return keys;
    }

    /**
     * A savepoint was rolled back on an engine that gives locks back with it: what was locked since is checked at the commit.
     */
    void unlockedSince(Set<Key> pinnedBefore) {
        joined.forEach((key, one) -> {
            if (one.pinned && !pinnedBefore.contains(key)) {
                one.pinned = false;
                one.checked = true;
                one.lease.unpin();
            }
        });
    }

    /** Whether there is something to check at the commit. */
    boolean haveChecks() {
        return joined.values().stream().anyMatch(Joined::isToBeChecked);
    }

    /** The lease whose token the rows carry. */
    @Nullable
    Fenced stamp() {
        return stamp;
    }

    /** Ends the attempt if one of its leases is known to be over. */
    void requireCommittable() {
        joined.values().stream().filter(one -> !one.pinned).forEach(one -> one.lease.requireCommittable());
    }

    /** The checks of the commit. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Joined one : joined.values()) {
            if (one.isToBeChecked()) {
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
                .map(one -> one.lease)
                .filter(lease -> lease.key().toString().equals(entry.key))
                .min(Comparator.comparing(Fenced::key))
                .orElseThrow();
    }

    /**
     * Where a lease's key stands now.
     *
     * @param token its last token, 0 if it has no row
     * @param forced whether an operator took it away from whoever had it last
     * @param ours whether the lease has it
     */
    record Current(long token, boolean forced, boolean ours) {}

    /** Where the key stands now; not for a transaction that goes on. */
    static Current current(Session session, Fenced lease) {
        String sql = "SELECT token, forced, first_token, run_id FROM rowlock_lease WHERE lease_key = ?";
        return session.get(sql, statement -> {
            statement.setBytes(1, lease.key().bytes());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return new Current(0, false, false);
                }
                boolean ours = row.getLong(3) == lease.firstToken() && row.getBytes(4) != null;
                return new Current(row.getLong(1), row.getInt(2) != 0, ours);
            }
        });
    }

    /** The attempt is over and the unit runs again: it stands on its leases as before, and has no lock on them. */
    void keep() {
        List<Joined> all = List.copyOf(joined.values());
        joined.clear();
        for (Joined one : all) {
            kept.put(one.lease.key(), one.lease);
            if (one.pinned) {
                one.lease.unpin();
            }
        }
    }

    /** The unit is over; told again, nothing happens. */
    void leave(@Nullable SqlFailure failure) {
        boolean unknown = failure != null && failure.kind() == SqlFailure.Kind.COMMIT_UNKNOWN;
        List<Joined> all = List.copyOf(joined.values());
        joined.clear();
        all.forEach(one -> one.lease.leave(one.pinned, unknown));
        List<Fenced> earlier = List.copyOf(kept.values());
        kept.clear();
        earlier.forEach(lease -> lease.leave(false, false));
    }
}
