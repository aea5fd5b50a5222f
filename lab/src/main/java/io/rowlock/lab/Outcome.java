package io.rowlock.lab;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a run came to: how each actor ended, and what then stood in the database.
 *
 * @param results by the actor's letter
 * @param state the rows of each query of the scenario's state, as text
 */
public record Outcome(Map<Character, ActorResult> results, List<String> state) {
    public Outcome {
        results = new TreeMap<>(results);
        state = List.copyOf(state);
    }

    @Override
    public String toString() {
        return results.entrySet().stream()
                .map(each -> each.getKey() + ": " + each.getValue())
                .collect(Collectors.joining(", ", "", " | " + String.join("; ", state)));
    }
}
