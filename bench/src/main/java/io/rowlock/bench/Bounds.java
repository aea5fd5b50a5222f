package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import java.util.OptionalDouble;

/** What Rowlock may cost relative to the reference, at one thread and at sixteen; other numbers of threads have none. */
final class Bounds {

    /** Whether a bound is kept, as far as the measurement can tell. */
    enum Verdict {
        /** The whole interval is within the bound. */
        HOLDS,
        /** The bound lies inside the interval. */
        UNSURE,
        /** The whole interval is beyond the bound. */
        MISSED
    }

    private Bounds() {}

    static OptionalDouble of(Engine engine, int threads, Workload workload, Candidate candidate) {
        if (threads != 1 && threads != 16) {
            return OptionalDouble.empty();
        }
        boolean alone = threads == 1;
        boolean sqlite = engine == Engine.SQLITE;
        return switch (workload.name() + "/" + candidate.name()) {
            case "read-modify-write/transact", "read-modify-write/update" ->
                sqlite ? OptionalDouble.of(alone ? 1.05 : 0.60) : OptionalDouble.of(alone ? 1.00 : 0.90);
            case "read-two-write-one/transact" ->
                sqlite ? OptionalDouble.empty() : OptionalDouble.of(alone ? 0.95 : 0.90);
            case "save/save" -> OptionalDouble.of(1.05);
            default -> OptionalDouble.empty();
        };
    }

    /** Whether something is at least so much. */
    static Verdict judgeAtLeast(double bound, Statistics.Spread times) {
        if (times.low() >= bound) {
            return Verdict.HOLDS;
        }
        return times.high() < bound ? Verdict.MISSED : Verdict.UNSURE;
    }

    /** Whether something is at most so much. */
    static Verdict judge(double bound, Statistics.Spread ratio) {
        if (ratio.high() <= bound) {
            return Verdict.HOLDS;
        }
        return ratio.low() > bound ? Verdict.MISSED : Verdict.UNSURE;
    }
}
