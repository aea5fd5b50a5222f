package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Run;
import io.rowlock.lab.Schedule;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@link JunitWriter} is to write: a test that replays a run that went wrong, and then runs all other schedules.
 *
 * @param name the class, with its package
 * @param title what it is about, such as the id of a race: a line for people
 * @param engine on which it went wrong
 * @param isolation at which level; empty for the one at which connections come
 * @param sessionSql the statement with which each connection began, if there was one
 * @param schedule how it went wrong
 * @param violation what was wrong then: lines for people, may be empty
 * @param source where the scenario comes from
 */
public record GeneratedTest(
        String name,
        String title,
        Engine engine,
        Optional<Isolation> isolation,
        Optional<String> sessionSql,
        Schedule schedule,
        String violation,
        Source source) {

    /** Where a scenario comes from: a scenario itself cannot be written down, since its actors are code. */
    public sealed interface Source {}

    /**
     * A method that makes it: public and static, takes the {@code DataSource} of an empty database, creates the tables there and
     * answers the {@code Scenario}, on code that uses this data source.
     *
     * @param type the class, with its package; public
     * @param method the method's name
     * @param arguments further ones, after the data source: a method that makes several scenarios is told which
     */
    public record ScenarioMethod(String type, String method, List<String> arguments) implements Source {
        private static final Pattern FORM = Pattern.compile("([^#]+)#([^#()]+)(\\(.*\\))?");

        public ScenarioMethod {
            type = JavaText.requireName(type.replace('$', '.'), "type");
            method = JavaText.requireName(method, "method");
            arguments = List.copyOf(arguments);
        }

        /** A method that makes one scenario. */
        public ScenarioMethod(String type, String method) {
            this(type, method, List.of());
        }

        /**
         * Reads a reference such as {@code com.example.Races#lotteryTwo} or {@code com.example.Races#lotteryTwo(DataSource)}.
         *
         * @throws IllegalArgumentException if it is none
         */
        public static ScenarioMethod parse(String reference) {
            Matcher parts = FORM.matcher(reference.strip());
            if (!parts.matches()) {
                throw new IllegalArgumentException(
                        "Not the name of a method (reference=" + reference + ", expected=package.Type#method)");
            }
            return new ScenarioMethod(parts.group(1), parts.group(2));
        }
    }

    /**
     * Statements without code around them, written out.
     *
     * @param tables that create what is there, once
     * @param reset that bring it into the state in which each run begins
     * @param transactions the statements of each actor, which are one transaction; values as literals
     */
    public record Statements(List<String> tables, List<String> reset, List<List<String>> transactions)
            implements Source {
        public Statements {
            tables = List.copyOf(tables);
            reset = List.copyOf(reset);
            transactions = transactions.stream().map(List::copyOf).toList();
            if (transactions.isEmpty()) {
                throw new IllegalArgumentException("Nobody does anything (tables=" + tables + ")");
            }
        }
    }

    public GeneratedTest {
        JavaText.requireName(name, "name");
        if (name.indexOf('.') < 0) {
            throw new IllegalArgumentException("A generated test has a package (name=" + name + ")");
        }
        Objects.requireNonNull(title, "title");
        Objects.requireNonNull(violation, "violation");
        if (schedule.moves().isEmpty()) {
            throw new IllegalArgumentException("A generated test has a schedule (name=" + name + ")");
        }
    }

    /** A test of a run, at the level at which connections come. */
    public static GeneratedTest of(String name, String title, Engine engine, Run witness, Source source) {
        return new GeneratedTest(
                name, title, engine, Optional.empty(), Optional.empty(), witness.schedule(), why(witness), source);
    }

    private static String why(Run witness) {
        String wrong = witness.anomaly().map(anomaly -> anomaly + ": ").orElse("")
                + witness.violation().orElse("");
        return Stream.concat(Stream.of(wrong), witness.because().sentences().stream())
                .collect(Collectors.joining("\n"));
    }

    public GeneratedTest withIsolation(Isolation level) {
        return new GeneratedTest(name, title, engine, Optional.of(level), sessionSql, schedule, violation, source);
    }

    public GeneratedTest withSessionSql(String sql) {
        return new GeneratedTest(name, title, engine, isolation, Optional.of(sql), schedule, violation, source);
    }

    String packageName() {
        return name.substring(0, name.lastIndexOf('.'));
    }

    String className() {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
