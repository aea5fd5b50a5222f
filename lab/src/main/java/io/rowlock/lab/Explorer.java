package io.rowlock.lab;

import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Play;
import io.rowlock.lab.internal.run.Stage;
import io.rowlock.lab.internal.search.Search;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs the schedules of a scenario, or of some of its actors. One exploration, one thread. */
final class Explorer {
    private final Theatre theatre;
    private final Scenario scenario;
    private final Budget budget;
    private final Judge judge;
    private final List<Integer> who;

    Explorer(Theatre theatre, Scenario scenario, Budget budget) {
        this(
                theatre,
                scenario,
                budget,
                IntStream.range(0, scenario.actors().size()).boxed().toList());
    }

    /** @param who the actors that take part, by number, in order */
    Explorer(Theatre theatre, Scenario scenario, Budget budget, List<Integer> who) {
        this.theatre = theatre;
        this.scenario = scenario;
        this.budget = budget;
        this.judge = new Judge(theatre, scenario);
        this.who = List.copyOf(who);
    }

    /** How runs end. An invariant may look at more than the outcome: at a cache, for one. */
    private record End(Outcome outcome, Optional<String> violation) {}

    private static final class Tally {
        Run run;
        int times;

        Tally(Run run) {
            this.run = run;
        }

        void add(Run another) {
            times++;
            if (another.schedule().switches() < run.schedule().switches()) {
                run = another;
            }
        }
    }

    Exploration explore() throws InterruptedException {
        long began = theatre.nanoTime();
        rehearse();
        Exploration explored = explore(began);
        return explored == null ? Objects.requireNonNull(explore(began)) : explored;
    }

    /** As {@link #explore()}, and then makes the witness smaller. */
    Exploration exploreAndShrink() throws InterruptedException {
        long began = theatre.nanoTime();
        Exploration found = explore();
        Optional<Run> witness = found.witness();
        if (witness.isEmpty() || budget.shrinks() == 0) {
            return found;
        }
        Run smallest = new Shrinker(theatre, scenario, budget, began).smallest(witness.get());
        return found.withSmallest(smallest);
    }

    /** Once before anything counts: what the code does only the first time is done then. */
    private void rehearse() throws InterruptedException {
        Play unused = theatre.play(
                scenario, who, (ready, taken) -> new Choice(ready.get(0).actor(), false));
    }

    /** All schedules; or null if actors meet in the program and have to stop before they begin. */
    private @Nullable Exploration explore(long began) throws InterruptedException {
        Search search = new Search(budget.reduced(), theatre.dependence());
        Map<End, Tally> found = new LinkedHashMap<>();
        List<Run> unresolved = new ArrayList<>();
        int schedules = 0;
        int cut = 0;
        long waits = 0;
        long contentions = 0;
        boolean complete = false;
        while (schedules + unresolved.size() < budget.schedules()
                && theatre.nanoTime() - began < budget.time().toNanos()) {
            Search.Trip trip = search.next();
            if (trip == null) {
                complete = unresolved.isEmpty();
                break;
            }
            Play play = theatre.play(scenario, who, trip);
            trip.over(play.taken());
            if (play.metInProgram() && !theatre.stopsAtBegin()) {
                theatre.stopAtBegin();
                return null;
            }
            String strayed = trip.strayed();
            if (strayed != null && trip.again()) {
                continue;
            }
            if (play.cut() && strayed == null) {
                cut++;
                continue;
            }
            Run run = judge.judge(play, who, strayed);
            if (run.unresolved().isPresent()) {
                unresolved.add(run);
                continue;
            }
            schedules++;
            waits += run.steps().stream().filter(Step::waited).count();
            contentions += run.outcome().results().values().stream()
                    .filter(Explorer::isContention)
                    .count();
            found.computeIfAbsent(new End(run.outcome(), run.violation()), end -> new Tally(run))
                    .add(run);
            if (budget.firstOnly() && run.violation().isPresent()) {
                break;
            }
        }
        return new Exploration(
                scenario.name(),
                schedules,
                cut,
                found.values().stream()
                        .map(tally -> new Exploration.Found(tally.run, tally.times))
                        .toList(),
                unresolved,
                complete,
                waits,
                contentions,
                Optional.empty(),
                Duration.ofNanos(theatre.nanoTime() - began));
    }

    private static boolean isContention(ActorResult result) {
        return result instanceof ActorResult.Threw threw && threw.contention();
    }

    /** As {@link Lab#replay}. */
    List<Run> replay(Schedule schedule, int times) throws InterruptedException {
        if (schedule.moves().stream().anyMatch(move -> move.what().equals(Stage.BEGIN))) {
            theatre.stopAtBegin();
        }
        rehearse();
        List<Run> runs = new ArrayList<>();
        for (int time = 0; time < times; time++) {
            Follower follower = new Follower(schedule, letters());
            Play play = theatre.play(scenario, who, follower);
            follower.requireFit();
            runs.add(judge.judge(play, who, null));
        }
        return runs;
    }

    /** One run of a schedule; empty if the code does not take these steps, or comes to no end. */
    Optional<Run> attempt(Schedule schedule) throws InterruptedException {
        Follower follower = new Follower(schedule, letters());
        Play play = theatre.play(scenario, who, follower);
        if (!follower.fits()) {
            return Optional.empty();
        }
        Run run = judge.judge(play, who, null);
        return run.unresolved().isPresent() ? Optional.empty() : Optional.of(run);
    }

    private List<Character> letters() {
        return who.stream().map(scenario.letters()::get).toList();
    }
}
