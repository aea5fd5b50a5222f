package io.rowlock.lab;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
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
 * @param found a run for each outcome, and how many had it
 * @param unresolved runs that came to no end
 * @param complete whether nothing was left out: not for the budget, and no run was unresolved
 * @param waits how many steps had to wait, in all runs
 * @param contentions how many actors lost against others, in all runs
 * @param smallest the smallest run that goes wrong as the first violation does, if one was found: it has the fewest actors, and of
 *     these the fewest switches. It may leave actors out
 * @param took how long the schedules took
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
        Optional<Run> smallest,
        Duration took) {

    /**
     * An outcome.
     *
     * @param run of those that had it the one with the fewest switches, and the first of these
     * @param times how many runs had it
     */
    public record Found(Run run, int times) {}

    public Exploration {
        found = List.copyOf(found);
        unresolved = List.copyOf(unresolved);
    }

    /** The same by another name, for a page on which scenarios of one name stand beside each other. */
    public Exploration named(String name) {
        return new Exploration(name, schedules, cut, found, unresolved, complete, waits, contentions, smallest, took);
    }

    Exploration withSmallest(Run run) {
        return new Exploration(
                scenario, schedules, cut, found, unresolved, complete, waits, contentions, Optional.of(run), took);
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
                .sorted(Comparator.comparingInt(run -> run.schedule().switches()))
                .toList();
    }

    /** How many runs violated. */
    public int violating() {
        return found.stream()
                .filter(each -> each.run().violation().isPresent())
                .mapToInt(Found::times)
                .sum();
    }

    /** The smallest run that goes wrong. */
    public Optional<Run> witness() {
        return smallest.or(() -> violations().stream().findFirst());
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
