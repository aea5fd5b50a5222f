package io.rowlock.bench;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A workload of reads.
 *
 * @param reads what each candidate has read, by its name
 */
record ReadWorkload(Workload workload, Map<String, Reads> reads) {

    ReadWorkload {
        reads = Map.copyOf(reads);
    }

    /** The part of it that was asked for, if any. */
    Optional<ReadWorkload> only(List<String> only) {
        return workload.only(only).map(chosen -> new ReadWorkload(chosen, reads));
    }

    /** Says whether the candidates but the reference have read from where they are meant to. */
    void tell(Report report, String what, Predicate<Reads> meant) {
        long all = 0;
        long loads = 0;
        StringBuilder others = new StringBuilder();
        for (Candidate candidate : workload.candidates()) {
            if (candidate.equals(workload.reference())) {
                continue;
            }
            Reads own = Objects.requireNonNull(reads.get(candidate.name()));
            all += own.right();
            loads += own.loads();
            if (!meant.test(own)) {
                others.append(", %s: %d of %d".formatted(candidate.name(), own.loads(), own.right()));
            }
        }
        report.fact(what, others.isEmpty(), "%d reads, %d of them from the database%s".formatted(all, loads, others));
    }
}
