package io.rowlock.engines;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Walks through every combination of choices. A test asks {@link #choose(int)} wherever it would ask a random number, and is
 * run once for each way in which these questions can be answered, however many it asks and whatever they depend on.
 *
 * <pre>{@code
 * int runs = Choices.exhaust(choices -> {
 *     var order = choices.permutation(List.of("a", "b", "c"));
 *     boolean crash = choices.flag();
 *     ...
 * });
 * }</pre>
 *
 * <p>The same test becomes a random one with {@link #random}, where the combinations are too many. A failure names the
 * choices that led to it, and {@link #replay} makes them again.
 *
 * <p>The body must be deterministic: given the same answers it must ask the same questions.
 *
 * <p>One thread at a time. The idea is TigerBeetle's {@code exhaustigen}.
 */
public final class Choices {

    /** More are no longer a test but a simulation; such a body has a choice too many. */
    private static final int RUNS_MAX = 10_000_000;

    /** What is run once per combination. */
    @FunctionalInterface
    public interface Body {
        /**
         * Runs the test once.
         *
         * @throws Exception if it fails
         */
        void run(Choices choices) throws Exception;
    }

    private record Choice(int taken, int of) {}

    private final List<Choice> path;
    private final IntUnaryOperator source;
    private int next;

    private Choices(List<Choice> path, IntUnaryOperator source) {
        this.path = path;
        this.source = source;
    }

    /**
     * Runs a body once for every combination of its choices.
     *
     * @return how many there are
     * @throws AssertionError at the first combination that fails, naming it
     */
    public static int exhaust(Body body) {
        List<Choice> path = new ArrayList<>();
        int runs = 0;
        do {
            if (++runs > RUNS_MAX) {
                throw new IllegalStateException(
                        "Too many combinations (max=%d, at=%s)".formatted(RUNS_MAX, text(path)));
            }
            run(body, new Choices(path, bound -> 0), null);
        } while (advance(path));
        return runs;
    }

    /**
     * Runs a body with random choices.
     *
     * @param seed of the first run; run n is the first run of seed + n - 1
     * @throws AssertionError at the first run that fails, naming its seed and its choices
     */
    public static void random(long seed, int runs, Body body) {
        for (int run = 0; run < runs; run++) {
            SplittableRandom random = new SplittableRandom(seed + run);
            run(body, new Choices(new ArrayList<>(), random::nextInt), seed + run);
        }
    }

    /**
     * Runs a body once with the choices that a failure named.
     *
     * @param choices such as {@code 2.0.1}; what is asked beyond them is answered with 0
     */
    public static void replay(String choices, Body body) {
        List<Integer> answers = choices.isBlank()
                ? List.of()
                : Stream.of(choices.split("\\.", -1)).map(Integer::valueOf).toList();
        List<Choice> path = new ArrayList<>();
        run(body, new Choices(path, bound -> path.size() < answers.size() ? answers.get(path.size()) : 0), null);
    }

    private static void run(Body body, Choices choices, @Nullable Long seed) {
        try {
            body.run(choices);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "Fails for these choices (choices=%s%s). Again: Choices.replay(\"%1$s\", ...)%n%s"
                            .formatted(choices, seed == null ? "" : ", seed=" + seed, e),
                    e);
        }
    }

    /** To the next combination: the last choice that has another answer takes it, and those after it are asked anew. */
    private static boolean advance(List<Choice> path) {
        while (!path.isEmpty()) {
            Choice last = path.remove(path.size() - 1);
            if (last.taken() + 1 < last.of()) {
                path.add(new Choice(last.taken() + 1, last.of()));
                return true;
            }
        }
        return false;
    }

    /**
     * One of the numbers from 0 to one less than the bound.
     *
     * @throws IllegalArgumentException if the bound is not positive
     * @throws IllegalStateException if the body asks something else than it did when it was last given the same answers
     */
    public int choose(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("Nothing to choose from (bound=" + bound + ")");
        }
        if (next == path.size()) {
            int taken = source.applyAsInt(bound);
            if (taken >= bound) {
                throw new IllegalStateException("No such choice (taken=%d, bound=%d)".formatted(taken, bound));
            }
            path.add(new Choice(taken, bound));
        }
        Choice choice = path.get(next++);
        if (choice.of() != bound) {
            throw new IllegalStateException("The body is not deterministic (choice=%d, bound=%d, before=%d)"
                    .formatted(next, bound, choice.of()));
        }
        return choice.taken();
    }

    /** Yes or no. */
    public boolean flag() {
        return choose(2) == 1;
    }

    /** One element of a list. */
    public <T> T pick(List<T> from) {
        return from.get(choose(from.size()));
    }

    /** The elements of a list in some order. */
    public <T> List<T> permutation(List<T> of) {
        List<T> left = new ArrayList<>(of);
        List<T> order = new ArrayList<>();
        while (!left.isEmpty()) {
            order.add(left.remove(choose(left.size())));
        }
        return order;
    }

    /** The choices made so far, in the form that {@link #replay} takes. */
    @Override
    public String toString() {
        return text(path.subList(0, next));
    }

    private static String text(List<Choice> path) {
        return path.stream().map(choice -> Integer.toString(choice.taken())).collect(Collectors.joining("."));
    }
}
