package io.rowlock.lab.spec;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Plays PostgreSQL's isolation tests over JDBC and compares what they write with the expected files beside them: which steps
 * wait, in which order they end, with which rows, notices and errors.
 *
 * <pre>{@code
 * SpecReport report = SpecRun.on(server.url("postgres"), server.user(), server.password())
 *         .run(List.of(Path.of("src/test/isolation")), result -> {});
 * System.out.print(report.text());
 * }</pre>
 *
 * <p>The server should be used for nothing else: the tests make and drop what they like, in a database named
 * {@code isolation_regression}, which is created for the run and dropped after it, and some change roles and settings. Its
 * user must be a superuser. Two of PostgreSQL's tests need {@code max_prepared_transactions} to be 3 or more.
 *
 * <p><em>Limits.</em> Of a step of several statements, the rows before a failure are not shown, since the driver drops them,
 * and notices come before all rows. Dates are shown in the style the tests expect, but cast to text they are ISO.
 *
 * <p>One thread at a time.
 */
public final class SpecRun {

    /** PostgreSQL's own name for it; one of the tests has it in its SQL. */
    static final String DATABASE = "isolation_regression";

    /** Shorter than PostgreSQL's 360 s: a step that has no end is seldom one that needs minutes. */
    private static final Duration STEP_DEADLINE = Duration.ofSeconds(60);

    private static final Pattern URL = Pattern.compile("(jdbc:postgresql://[^/?]+/)([^?]*)(\\?.*)?");

    /** As PostgreSQL's test program sets up its database. */
    private static final List<String> DATABASE_SETTINGS = List.of(
            "lc_messages = 'C'",
            "lc_monetary = 'C'",
            "lc_numeric = 'C'",
            "lc_time = 'C'",
            "bytea_output = 'hex'",
            "timezone_abbreviations = 'Default'");

    /** What it sets in the environment of its clients; the driver sends a time zone of its own at the start. */
    private static final String SESSION_SETTINGS = "SET TimeZone = 'PST8PDT'; SET IntervalStyle = 'postgres_verbose'";

    private final String urlBefore;
    private final String urlAfter;
    private final String url;
    private final String user;
    private final String password;
    private final Duration stepDeadline;

