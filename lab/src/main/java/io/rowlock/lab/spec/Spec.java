package io.rowlock.lab.spec;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A test in the format of PostgreSQL's isolation tests ({@code src/test/isolation} of its sources): sessions with their
 * steps, and the orders in which the steps are to be taken.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param setups SQL before each permutation, each block by itself
 * @param teardown SQL after each permutation
 * @param sessions at least one
 * @param permutations as they are written; none means all orders that keep each session's own
 */
public record Spec(
        List<String> setups, Optional<String> teardown, List<Session> sessions, List<Permutation> permutations) {

    /** More orders than this are a mistake in the test: nobody waits for them. */
    private static final int PERMUTATIONS_MAX = 100_000;

    public Spec {
        setups = List.copyOf(setups);
        sessions = List.copyOf(sessions);
        permutations = List.copyOf(permutations);
    }

    /**
     * A connection of its own and what it does.
     *
     * @param setup SQL of this session before its steps
     * @param teardown SQL of this session after all steps
     */
    public record Session(String name, Optional<String> setup, List<Step> steps, Optional<String> teardown) {
        public Session {
            steps = List.copyOf(steps);
        }
    }

    /**
     * SQL that is sent at once; its name is unique in the test.
     *
     * @param sql one statement or several
     */
    public record Step(String name, String sql) {}

    /** An order of steps. */
    public record Permutation(List<Planned> steps) {
        public Permutation {
            steps = List.copyOf(steps);
        }

        /** The names of the steps with a space between, as the output has them. */
        @Override
        public String toString() {
            return steps.stream().map(Planned::step).collect(Collectors.joining(" "));
        }
    }

    /**
     * A step at its place in an order.
     *
     * @param step its name
     * @param blockers what keeps it from being reported as done
     */
    public record Planned(String step, List<Blocker> blockers) {
        public Planned {
            blockers = List.copyOf(blockers);
        }
    }

    /** What keeps a step that has ended from being reported as done. */
    public sealed interface Blocker {
        /** {@code step(*)}: it is reported as waiting when it begins, whether it waits or not. */
        record Once() implements Blocker {}

        /** {@code step(other)}: it is reported after the other step. */
        record OtherStep(String step) implements Blocker {}

        /**
         * {@code step(other notices 2)}: it is reported after the session of the other step has got so many more notices.
         */
        record Notices(String step, int count) implements Blocker {}
    }

    /**
     * Reads a test.
     *
     * @throws SpecSyntaxException if it is none, with the line
     */
    public static Spec parse(String text) {
        Spec spec = new SpecParser(text).parse();
        spec.check();
        return spec;
    }

    private void check() {
        Set<String> names = new HashSet<>();
        for (Session session : sessions) {
            for (Step step : session.steps()) {
                if (!names.add(step.name())) {
                    throw new SpecSyntaxException("Two steps have one name (step=" + step.name() + ")");
                }
            }
        }
        permutations.forEach(this::check);
    }

    private void check(Permutation permutation) {
        List<String> names = permutation.steps().stream().map(Planned::step).toList();
        for (Planned planned : permutation.steps()) {
            int session = sessionOf(planned.step());
            if (session < 0) {
                throw new SpecSyntaxException("A permutation names a step that is not there (step=%s, permutation=%s)"
                        .formatted(planned.step(), permutation));
            }
            for (Blocker blocker : planned.blockers()) {
                String other = blocker instanceof Blocker.OtherStep step
                        ? step.step()
                        : blocker instanceof Blocker.Notices notices ? notices.step() : null;
                if (other == null) {
                    continue;
                }
                if (!names.contains(other)) {
                    throw new SpecSyntaxException(
                            "A step shall wait for one that is not in its permutation (step=%s, other=%s, permutation=%s)"
                                    .formatted(planned.step(), other, permutation));
                }
                if (sessionOf(other) == session) {
                    throw new SpecSyntaxException("A step cannot wait for its own session (step=%s, permutation=%s)"
                            .formatted(planned.step(), permutation));
                }
            }
        }
    }

    /** The number of the session that a step belongs to, from 0; -1 if there is no such step. */
    int sessionOf(String step) {
        for (int i = 0; i < sessions.size(); i++) {
            if (sessions.get(i).steps().stream().anyMatch(each -> each.name().equals(step))) {
                return i;
            }
        }
        return -1;
    }

    Step step(String name) {
        return sessions.stream()
                .flatMap(session -> session.steps().stream())
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The steps that no permutation names, where permutations are given, by name. */
    List<String> unusedSteps() {
        if (permutations.isEmpty()) {
            return List.of();
        }
        Set<String> used = permutations.stream()
                .flatMap(permutation -> permutation.steps().stream())
                .map(Planned::step)
                .collect(Collectors.toSet());
        return sessions.stream()
                .flatMap(session -> session.steps().stream())
                .map(Step::name)
                .filter(name -> !used.contains(name))
                .sorted()
                .toList();
    }

    /**
     * The orders in which the test is run: those that are written, else all, the earlier session's step first.
     *
     * @throws SpecSyntaxException if none is written and they are too many
     */
    public List<Permutation> orders() {
        if (!permutations.isEmpty()) {
            return permutations;
        }
        List<Permutation> all = new ArrayList<>();
        interleave(new int[sessions.size()], new ArrayList<>(), all);
        return all;
    }

    private void interleave(int[] taken, List<Planned> order, List<Permutation> all) {
        boolean complete = true;
        for (int i = 0; i < taken.length; i++) {
            List<Step> steps = sessions.get(i).steps();
            if (taken[i] < steps.size()) {
                complete = false;
                order.add(new Planned(steps.get(taken[i]).name(), List.of()));
                taken[i]++;
                interleave(taken, order, all);
                taken[i]--;
                order.remove(order.size() - 1);
            }
        }
        if (complete) {
            if (all.size() == PERMUTATIONS_MAX) {
                throw new SpecSyntaxException(
                        "Too many orders to run all of them (max=" + PERMUTATIONS_MAX + "); write permutations");
            }
            all.add(new Permutation(order));
        }
    }
}
