package io.rowlock.bench;

/** A candidate has reported operations that it has not stored, or stored some that it has not reported. */
final class NotStored extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NotStored(Workload workload, Candidate candidate, long reported, long stored) {
        super("What is stored is not what was reported (workload=%s, candidate=%s, reported=%d, stored=%d)"
                .formatted(workload.name(), candidate.name(), reported, stored));
    }
}
