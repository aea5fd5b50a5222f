package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Run;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Schedule;
import io.rowlock.lab.ScheduleMismatch;
import io.rowlock.lab.Step;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * The database of a {@link RaceTest} or {@link Replay}, new and empty, and the question that is put to code on it.
 *
 * <p><b>Holds when</b> the code that is tested reaches its database by {@link #dataSource()} alone, on the thread on which it is
 * called, and does the same whenever it is given the same answers. <b>Breaks when</b> it decides by a clock, by random numbers, by
 * what it remembers of the run before, or hands work to threads of its own. An actor that takes no step by the data source fails
 * the test.
 *
 * <p>One thread at a time, but for the data source.
 */
public final class Race {
    private final RacePlan plan;
    private final RaceDatabase database;
    private final Lab lab;
    private final Consumer<String> remarks;
    private int checks;

    private Race(RacePlan plan, RaceDatabase database, Lab lab, Consumer<String> remarks) {
        this.plan = plan;
        this.database = database;
        this.lab = lab;
        this.remarks = remarks;
    }

    static Race open(RacePlan plan, RaceSources sources, Consumer<String> remarks) {
        RaceDatabase database = sources.create(plan.engine());
        Lab lab = null;
        try {
            lab = Lab.on(database.dataSource(), plan.labOptions());
            Engine found = lab.profile().engine();
            if (found != plan.engine()) {
                throw new IllegalStateException(
                        "The database is of another engine (wanted=" + plan.engine() + ", found=" + found + ")");
            }
            return new Race(plan, database, lab, remarks);
        } catch (RuntimeException failed) {
            if (lab != null) {
                lab.close();
            }
            database.close();
            throw failed;
        }
    }

    /** What the code that is tested reaches its database by. */
    public DataSource dataSource() {
        return lab.dataSource();
    }

    /** The database's engine. */
    public Engine engine() {
        return plan.engine();
    }

    /** The level that the test asked for; empty if it takes connections as they come. */
    public Optional<Isolation> isolation() {
        return plan.isolation();
    }

    /**
     * Runs statements one by one, each in a transaction of its own: tables, and what is in them before any scenario.
     *
     * @throws SQLException of the first that fails
     */
    public void execute(String... sql) throws SQLException {
        try (Connection connection = dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
    }

    /**
     * An actor in plain SQL: one transaction of these statements. It answers the rows that they read, and how many they changed.
     */
    public Callable<String> transaction(String... sql) {
        List<String> statements = List.of(sql);
        return () -> {
            try (Connection connection = dataSource().getConnection()) {
                connection.setAutoCommit(false);
                try {
                    String answers = answers(connection, statements);
                    connection.commit();
                    return answers;
                } catch (SQLException failed) {
                    connection.rollback();
                    throw failed;
                }
            }
        };
    }

    private static String answers(Connection connection, List<String> statements) throws SQLException {
        StringJoiner answers = new StringJoiner("; ");
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                if (statement.execute(sql)) {
                    try (ResultSet rows = statement.getResultSet()) {
                        answers.add(rows(rows));
                    }
                } else {
                    answers.add(statement.getUpdateCount() + " changed");
                }
            }
        }
        return answers.toString();
    }

    private static String rows(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        StringJoiner all = new StringJoiner(", ", "[", "]");
        while (rows.next()) {
            StringJoiner row = new StringJoiner(" ");
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                row.add(String.valueOf(rows.getString(i)));
            }
            all.add(row.toString());
        }
        return all.toString();
    }

    /**
     * Runs the scenario's schedules, or the one to replay, and fails if something goes wrong.
     *
     * @throws AssertionError with the timeline of the shortest witness, why it is wrong, and the annotation that keeps it; or if
     *     schedules were left out, a run came to no end, or an actor does not use {@link #dataSource()}
     */
    public void check(Scenario scenario) {
        Exploration seen = look(scenario);
        if (plan.partial() && seen.witness().isEmpty() && seen.unresolved().isEmpty() && !seen.complete()) {
            remarks.accept("The budget ended before the schedules did (scenario=" + scenario.name() + ", schedules="
                    + seen.schedules() + ")");
        } else {
            requireNoViolation(seen);
        }
        requireSteps(scenario, seen);
    }

    /**
     * The other half of a proof: fails unless some schedule goes wrong. For code that is known to be broken, beside a
     * {@link #check} of the code that is not.
     *
     * @return the shortest that does
     * @throws AssertionError if none does
     */
    public Run requireViolation(Scenario scenario) {
        Exploration seen = look(scenario);
        return seen.witness()
                .orElseThrow(() -> new AssertionError("No schedule goes wrong (scenario=" + scenario.name()
                        + ", schedules=" + seen.schedules() + ", complete=" + seen.complete() + ", on="
                        + plan.displayName() + ")"));
    }

    private Exploration look(Scenario scenario) {
        if (scenario.letters().isEmpty()) {
            throw new IllegalArgumentException("A scenario without actors (scenario=" + scenario.name() + ")");
        }
        checks++;
        if (plan.schedule().isEmpty()) {
            return lab.explore(scenario, plan.budget());
        }
        if (checks > 1) {
            throw new IllegalStateException(
                    "A schedule belongs to one scenario: a method that replays checks one (scenario=" + scenario.name()
                            + ")");
        }
        try {
            return only(scenario, lab.replay(scenario, plan.schedule().get()));
        } catch (ScheduleMismatch changed) {
            remarks.accept(changed.getMessage() + ". All schedules were run instead.");
            return lab.explore(scenario, plan.budget());
        }
    }

    private static Exploration only(Scenario scenario, Run run) {
        boolean resolved = run.unresolved().isEmpty();
        long waits = run.steps().stream().filter(Step::waited).count();
        return new Exploration(
                scenario.name(),
                resolved ? 1 : 0,
                0,
                resolved ? List.of(new Exploration.Found(run, 1)) : List.of(),
                resolved ? List.of() : List.of(run),
                resolved,
                waits,
                0,
                Optional.empty(),
                Duration.ZERO);
    }

    private void requireNoViolation(Exploration seen) {
        try {
            seen.requireNoViolation();
        } catch (AssertionError wrong) {
            Optional<Schedule> witness = seen.witness().map(Run::schedule);
            if (witness.isEmpty()) {
                throw wrong;
            }
            AssertionError told = new AssertionError(wrong.getMessage() + "\nOn " + plan.displayName()
                    + ". To keep this schedule as a test:\n\n    " + plan.replay(witness.get()) + "\n");
            told.setStackTrace(wrong.getStackTrace());
            throw told;
        }
    }

    /** Without steps of an actor nothing was tried, and what does not happen cannot go wrong. */
    private static void requireSteps(Scenario scenario, Exploration seen) {
        Set<Character> idle = new HashSet<>();
        seen.found()
                .forEach(found -> idle.addAll(found.run().outcome().results().keySet()));
        seen.found()
                .forEach(found -> found.run().steps().stream()
                        .filter(step -> !step.move().what().startsWith("{"))
                        .forEach(step -> idle.remove(step.move().actor())));
        if (!idle.isEmpty()) {
            throw new AssertionError(
                    "An actor does nothing that can be seen (scenario=" + scenario.name() + ", actors=" + idle
                            + "): its code must have its connections from race.dataSource(), on the thread it is called on");
        }
    }

    void requireChecked() {
        if (checks == 0) {
            throw new AssertionError(
                    "A race test that checks nothing cannot fail: call race.check(scenario) or race.requireViolation(scenario)");
        }
    }

    void close() {
        try {
            lab.close();
        } finally {
            database.close();
        }
    }
}
