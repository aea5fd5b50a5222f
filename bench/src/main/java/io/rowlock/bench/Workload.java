package io.rowlock.bench;

import java.util.List;
import java.util.Optional;

/**
 * What is done, and the ways of doing it.
 *
 * @param name short, as {@code --only} takes it
 * @param title for the table
 * @param candidates the first is the reference, whose cost is 1.00
 * @param stored looks at what has really been done
 */
record Workload(String name, String title, List<Candidate> candidates, Stored stored) {

    Workload {
        candidates = List.copyOf(candidates);
    }

    /**
     * The part of it that was asked for, if any.
     *
     * @param only names of workloads or candidates; empty for all. The reference is always there
     */
    Optional<Workload> only(List<String> only) {
        if (only.isEmpty() || only.contains(name)) {
            return Optional.of(this);
        }
        List<Candidate> chosen = candidates.stream()
                .filter(candidate -> candidate.equals(reference()) || only.contains(candidate.name()))
                .toList();
        boolean named = chosen.stream().anyMatch(candidate -> only.contains(candidate.name()));
        return named ? Optional.of(new Workload(name, title, chosen, stored)) : Optional.empty();
    }

    Candidate reference() {
        return candidates.get(0);
    }

    /** Looks at what has really been done. */
    @FunctionalInterface
    interface Stored {
        /** How often the thing was done, from whenever on; what counts is how it grows. */
        long operations() throws Exception;
    }
}
