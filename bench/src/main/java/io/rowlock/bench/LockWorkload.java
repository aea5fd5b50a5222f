package io.rowlock.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A workload of locks.
 *
 * @param exclusions who watches over each candidate's lock, by the candidate's name
 */
record LockWorkload(Workload workload, Layout layout, Map<String, Exclusion> exclusions) {

    LockWorkload {
        exclusions = Map.copyOf(exclusions);
    }

    Exclusion exclusion(String candidate) {
        return Objects.requireNonNull(exclusions.get(candidate));
    }

    /** Whether a candidate is part of it. */
    boolean has(String candidate) {
        return workload.candidates().stream().anyMatch(one -> one.name().equals(candidate));
    }

    /** The part of it that was asked for, if any. */
    Optional<LockWorkload> only(List<String> only) {
        return workload.only(only).map(chosen -> new LockWorkload(chosen, layout, exclusions));
    }
}
