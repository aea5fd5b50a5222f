package io.rowlock.lab;

import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Director;
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
import org.jspecify.annotations.Nullable;

/** Runs a scenario's schedules. One exploration, one thread. */
final class Explorer {
    private final Theatre theatre;
    private final Scenario scenario;
    private final Budget budget;
    private final Judge judge;
    private final List<Integer> all;

    Explorer(Theatre theatre, Scenario scenario, Budget budget) {
        this.theatre = theatre;
        this.scenario = scenario;
        this.budget = budget;
        this.judge = new Judge(theatre, scenario);
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < scenario.actors().size(); i++) {
            numbers.add(i);
        }
        this.all = List.copyOf(numbers);
    }

    private static final class Tally {
        final Run run;
        int times;

        Tally(Run run) {
            this.run = run;
        }
    }

    Exploration explore() throws InterruptedException {
        long began = theatre.nanoTime();
        rehearse();
        Exploration explored = explore(began);
        return explored == null ? Objects.requireNonNull(explore(began)) : explored;
    }

    /** Once before anything counts: what the code does only the first time is done then. */
    private void rehearse() throws InterruptedException {
        Play unused = theatre.play(
                scenario, all, (ready, taken) -> new Choice(ready.get(0).actor(), false));
    }

    /** All schedules; or null if actors meet in the program and have to stop before they begin. */
    private @Nullable Exploration explore(long began) throws InterruptedException {
        Search search = new Search(budget.reduced(), theatre.dependence());
        Map<Outcome, Tally> found = new LinkedHashMap<>();
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
            Play play = theatre.play(scenario, all, trip);
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
            Run run = judge.judge(play, all, strayed);
            if (run.unresolved().isPresent()) {
                unresolved.add(run);
                continue;
            }
            schedules++;
            waits += run.steps().stream().filter(Step::waited).count();
            contentions += run.outcome().results().values().stream()
                    .filter(Explorer::isContention)
                    .count();
            found.computeIfAbsent(run.outcome(), outcome -> new Tally(run)).times++;
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
            Follower follower = new Follower(schedule, scenario.letters());
            Play play = theatre.play(scenario, all, follower);
            follower.requireFit();
            runs.add(judge.judge(play, all, null));
        }
        return runs;
    }

    /** Takes the steps of a schedule; whatever the code does beyond it comes as it comes. */
    private static final class Follower implements Director {
        private final Schedule schedule;
        private final List<Character> letters;
        private int next;
        private @Nullable String mismatch;

        Follower(Schedule schedule, List<Character> letters) {
            this.schedule = schedule;
            this.letters = letters;
        }

        @Override
        public @Nullable Choice next(List<Ready> ready, List<io.rowlock.lab.internal.run.Taken> taken) {
            if (next >= schedule.moves().size()) {
                return new Choice(ready.get(0).actor(), false);
            }
            Move move = schedule.moves().get(next);
            Optional<Ready> who = ready.stream()
                    .filter(each -> letters.get(each.actor()) == move.actor())
                    .filter(each -> move.isCrash() || each.label().equals(move.what()))
                    .findFirst();
            if (who.isEmpty()) {
                mismatch = ready.stream()
                        .map(each -> letters.get(each.actor()) + each.label())
                        .toList()
                        .toString();
                return null;
            }
            next++;
            return new Choice(who.get().actor(), move.isCrash());
        }

        void requireFit() {
            if (mismatch != null) {
                throw new ScheduleMismatch(schedule, next, mismatch);
            }
            if (next < schedule.moves().size()) {
                throw new ScheduleMismatch(schedule, next, "the end");
            }
        }
    }
}
