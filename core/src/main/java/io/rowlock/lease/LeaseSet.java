package io.rowlock.lease;

import io.rowlock.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Several leases that were acquired together, in the order of their keys. Closing it gives all of them back, the last first.
 * Immutable, safe for use by many threads.
 */
public final class LeaseSet implements AutoCloseable {
    private final Map<Key, Lease> leases;

    /** Of leases that are held. */
    public LeaseSet(List<Lease> leases) {
        Map<Key, Lease> byKey = new LinkedHashMap<>();
        leases.forEach(lease -> byKey.put(lease.key(), lease));
        this.leases = Collections.unmodifiableMap(byKey);
    }

    /** All of them, in the order of their keys. */
    public List<Lease> all() {
        return List.copyOf(leases.values());
    }

    /**
     * The lease of one of the keys.
     *
     * @throws NoSuchElementException if it is none of them
     */
    public Lease of(Key key) {
        Lease lease = leases.get(key);
        if (lease == null) {
            throw new NoSuchElementException("Not among these leases (key=" + key + ")");
        }
        return lease;
    }

    /** Gives all of them back and tells what became of each. */
    public Map<Key, Release> release() {
        Map<Key, Release> outcomes = new LinkedHashMap<>();
        List<Lease> reversed = new ArrayList<>(leases.values());
        Collections.reverse(reversed);
        reversed.forEach(lease -> outcomes.put(lease.key(), lease.release()));
        return outcomes;
    }

    @Override
    public void close() {
        release();
    }
}
