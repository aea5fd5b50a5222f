package io.rowlock.lab.internal.search;

import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Director;
import io.rowlock.lab.internal.run.Footprint;
import io.rowlock.lab.internal.run.Taken;
import io.rowlock.watch.jdbc.JdbcResult;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * All schedules of a scenario, but for those that cannot differ from one that is run: a stateless search with sleep sets
 * (P. Godefroid, <i>Partial-Order Methods for the Verification of Concurrent Systems</i>, 1996, chapter 5) over the actors that
 * are able to go on. A choice that was run at a place sleeps in the places beside it, until a step is taken that it depends on;
 * what sleeps is not chosen, and a run in which all that could go on sleeps is cut.
 *
 * <p>The next run is the one with the fewest switches between actors, so that the first that goes wrong is one that people can
 * follow. Sleep sets need an order among the choices of each place, not among places, and that order is kept: of two choices at
 * a place, the later one never comes first.
 *
 * <p>Used by one search, by one thread at a time.
 */
public final class Search {
    private static final int DEADLOCK_OF_INNODB = 1213;

    /** How often a place is looked for again that lies behind a deadlock with the other victim. */
    private static final int MISSED_MAX = 5;

    private final boolean reduced;
    private final Dependence dependence;
    private final PriorityQueue<Open> open =
            new PriorityQueue<>(Comparator.comparingInt(Open::switches).thenComparingLong(Open::number));
    private long numbers;
    private @Nullable Place root;
    private boolean begun;

    /** Whether the order of two steps does not matter. */
    @FunctionalInterface
    public interface Dependence {
        boolean independent(Footprint one, Footprint other);
    }

    /** A choice that is still to be run. */
    private record Open(Place place, Choice choice, int switches, long number, int missed) {}

    /** Where all actors stand, after some choices. */
    private static final class Place {
        final @Nullable Place parent;
        final @Nullable Choice via;
        final List<Director.Ready> ready;
        final Map<Choice, Footprint> asleep;
        /** In the order in which they are run. */
        final List<Choice> choices = new ArrayList<>();

        final Map<Choice, Footprint> known = new HashMap<>();
        /** Several for a choice after which a deadlock was broken: engines do not always choose the same victim. */
        final Map<Choice, List<Place>> children = new HashMap<>();

        final int switches;
        boolean crashed;

        Place(
                @Nullable Place parent,
                @Nullable Choice via,
                List<Director.Ready> ready,
                Map<Choice, Footprint> asleep,
                int switches) {
            this.parent = parent;
            this.via = via;
            this.ready = ready;
            this.asleep = asleep;
            this.switches = switches;
        }
    }

    public Search(boolean reduced, Dependence dependence) {
        this.reduced = reduced;
        this.dependence = dependence;
    }

    /** The first run, or the one with the fewest switches of those that are left; null when all were run. */
    public @Nullable Trip next() {
        if (!begun) {
            begun = true;
            return new Trip(null);
        }
        Open next = open.poll();
        return next == null ? null : new Trip(next);
    }

    /** One run: on known ways first, then as it comes. */
    public final class Trip implements Director {
        private final @Nullable Open goal;
        private final List<Choice> way = new ArrayList<>();
        private final List<Place> places = new ArrayList<>();
        private @Nullable Place here;
        private @Nullable Choice last;
        private int taken;
        /** Whether all is as it was; a deadlock that ended otherwise leads elsewhere, and the run then goes as it comes. */
        private boolean onItsWay = true;

        private @Nullable String strayed;

        private Trip(@Nullable Open goal) {
            this.goal = goal;
            if (goal == null) {
                return;
            }
            for (Place at = goal.place(); at != null; at = at.parent) {
                places.add(at);
                if (at.via != null) {
                    way.add(at.via);
                }
            }
            Collections.reverse(places);
            Collections.reverse(way);
            way.add(goal.choice());
        }

        /** How the run left the way that it was to take, because the code did not do again what it had done; or null. */
        public @Nullable String strayed() {
            return strayed;
        }

        @Override
        public @Nullable Choice next(List<Ready> ready, List<Taken> steps) {
            Place place = arrive(ready, steps);
            if (place == null) {
                return null;
            }
            Choice choice = onItsWay && taken < way.size() ? way.get(taken) : firstAwake(place);
            taken++;
            if (choice != null) {
                last = choice;
            }
            return choice;
        }

        /** When the run is over: the footprint of its last step is known now. */
        public void over(List<Taken> steps) {
            Place at = here;
            Choice by = last;
            if (at != null && by != null && !steps.isEmpty()) {
                at.known.putIfAbsent(by, steps.get(steps.size() - 1).footprint());
            }
            if (!onItsWay && strayed == null) {
                boolean unused = again();
            }
        }

