package io.rowlock.lab;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * What is to be looked into: a database in a known state, and two or three actors who do something to it at once. Immutable:
 *
 * <pre>{@code
 * Lab lab = Lab.on(dataSource);
 * Tickets tickets = new Tickets(lab.dataSource());
 *
 * Scenario twoBuyers = Scenario.named("two buyers of the last ticket")
 *         .reset("UPDATE ticket SET sold = 99 WHERE id = 1")
 *         .actor(() -> tickets.buy(1))
 *         .actor(() -> tickets.buy(1));
 *
 * lab.explore(twoBuyers).requireNoViolation();
 * }</pre>
 *
 * <p>Without an {@linkplain #invariant invariant} the actors' results and the final state must be those of some serial order:
 * one actor after the other. An actor that lost against others (a serialization failure, a deadlock, a lock it did not get) may
 * be as if it had never begun.
 *
 * <p><b>Holds when</b> the actors reach the database by {@link Lab#dataSource()} on the thread that they are called on, and do
 * the same whenever they are given the same answers: no clock, no random numbers, no memory of the run before.
 * <b>Breaks when</b> they hand work to threads of their own: these are not held back.
 *
 * <p>Safe for use by many threads.
 */
public final class Scenario {
    private static final int ACTORS_MAX = 4;

    private final String name;
    private final List<Work> resets;
    private final List<Actor> actors;
    private final List<String> state;
    private final Optional<Invariant> invariant;
    private final Function<Object, String> shown;
    private final Predicate<Throwable> contention;

    /** Something done with a connection that is not observed. */
    @FunctionalInterface
    public interface Work {
        void run(Connection connection) throws SQLException;
    }

    /** Whether a database, with its actors at rest, is as it should be. */
    @FunctionalInterface
    public interface Check {
        /**
         * Looks at it.
         *
         * @param results how the actors ended
         * @return what is wrong, or empty
         */
        Optional<String> violation(Connection connection, Outcome results) throws SQLException;
    }

    record Invariant(String name, Check check) {}

    private Scenario(
            String name,
            List<Work> resets,
            List<Actor> actors,
            List<String> state,
            Optional<Invariant> invariant,
            Function<Object, String> shown,
            Predicate<Throwable> contention) {
        this.name = name;
        this.resets = List.copyOf(resets);
        this.actors = List.copyOf(actors);
        this.state = List.copyOf(state);
        this.invariant = invariant;
        this.shown = shown;
        this.contention = contention;
    }

    /** A scenario without actors. */
    public static Scenario named(String name) {
        return new Scenario(
                Objects.requireNonNull(name, "name"),
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                String::valueOf,
                thrown -> false);
    }

    /**
     * Statements that bring the database into the state in which each run begins; after what was given before. One that has
     * no lock in time is tried again, five times in all: between two runs there is nobody to wait for but the engine itself, whose purge lets a
     * {@code TRUNCATE TABLE} of InnoDB fail after 0.75 s.
     */
    public Scenario reset(String... sql) {
        Scenario with = this;
        for (String each : sql) {
            with = with.reset(new ResetStatement(each));
        }
        return with;
    }

    /** As {@link #reset(String...)}, with code. Runs in autocommit, or commits. */
    public Scenario reset(Work work) {
        return new Scenario(name, plus(resets, work), actors, state, invariant, shown, contention);
    }

    /** A further actor, called by the next letter. What it returns is compared as text. */
    public Scenario actor(Callable<?> work) {
        return with(work, false);
    }

    /**
     * A further actor, which may crash in front of each of its steps, once in a run: its open transaction is rolled back, and
     * none of its code runs on.
     */
    public Scenario crashingActor(Callable<?> work) {
        return with(work, true);
    }

    private Scenario with(Callable<?> work, boolean mayCrash) {
        if (actors.size() == ACTORS_MAX) {
            throw new IllegalArgumentException("A scenario has " + ACTORS_MAX + " actors at the most (scenario=" + name
                    + "): more than three show nothing that two or three do not");
        }
        Actor next = new Actor((char) ('A' + actors.size()), Objects.requireNonNull(work, "work"), mayCrash);
        return new Scenario(name, resets, plus(actors, next), state, invariant, shown, contention);
    }

    /**
     * Queries whose rows are the final state; without any, all rows of all tables are, but for columns that the database
     * numbers and for what Flyway and Liquibase remember. Give each an order, or rows that come in another order are another state.
     */
    public Scenario state(String... queries) {
        List<String> all = new ArrayList<>(state);
        all.addAll(List.of(queries));
        return new Scenario(name, resets, actors, all, invariant, shown, contention);
    }

    /** What must hold after each run. It takes the place of the comparison with serial orders. */
    public Scenario invariant(String what, Check check) {
        return new Scenario(name, resets, actors, state, Optional.of(new Invariant(what, check)), shown, contention);
    }

    /** How what actors return is shown and compared, if not by {@code toString}: ids that differ each time are left out. */
    public Scenario showing(Function<Object, String> shown) {
        return new Scenario(name, resets, actors, state, invariant, shown, contention);
    }

    /**
     * Which exceptions mean that an actor lost against others and had no effect, besides those of the database: a guard's own
     * "try again".
     */
    public Scenario contention(Predicate<Throwable> isContention) {
        return new Scenario(name, resets, actors, state, invariant, shown, contention.or(isContention));
    }

    private static <T> List<T> plus(List<T> list, T last) {
        List<T> all = new ArrayList<>(list);
        all.add(last);
        return all;
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** The letters of its actors. */
    public List<Character> letters() {
        return actors.stream().map(Actor::letter).toList();
    }

    /** The actors that have a move in a schedule, by number; all for one without moves. */
    List<Integer> takingPart(Schedule schedule) {
        return IntStream.range(0, actors.size())
                .filter(number -> schedule.moves().isEmpty()
                        || schedule.moves().stream()
                                .anyMatch(move ->
                                        move.actor() == actors.get(number).letter()))
                .boxed()
                .toList();
    }

    List<Work> resets() {
        return resets;
    }

    List<Actor> actors() {
        return actors;
    }

    List<String> stateQueries() {
        return state;
    }

    Optional<Invariant> invariant() {
        return invariant;
    }

    String show(Object value) {
        return shown.apply(value);
    }

    boolean isContention(Throwable thrown) {
        return contention.test(thrown);
    }
}
