package io.rowlock.lab.cache;

import io.rowlock.lab.cache.Play.Act;
import io.rowlock.lab.cache.Play.Actor;
import io.rowlock.lab.cache.Play.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a cache under every interleaving of a case.
 *
 * <pre>{@code
 * CacheCheck check = CacheCheck.of("cache-aside", EnumSet.of(WriterStep.AFTER), () -> new MyCache(redis, newKey()));
 * CaseResult result = check.run(CacheCase.of(1, 1));
 * assertThat(result.stale()).as("%s", result.shortest()).isZero();
 * }</pre>
 *
 * <p>A run begins with the cache empty, and once more with the value in it. Interleavings are counted before it is known which steps have
 * an effect, so that a case has the same number of runs for all caches with the same steps. Steps of the store are atomic, deadlines do not
 * pass, and the database is one row: what a check finds is there; what it does not find may still be where a case is larger.
 *
 * <p>Immutable; runs are made on the calling thread.
 */
public final class CacheCheck {
    private final String name;
    private final Set<WriterStep> steps;
    private final Supplier<? extends CacheAdapter> caches;

    private CacheCheck(String name, Set<WriterStep> steps, Supplier<? extends CacheAdapter> caches) {
        this.name = name;
        this.steps = EnumSet.copyOf(steps);
        this.caches = caches;
    }

    /**
     * A check of a cache.
     *
     * @param name for reports
     * @param steps what its writers do, at least one
     * @param caches an empty cache for each run
     */
    public static CacheCheck of(String name, Set<WriterStep> steps, Supplier<? extends CacheAdapter> caches) {
        return new CacheCheck(name, steps, caches);
    }

    /** The name of the cache. */
    public String name() {
        return name;
    }

    /** Runs all interleavings of a case. */
    public CaseResult run(CacheCase checked) {
        Tally tally = new Tally(checked);
        List<Actor> actors = new ArrayList<>();
        List<List<Act>> programs = new ArrayList<>();
        for (int reader = 1; reader <= checked.readers(); reader++) {
            actors.add(Actor.reader(reader));
            programs.add(
                    checked.oldSnapshot()
                            ? List.of(Act.SNAPSHOT, Act.LOOKUP, Act.READ, Act.FILL)
                            : List.of(Act.LOOKUP, Act.READ, Act.FILL));
        }
        for (int writer = 1; writer <= checked.writers(); writer++) {
            actors.add(Actor.writer(writer));
            programs.add(writerProgram());
        }
        if (checked.evict()) {
            actors.add(Actor.STORE);
            programs.add(List.of(Act.EVICT));
        }
        int[] left = programs.stream().mapToInt(List::size).toArray();
        int[] order = new int[Arrays.stream(left).sum()];
        interleave(order, 0, left, chosen -> {
            int crashes = checked.crash() ? writerProgram().size() : 1;
            for (int crash = 0; crash < crashes; crash++) {
                List<Step> run = steps(chosen, actors, programs, checked, checked.crash() ? crash : -1);
                tally.add(false, run);
                tally.add(true, run);
            }
        });
        return tally.result();
    }

    private List<Act> writerProgram() {
        List<Act> program = new ArrayList<>();
        if (steps.contains(WriterStep.BEFORE)) {
            program.add(Act.BEFORE);
        }
        program.add(Act.COMMIT);
        if (steps.contains(WriterStep.AFTER)) {
            program.add(Act.AFTER);
        }
        return program;
    }

    private interface Chosen {
        void order(int[] actors);
    }

    private static void interleave(int[] order, int at, int[] left, Chosen chosen) {
        if (at == order.length) {
            chosen.order(order);
            return;
        }
        for (int actor = 0; actor < left.length; actor++) {
            if (left[actor] > 0) {
                left[actor]--;
                order[at] = actor;
                interleave(order, at + 1, left, chosen);
                left[actor]++;
            }
        }
    }

    /** The steps of an order, with what goes wrong in it. */
    private static List<Step> steps(
            int[] order, List<Actor> actors, List<List<Act>> programs, CacheCase checked, int crashBefore) {
        Actor first = Actor.writer(1);
        int[] at = new int[actors.size()];
        List<Step> run = new ArrayList<>(order.length);
        boolean dead = false;
        for (int index : order) {
            Actor actor = actors.get(index);
            List<Act> program = programs.get(index);
            int number = at[index]++;
            if (actor.equals(first)) {
                if (number == crashBefore) {
                    dead = true;
                    run.add(new Step(actor, Act.CRASH));
                }
                if (dead) {
                    continue;
                }
                if (checked.lostWrite() && number == lastAtStore(program)) {
                    run.add(new Step(actor, Act.LOST));
                    continue;
                }
            }
            run.add(new Step(actor, program.get(number)));
        }
        return run;
    }

