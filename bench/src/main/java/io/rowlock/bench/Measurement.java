package io.rowlock.bench;

import java.util.List;

/**
 * What came of one workload at one number of threads.
 *
 * @param measured how many rounds were measured
 * @param kept how many of them, the quietest, the lines are made of
 * @param foreignCpu the share of the machine's processors that other programs used during those; 0 where it cannot be told
 * @param lines one for each candidate, the reference first
 */
record Measurement(Workload workload, int threads, int measured, int kept, double foreignCpu, List<Line> lines) {

    Measurement {
        lines = List.copyOf(lines);
    }

    /**
     * One candidate.
     *
     * @param ratio its cost relative to the reference in the same round
     * @param micros microseconds per operation and thread: median, lowest and highest round
     * @param clientCpu microseconds of processor that its own thread used per operation
     * @param serverCpu microseconds of processor that the server used per operation; 0 without a server
     * @param share operations of the slowest thread relative to the fastest, over all rounds
     * @param operations how many were done and found stored
     */
    record Line(
            Candidate candidate,
            Statistics.Spread ratio,
            Statistics.Spread micros,
            double clientCpu,
            double serverCpu,
            double share,
            long operations) {}
}
