package io.rowlock.lab;

import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Play;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes a run that goes wrong smaller, by real runs, as long as it goes wrong in the same way: first without actors that are not
 * needed, then with fewer switches between those that are left. An exploration runs schedules with few switches first, but of
 * schedules that cannot differ it runs one, which need not be the one that reads best. Greedy, within {@link Budget#shrinks} and
 * what is left of {@link Budget#time}. One use.
 */
final class Shrinker {
    private static final int RACE = 2;

    private final Theatre theatre;
    private final Scenario scenario;
    private final Budget budget;
    private final long until;
    private int left;

    Shrinker(Theatre theatre, Scenario scenario, Budget budget, long began) {
        this.theatre = theatre;
        this.scenario = scenario;
        this.budget = budget;
        this.until = began + budget.time().toNanos();
        this.left = budget.shrinks();
    }

    Run smallest(Run witness) throws InterruptedException {
        List<Integer> who = IntStream.range(0, scenario.actors().size()).boxed().toList();
        Run smallest = witness;
        boolean fewer = true;
        while (fewer && who.size() > RACE) {
            fewer = false;
            for (Integer one : who) {
                List<Integer> others =
                        who.stream().filter(each -> !each.equals(one)).toList();
                Optional<Run> without = without(others, witness);
                if (without.isPresent()) {
                    smallest = without.get();
                    who = others;
                    fewer = true;
                    break;
                }
            }
        }
        return withFewerSwitches(smallest, who);
    }

    private boolean spent() {
        return left <= 0 || theatre.nanoTime() - until >= 0;
    }

    /** A run of these actors alone that goes wrong in the same way, where they do no wrong one after another. */
    private Optional<Run> without(List<Integer> who, Run witness) throws InterruptedException {
        if (spent() || !areRightInOrder(who)) {
            return Optional.empty();
        }
        Budget rest = budget.untilViolation().withSchedules(left);
        Exploration found = new Explorer(theatre, scenario, rest, who).explore();
        left -= found.schedules() + found.unresolved().size();
        return found.violations().stream().filter(run -> isSame(run, witness)).findFirst();
    }

    /** An invariant may speak of actors that are not there. */
    private boolean areRightInOrder(List<Integer> who) throws InterruptedException {
        if (scenario.invariant().isEmpty()) {
            return true;
        }
        left--;
        Play play = theatre.play(
                scenario, who, (ready, taken) -> new Choice(ready.get(0).actor(), false));
        try {
            return new Judge(theatre, scenario)
                    .judge(play, who, null)
                    .violation()
                    .isEmpty();
        } catch (RuntimeException notWithout) {
            return false;
        }
    }

    private static boolean isSame(Run run, Run witness) {
        return run.anomaly().equals(witness.anomaly());
    }

    private Run withFewerSwitches(Run witness, List<Integer> who) throws InterruptedException {
        Explorer explorer = new Explorer(theatre, scenario, budget, who);
        Run smallest = witness;
        boolean smaller = true;
        while (smaller) {
            smaller = false;
            for (Schedule candidate : joined(smallest.schedule())) {
                if (spent()) {
                    return smallest;
                }
                left--;
                Optional<Run> run = explorer.attempt(candidate);
                if (run.isPresent()
                        && run.get().violation().isPresent()
                        && isSame(run.get(), witness)
                        && run.get().schedule().switches() < smallest.schedule().switches()) {
                    smallest = run.get();
                    smaller = true;
                    break;
                }
            }
        }
        return smallest;
    }

    /** The schedules in which two stretches of one actor are one, those with the fewest switches first. */
    static List<Schedule> joined(Schedule schedule) {
        List<List<Move>> stretches = stretches(schedule);
        List<Schedule> all = new ArrayList<>();
        for (int from = 0; from < stretches.size(); from++) {
            for (int to = from + 1; to < stretches.size(); to++) {
                if (stretches.get(to).get(0).actor()
                        == stretches.get(from).get(0).actor()) {
                    all.add(moved(stretches, to, from + 1));
                    all.add(moved(stretches, from, to - 1));
                    break;
                }
            }
        }
        int now = schedule.switches();
        return all.stream()
                .distinct()
                .filter(each -> each.switches() < now)
                .sorted(Comparator.comparingInt(Schedule::switches))
                .toList();
    }

    private static List<List<Move>> stretches(Schedule schedule) {
        List<List<Move>> stretches = new ArrayList<>();
        for (Move move : schedule.moves()) {
            List<Move> last = stretches.isEmpty() ? List.of() : stretches.get(stretches.size() - 1);
            if (last.isEmpty() || last.get(0).actor() != move.actor()) {
                last = new ArrayList<>();
                stretches.add(last);
            }
            last.add(move);
        }
        return stretches;
    }

    private static Schedule moved(List<List<Move>> stretches, int which, int where) {
        List<List<Move>> order = new ArrayList<>(stretches);
        order.add(where, order.remove(which));
        return new Schedule(order.stream().flatMap(List::stream).toList());
    }
}