    private static int lastAtStore(List<Act> program) {
        return program.contains(Act.AFTER) ? program.indexOf(Act.AFTER) : program.indexOf(Act.BEFORE);
    }

    /** Counts runs, and keeps the shortest that is stale. */
    private final class Tally {
        private final CacheCase checked;
        private long runs;
        private long stale;
        private long servedOld;
        private int shortestCost = Integer.MAX_VALUE;
        private boolean shortestWarm;
        private @Nullable List<Step> shortest;

        Tally(CacheCase checked) {
            this.checked = checked;
        }

        void add(boolean warm, List<Step> run) {
            Play play = play(warm, run, false);
            runs++;
            servedOld += play.servedOld() ? 1 : 0;
            Optional<Long> cached = play.cached();
            if (cached.isPresent() && cached.get() < play.committed()) {
                stale++;
                int cost = cost(warm, run);
                if (cost < shortestCost) {
                    shortestCost = cost;
                    shortest = run;
                    shortestWarm = warm;
                }
            }
        }

        CaseResult result() {
            List<Step> witness = shortest;
            Optional<CacheRun> shown = witness == null
                    ? Optional.empty()
                    : Optional.of(play(shortestWarm, witness, true).end());
            return new CaseResult(name, checked, runs, stale, servedOld, shown);
        }
    }

    /** Few steps first, then few changes from one actor to another, then from an empty cache. */
    private static int cost(boolean warm, List<Step> run) {
        int switches = 0;
        for (int i = 1; i < run.size(); i++) {
            switches += run.get(i).actor().equals(run.get(i - 1).actor()) ? 0 : 1;
        }
        return (run.size() * 100 + switches) * 2 + (warm ? 1 : 0);
    }

    private Play play(boolean warm, List<Step> run, boolean tells) {
        Play play = new Play(caches.get(), warm, tells);
        for (int i = 0; i < run.size(); i++) {
            Step step = run.get(i);
            play.step(step);
            if (step.actor().kind() == 'W' && endsWith(step)) {
                play.acknowledge(step.actor());
            }
        }
        return play;
    }

    /** Whether a writer is acknowledged after this step. */
    private boolean endsWith(Step step) {
        return switch (step.act()) {
            case AFTER -> true;
            case COMMIT -> !steps.contains(WriterStep.AFTER);
            case LOST -> steps.contains(WriterStep.AFTER);
            default -> false;
        };
    }

    /**
     * Runs one schedule, as {@link CacheRun#schedule} has it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public CacheRun replay(String schedule) {
        List<String> words = List.of(schedule.strip().split("\\s+"));
        String start = words.get(0);
        if (!start.equals("warm") && !start.equals("cold")) {
            throw new IllegalArgumentException("A schedule begins with warm or cold (schedule=" + schedule + ")");
        }
        List<Step> run = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            run.add(parse(word));
        }
        return play(start.equals("warm"), run, true).end();
    }

    private static Step parse(String word) {
        if (word.equals("evict")) {
            return new Step(Actor.STORE, Act.EVICT);
        }
        if (!word.matches("[RW][1-9]\\.[a-z]+")) {
            throw new IllegalArgumentException("Not a step: write R1.lookup or W2.commit (step=" + word + ")");
        }
        Actor actor = new Actor(word.charAt(0), word.charAt(1) - '0');
        try {
            return new Step(actor, Act.valueOf(word.substring(3).toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            throw new IllegalArgumentException("No such step (step=" + word + ")", unknown);
        }
    }

    /** Several caches under several cases, as a table of {@code stale/runs}. */
    public static String table(List<CacheCheck> checks, List<CacheCase> cases) {
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        cases.forEach(one -> head.add(one.toString()));
        rows.add(head);
        for (CacheCheck check : checks) {
            List<String> row = new ArrayList<>(List.of(check.name));
            cases.forEach(one -> row.add(check.run(one).toString()));
            rows.add(row);
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < row.size(); column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(one -> one.get(at).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                String pad = " ".repeat(width - cell.length());
                text.append(column == 0 ? cell + pad : "  " + pad + cell);
            }
            text.append('\n');
        }
        return text.toString();
    }
}
