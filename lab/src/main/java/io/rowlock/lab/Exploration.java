package io.rowlock.lab;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an exploration found.
 *
 * @param scenario the scenario's name
 * @param schedules how many runs came to an end of their own
 * @param cut how many were ended on the way, because others show the same
 * @param found a run for each outcome, the one with the fewest switches, and how many had it
 * @param unresolved runs that came to no end
 * @param complete whether nothing was left out: not for the budget, and no run was unresolved
 * @param waits how many steps had to wait, in all runs
 * @param contentions how many actors lost against others, in all runs
 * @param took how long it took
 */
public record Exploration(
        String scenario,
        int schedules,
        int cut,
        List<Found> found,
        List<Run> unresolved,
        boolean complete,
        long waits,
        long contentions,
        Duration took) {

    /**
     * An outcome.
     *
     * @param run the first run that had it; no other that was run has fewer switches
     * @param times how many runs had it
     */
    public record Found(Run run, int times) {}

    public Exploration {
        found = List.copyOf(found);
        unresolved = List.copyOf(unresolved);
    }

    /** All outcomes that were seen. */
    public Set<Outcome> outcomes() {
        Map<Outcome, Boolean> all = new LinkedHashMap<>();
        found.forEach(each -> all.put(each.run().outcome(), true));
        return all.keySet();
    }

    /** Outcomes that are wrong, those with the fewest switches first. */
    public List<Run> violations() {
        return found.stream()
                .map(Found::run)
                .filter(run -> run.violation().isPresent())
                .toList();
    }

    /** How many runs violated. */
    public int violating() {
        return found.stream()
                .filter(each -> each.run().violation().isPresent())
                .mapToInt(Found::times)
                .sum();
    }

    /** The violating run with the fewest switches. */
    public Optional<Run> witness() {
        return violations().stream().findFirst();
    }

    /**
     * Ends a test if something is wrong: an outcome that is none of a serial order or breaks the invariant, or a question that
     * was left open.
     *
     * @throws AssertionError with the timeline of the shortest witness, why it is wrong, and how it is replayed
     */
    public void requireNoViolation() {
        Optional<Run> witness = witness();
        if (witness.isPresent()) {
            throw new AssertionError(Timeline.explain(scenario, witness.get(), violating(), schedules));
        }
        requireResolved(unresolved);
        if (!complete) {
            throw new AssertionError("The budget ended before the schedules did (scenario=" + scenario + ", schedules="
                    + schedules + "): give it more, or the scenario fewer steps");
        }
    }

    private void requireResolved(Collection<Run> open) {
        open.stream().findFirst().ifPresent(run -> {
            throw new AssertionError("A run came to no end (scenario=" + scenario + ", schedule=" + run.schedule()
                    + ", " + run.unresolved().orElse("") + ")");
        });
    }
}