    private SpecRun(String url, String user, String password, Duration stepDeadline) {
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "Not the URL of a PostgreSQL server (url=%s, expected=jdbc:postgresql://HOST:PORT/DATABASE)"
                            .formatted(url));
        }
        this.urlBefore = matcher.group(1);
        this.urlAfter = Optional.ofNullable(matcher.group(3)).orElse("");
        this.url = url;
        this.user = user;
        this.password = password;
        this.stepDeadline = stepDeadline;
    }

    /**
     * A run on a server.
     *
     * @param url of a database that is there, such as {@code jdbc:postgresql://localhost:5432/postgres}
     * @throws IllegalArgumentException if it is no such URL
     */
    public static SpecRun on(String url, String user, String password) {
        return new SpecRun(url, user, password, STEP_DEADLINE);
    }

    /**
     * With another deadline for a step; 60 s by default. After it the step is cancelled, after twice as long the test is
     * given up.
     */
    public SpecRun withStepDeadline(Duration deadline) {
        return new SpecRun(url, user, password, deadline);
    }

    /**
     * Plays tests.
     *
     * @param files tests, or folders: all tests in them, and in their folder "specs"
     * @param progress told each result as soon as it is there
     * @return also where a file cannot be read, or the server cannot be reached; its problems then say so
     */
    public SpecReport run(List<Path> files, Consumer<SpecResult> progress) {
        List<String> problems = new ArrayList<>();
        List<SpecResult> results = new ArrayList<>();
        List<Path> specs = specs(files, problems);
        String server = "no server";
        if (!specs.isEmpty()) {
            try (Connection admin = DriverManager.getConnection(url, user, password)) {
                server = "PostgreSQL " + admin.getMetaData().getDatabaseProductVersion();
                if (exists(admin)) {
                    problems.add("The server has a database %s already; drop it, or use another server (url=%s)"
                            .formatted(DATABASE, url));
                } else {
                    createDatabase(admin);
                    try {
                        for (Path spec : specs) {
                            run(spec, problems).ifPresent(result -> {
                                results.add(result);
                                progress.accept(result);
                            });
                        }
                    } finally {
                        execute(admin, "DROP DATABASE " + DATABASE + " WITH (FORCE)");
                    }
                }
            } catch (SQLException e) {
                problems.add("The server cannot be used (url=%s): %s".formatted(url, oneLine(e)));
            }
        }
        return new SpecReport(server, results, problems);
    }

    private static List<Path> specs(List<Path> files, List<String> problems) {
        List<Path> specs = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isDirectory(file)) {
                specs.add(file);
                continue;
            }
            Path folder = Files.isDirectory(file.resolve("specs")) ? file.resolve("specs") : file;
            try (Stream<Path> found = Files.list(folder)) {
                List<Path> inFolder = found.filter(each -> each.toString().endsWith(".spec"))
                        .sorted()
                        .toList();
                if (inFolder.isEmpty()) {
                    problems.add("There is no test in this folder (folder=" + file + ", expected=*.spec)");
                }
                specs.addAll(inFolder);
            } catch (IOException e) {
                problems.add("The folder cannot be read (folder=" + file + ")");
            }
        }
        return specs;
    }

    private static boolean exists(Connection admin) throws SQLException {
        try (Statement statement = admin.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            return rows.next();
        }
    }

    private static void createDatabase(Connection admin) throws SQLException {
        execute(admin, "CREATE DATABASE " + DATABASE + " TEMPLATE template0");
        for (String setting : DATABASE_SETTINGS) {
            execute(admin, "ALTER DATABASE " + DATABASE + " SET " + setting);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Optional<SpecResult> run(Path file, List<String> problems) {
        try {
            Spec spec = Spec.parse(Files.readString(file));
            return Optional.of(play(file, spec));
        } catch (NoSuchFileException e) {
            problems.add("There is no such test (file=" + file + ")");
        } catch (CharacterCodingException e) {
            problems.add("The test is no UTF-8 text (file=" + file + ")");
        } catch (IOException e) {
            problems.add("The test cannot be read (file=%s): %s".formatted(file, e.getMessage()));
        } catch (SpecSyntaxException e) {
            problems.add("%s (file=%s)".formatted(e.getMessage(), file));
        } catch (SQLException e) {
            problems.add("The test was given up (file=%s): %s".formatted(file, oneLine(e)));
        }
        return Optional.empty();
    }

    private SpecResult play(Path file, Spec spec) throws SQLException, IOException {
        ExpectedOutput expected = ExpectedOutput.of(file);
        String name = ExpectedOutput.nameOf(file);
        long began = System.nanoTime();
        try (SpecPlayer player = new SpecPlayer(spec, session -> open(name, session), stepDeadline)) {
            player.play();
            Optional<ExpectedOutput.Comparison> comparison = expected.compare(player.output());
            return new SpecResult(
                    name,
                    spec.orders().size(),
                    comparison.map(ExpectedOutput.Comparison::matched).orElse(0),
                    player.waits(),
                    player.errors(),
                    comparison.map(ExpectedOutput.Comparison::name),
                    comparison.map(ExpectedOutput.Comparison::differences).orElse(List.of()),
                    player.output(),
                    Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Connection open(String spec, String session) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("preferQueryMode", "simple");
        Connection connection = DriverManager.getConnection(urlBefore + DATABASE + urlAfter, properties);
        try {
            execute(connection, SESSION_SETTINGS);
            // Some tests look for it; the URL may name the program otherwise.
            try (PreparedStatement name =
                    connection.prepareStatement("SELECT set_config('application_name', ?, false)")) {
                name.setString(1, "isolation/" + spec + "/" + session);
                name.execute();
            }
            return connection;
        } catch (SQLException e) {
            try (connection) {
                throw e;
            }
        }
    }

    private static String oneLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