        /**
         * Runs it once more, later: an actor may have been taken to wait that was only slow.
         *
         * @return false if that was done often enough
         */
        public boolean again() {
            if (goal == null || goal.missed() >= MISSED_MAX) {
                return false;
            }
            open.add(new Open(goal.place(), goal.choice(), goal.switches(), numbers++, goal.missed() + 1));
            return true;
        }

        private @Nullable Place arrive(List<Ready> ready, List<Taken> steps) {
            Place from = here;
            Choice by = last;
            if (from == null || by == null) {
                Place first = root;
                if (first == null) {
                    first = new Place(null, null, List.copyOf(ready), Map.of(), 0);
                    root = first;
                    opened(first, -1);
                }
                here = first;
            } else {
                Footprint footprint = steps.get(steps.size() - 1).footprint();
                from.known.putIfAbsent(by, footprint);
                List<Place> known = from.children.computeIfAbsent(by, choice -> new ArrayList<>());
                Place next = known.stream()
                        .filter(place -> labels(place.ready).equals(labels(ready)))
                        .findFirst()
                        .orElse(null);
                if (next == null) {
                    if (!known.isEmpty() && steps.stream().noneMatch(Search::brokeADeadlock)) {
                        strayed = "after " + taken + " steps " + labels(ready) + " could go on, and before it was "
                                + labels(known.get(0).ready);
                        return null;
                    }
                    next = new Place(
                            from,
                            by,
                            List.copyOf(ready),
                            stillAsleep(from, by, footprint),
                            from.switches + switches(from, by));
                    next.crashed = from.crashed || by.crash();
                    known.add(next);
                    opened(next, by.actor());
                }
                onItsWay &= taken >= places.size() || places.get(taken).equals(next);
                here = next;
            }
            Place now = Objects.requireNonNull(here);
            if (from == null && !labels(now.ready).equals(labels(ready))) {
                strayed = "at the beginning " + labels(ready) + " could go on, and before it was " + labels(now.ready);
                return null;
            }
            return now;
        }

        private @Nullable Choice firstAwake(Place place) {
            return place.choices.isEmpty() ? null : place.choices.get(0);
        }
    }

    private static int switches(Place place, Choice by) {
        return place.via == null || place.via.actor() == by.actor() ? 0 : 1;
    }

    private static boolean brokeADeadlock(Taken step) {
        JdbcResult result = step.result();
        SQLException failure = result == null ? null : result.failure();
        return failure != null
                && ("40P01".equals(failure.getSQLState()) || failure.getErrorCode() == DEADLOCK_OF_INNODB);
    }

    private static List<String> labels(List<Director.Ready> ready) {
        return ready.stream().map(each -> each.actor() + each.label()).toList();
    }

    /** Of what slept at a place, or was run there earlier, that which does not depend on the step that was taken. */
    private Map<Choice, Footprint> stillAsleep(Place place, Choice by, Footprint footprint) {
        if (!reduced) {
            return Map.of();
        }
        Map<Choice, Footprint> candidates = new LinkedHashMap<>(place.asleep);
        for (Choice earlier : place.choices) {
            if (earlier.equals(by)) {
                break;
            }
            Footprint known = place.known.get(earlier);
            if (known != null) {
                candidates.put(earlier, known);
            }
        }
        Map<Choice, Footprint> asleep = new LinkedHashMap<>();
        candidates.forEach((choice, other) -> {
            if (choice.actor() != by.actor() && !choice.crash() && dependence.independent(other, footprint)) {
                asleep.put(choice, other);
            }
        });
        return asleep;
    }

    /** A new place: the first of its choices is taken at once, the others later. */
    private void opened(Place place, int lastActor) {
        List<Choice> all = new ArrayList<>();
        for (Director.Ready each : place.ready) {
            Choice choice = new Choice(each.actor(), false);
            if (each.actor() == lastActor) {
                all.add(0, choice);
            } else {
                all.add(choice);
            }
        }
        for (Director.Ready each : place.ready) {
            if (each.mayCrash() && !place.crashed) {
                all.add(new Choice(each.actor(), true));
            }
        }
        for (Choice choice : all) {
            if (!place.asleep.containsKey(choice)) {
                place.choices.add(choice);
            }
        }
        for (Choice later : place.choices.subList(Math.min(1, place.choices.size()), place.choices.size())) {
            open.add(new Open(place, later, place.switches + switches(place, later), numbers++, 0));
        }
    }
}
