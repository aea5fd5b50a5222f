package io.rowlock.bench;

import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

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
     * @param nanos time per operation and thread in each round kept; the rounds stand in the same order on every line
     * @param latencies how long each operation took, those that ended after their slice included
     * @param share operations of the slowest thread relative to the fastest, over all rounds
     * @param operations how many were done and found stored
     */
    record Line(
            Candidate candidate,
            Statistics.Spread ratio,
            Statistics.Spread micros,
            List<Double> nanos,
            Latencies latencies,
            double clientCpu,
            double serverCpu,
            double share,
            long operations) {

        Line {
            nanos = List.copyOf(nanos);
        }

        /** Operations a second of all threads together: the median round's. */
        double rate(int threads) {
            return threads * 1e6 / micros.median();
        }

        /** How many times as fast this candidate was as another: the median of what each round says. */
        Statistics.Spread timesAsFastAs(Line other, RandomGenerator random) {
            double[] times = new double[nanos.size()];
            for (int i = 0; i < times.length; i++) {
                times[i] = other.nanos.get(i) / nanos.get(i);
            }
            return Statistics.spread(times, random);
        }
    }

    /** The line of a candidate, if it was measured. */
    Optional<Line> line(String candidate) {
        return lines.stream()
                .filter(line -> line.candidate().name().equals(candidate))
                .findFirst();
    }
}
