package io.rowlock.lab.report;

import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Run;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * An exploration, with what it ran on.
 *
 * @param exploration what was found
 * @param server the facts of the server, {@link io.rowlock.lab.Lab#profile()}
 * @param isolation at which level the actors' connections were lent
 */
public record Explored(Exploration exploration, EngineProfile server, Isolation isolation) {

    /** What can be said of a scenario. */
    public enum Verdict {
        /** Every schedule was run, or another that shows the same, and none went wrong. */
        HOLDS,
        /** At least one went wrong. */
        GOES_WRONG,
        /** None went wrong, but not all were run, or some came to no end. */
        OPEN
    }

    public Explored {
        Objects.requireNonNull(exploration, "exploration");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(isolation, "isolation");
    }

    /** What can be said of it. */
    public Verdict verdict() {
        if (exploration.violating() > 0) {
            return Verdict.GOES_WRONG;
        }
        return exploration.complete() ? Verdict.HOLDS : Verdict.OPEN;
    }

    /** Of each anomaly the run with the fewest switches. */
    List<Run> witnesses() {
        Set<Anomaly> shown = EnumSet.noneOf(Anomaly.class);
        List<Run> witnesses = new ArrayList<>();
        List<Run> all = new ArrayList<>();
        exploration.witness().ifPresent(all::add);
        all.addAll(exploration.violations());
        for (Run run : all) {
            if (shown.add(run.anomaly().orElseThrow())) {
                witnesses.add(run);
            }
        }
        return witnesses;
    }
}
