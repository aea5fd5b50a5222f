package io.rowlock.lab;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs that were never run, for tests of how they are told. */
public final class Runs {
    private final List<Step> steps = new ArrayList<>();
    private final Map<Character, Integer> transactions = new HashMap<>();

    /** A step that read the row with this key. */
    public Runs reads(String move, String sql, int key, Map<String, Object> row) {
        return step(move, sql, List.of(key), List.of(row), Optional.empty(), access(Mode.READ, key), -1);
    }

    /** A step that changed the row with this key. */
    public Runs writes(String move, String sql, List<Object> values, int key) {
        return step(move, sql, values, List.of(), Optional.of(1L), access(Mode.UPDATE, key), -1);
    }

    /** As {@link #writes}, but it had to wait until another step. */
    public Runs waits(String move, String sql, List<Object> values, int key, int until) {
        return step(move, sql, values, List.of(), Optional.of(1L), access(Mode.UPDATE, key), until);
    }

    /** A commit. */
    public Runs commits(String move) {
        return step(move, "COMMIT", List.of(), List.of(), Optional.empty(), List.of(), -1);
    }

    private static List<Access> access(Mode mode, int key) {
        Keys keys = new Keys(Set.of(List.of(Integer.toString(key))), true);
        return List.of(new Access("counter", mode, Set.of(), Predicate.any(), keys, Set.of()));
    }

    private Runs step(
            String move,
            String sql,
            List<Object> values,
            List<Map<String, Object>> rows,
            Optional<Long> updated,
            List<Access> accesses,
            int until) {
        Move name = Schedule.parse(move).moves().get(0);
        boolean ends = name.what().equals(Move.COMMIT);
        int transaction = transactions.computeIfAbsent(name.actor(), actor -> 1);
        if (ends) {
            transactions.merge(name.actor(), 1, Integer::sum);
        }
        steps.add(new Step(
                name,
                sql,
                values,
                rows,
                updated,
                Optional.empty(),
                until >= 0,
                Optional.empty(),
                until >= 0 ? until : steps.size(),
                accesses,
                transaction,
                false,
                ends));
        return this;
    }

    /** The run; it is wrong. */
    public Run wrong(Map<Character, ActorResult> results, List<String> state, String violation) {
        return new Run(steps, new Outcome(results, state), Optional.of(violation), Optional.empty());
    }

    /** Two who add one to the same counter, of whom one is lost, and the second has to wait. */
    public static Run lostUpdate() {
        String read = "SELECT n FROM counter WHERE id = ?";
        String write = "UPDATE counter SET n = ? WHERE id = ?";
        return new Runs()
                .reads("A1", read, 1, Map.of("n", 0))
                .reads("B1", read, 1, Map.of("n", 0))
                .writes("B2", write, List.of(1, 1), 1)
                .waits("A2", write, List.of(1, 1), 1, 4)
                .commits("Bc")
                .commits("Ac")
                .wrong(
                        Map.of('A', new ActorResult.Returned("1"), 'B', new ActorResult.Returned("1")),
                        List.of("counter[id=1 n=1]"),
                        "No serial order comes to this.");
    }
}
