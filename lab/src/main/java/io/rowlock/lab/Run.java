package io.rowlock.lab;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One run of a scenario.
 *
 * @param steps in the order in which they began
 * @param outcome what it came to
 * @param violation what is wrong with that, if anything is
 * @param unresolved why it came to no end of its own, if it did not: then its outcome says nothing
 */
public record Run(List<Step> steps, Outcome outcome, Optional<String> violation, Optional<String> unresolved) {
    public Run {
        steps = List.copyOf(steps);
    }

    /** How it is replayed. */
    public Schedule schedule() {
        return new Schedule(steps.stream().map(Step::move).collect(Collectors.toList()));
    }

    /** What went wrong, by the name that the field has for it; empty if nothing did. */
    public Optional<Anomaly> anomaly() {
        return violation.map(wrong -> Contradictions.in(this).anomaly());
    }

    /** Why it went wrong; without sentences if it did not. */
    public Because because() {
        return Because.of(this);
    }

    /** The steps as text, from top to bottom in time, a lane for each actor; made for 120 columns. */
    public String timeline() {
        return Timeline.lanes(this);
    }
}
