package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.MariaDbServer;
import io.rowlock.engines.PostgresServer;
import io.rowlock.engines.Server;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.LabOptions;
import io.rowlock.lab.Run;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Schedule;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench lab}: how many schedules a second the lab runs, and how soon it knows that somebody waits. */
@Command(
        name = "lab",
        mixinStandardHelpOptions = true,
        description = {
            "How many schedules a second the lab runs of two who grant a credit at once, and how soon it knows that a",
            "statement waits for a lock."
        },
        footer = {
            "",
            "Each schedule counts whole: resetting the tables, the steps, reading the final state.",
            "waits     from the moment an actor is let on to the moment it is known to wait"
        })
final class LabCommand implements Callable<Integer> {
    private static final int WARM_UP = 2;
    private static final int REPLAYS = 500;

    /** B wants the credit that A holds; SQLite calls back, so there is nothing to find out. */
    private static final Schedule WAITS = Schedule.parse("A1 B1 A2 A3 A4 A5 Ac B2 Bc");

    private static final List<String> TABLES = List.of(
            "CREATE TABLE student_credit (id INT PRIMARY KEY, amount INT NOT NULL)",
            "CREATE TABLE course_access (id INT PRIMARY KEY, status INT NOT NULL)",
            "CREATE TABLE ledger (student INT NOT NULL, course INT NOT NULL, amount INT NOT NULL)");
    private static final String[] RESET = {
        "DELETE FROM ledger",
        "UPDATE student_credit SET amount = 91 WHERE id = 1",
        "UPDATE course_access SET status = 2 WHERE id = 5"
    };

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres, mariadb or all (default: sqlite).")
    private String engine = "sqlite";

    @Option(names = "--rounds", paramLabel = "N", description = "How often all schedules are run (default: 10).")
    private int rounds = 10;

    private final PrintStream out;

    LabCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws SQLException {
        if (rounds < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds is a positive number");
        }
        out.printf(
                Locale.ROOT,
                "%-24s %11s %14s %12s %12s %12s%n",
                "engine",
                "schedules",
                "schedules/s",
                "waits",
                "p50 ms",
                "p95 ms");
        for (Engine each : engines()) {
            measure(each);
        }
        return 0;
    }

    private List<Engine> engines() {
        return switch (engine) {
            case "sqlite" -> List.of(Engine.SQLITE);
            case "postgres", "postgresql" -> List.of(Engine.POSTGRESQL);
            case "mariadb" -> List.of(Engine.MARIADB);
            case "all" -> List.of(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB);
            default ->
                throw new ParameterException(
                        spec.commandLine(), "--engine is sqlite, postgres, mariadb or all, not '" + engine + "'");
        };
    }

    private void measure(Engine each) throws SQLException {
        try (@Nullable Server server = server(each);
                Database database = server == null ? Database.create(each) : Database.createOn(server)) {
            for (String table : TABLES) {
                database.execute(table);
            }
            database.execute("INSERT INTO student_credit VALUES (1, 91)", "INSERT INTO course_access VALUES (5, 2)");
            LabOptions options = each == Engine.SQLITE
                    ? LabOptions.standard()
                    : LabOptions.standard().withIsolation(Isolation.READ_COMMITTED);
            try (Lab lab = Lab.on(database.dataSource(), options)) {
                measure(each, lab);
            }
        }
    }

    private static @Nullable Server server(Engine each) {
        return switch (each) {
            case POSTGRESQL -> PostgresServer.startTemporary(Map.of());
            case MARIADB -> MariaDbServer.startTemporary(List.of("--innodb-flush-log-at-trx-commit=2"));
            default -> null;
        };
    }

    private void measure(Engine each, Lab lab) {
        Scenario scenario = Scenario.named("a course that is finished twice")
                .reset(RESET)
                .actor(() -> finish(lab.dataSource(), each))
                .actor(() -> finish(lab.dataSource(), each))
                .state("SELECT amount FROM student_credit", "SELECT COUNT(*) FROM ledger")
                .invariant("looked at elsewhere", (connection, outcome) -> Optional.empty());
        Budget naive = Budget.standard().naive();
        for (int round = 0; round < WARM_UP; round++) {
            Exploration unused = lab.explore(scenario, naive);
        }
        long schedules = 0;
        Duration took = Duration.ZERO;
        for (int round = 0; round < rounds; round++) {
            Exploration all = lab.explore(scenario, naive);
            schedules += all.schedules();
            took = took.plus(all.took());
        }
        List<Duration> waits = new ArrayList<>();
        if (each != Engine.SQLITE) {
            lab.replay(scenario, WAITS, REPLAYS).stream()
                    .map(Run::steps)
                    .flatMap(List::stream)
                    .flatMap(step -> step.recognised().stream())
                    .forEach(waits::add);
        }
        waits.sort(null);
        out.printf(
                Locale.ROOT,
                "%-24s %11d %14.0f %12d %12s %12s%n",
                each.title() + " " + lab.profile().version().replaceFirst("[ -].*", ""),
                schedules,
                schedules * 1e9 / took.toNanos(),
                waits.size(),
                millis(waits, 0.5),
                millis(waits, 0.95));
    }

    private static String millis(List<Duration> sorted, double share) {
        return sorted.isEmpty()
                ? "-"
                : String.format(
                        Locale.ROOT,
                        "%.2f",
                        sorted.get((int) Math.min(sorted.size() - 1, Math.floor(sorted.size() * share)))
                                        .toNanos()
                                / 1e6);
    }

    /** The credit is locked, and what is decided on is read plainly; SQLite has no such lock. */
    private static String finish(DataSource dataSource, Engine engine) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                int unused = number(
                        connection,
                        "SELECT amount FROM student_credit WHERE id = 1"
                                + (engine == Engine.SQLITE ? "" : " FOR UPDATE"));
                int status = number(connection, "SELECT status FROM course_access WHERE id = 5");
                if (status == 2) {
                    run(connection, "INSERT INTO ledger VALUES (1, 5, 1)");
                    run(connection, "UPDATE student_credit SET amount = amount + 1 WHERE id = 1");
                    run(connection, "UPDATE course_access SET status = 4 WHERE id = 5");
                }
                connection.commit();
                return status == 2 ? "granted" : "not started";
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            }
        }
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
