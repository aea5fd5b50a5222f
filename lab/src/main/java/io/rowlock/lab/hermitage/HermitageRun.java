package io.rowlock.lab.hermitage;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.lab.internal.wait.LockWaits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Plays Hermitage's cases on a database and tells which phenomena happen there.
 *
 * <pre>{@code
 * HermitageReport report = HermitageRun.on(dataSource).allLevels();
 * System.out.print(report.text());
 * }</pre>
 *
 * <p>It makes and drops a table named {@code test}, and refuses to begin where there is one. On MariaDB each level is played
 * with {@code innodb_snapshot_isolation} off and on, where the server has that switch. SQLite has one writer and no such
 * levels: it cannot be played.
 *
 * <p>Answers are reports also where something could not be played; their problems then say so, one line each.
 *
 * <p>One thread at a time.
 */
public final class HermitageRun {

    private static final List<String> SETUP = List.of(
            "create table test (id int primary key, value int)",
            "insert into test (id, value) values (1, 10), (2, 20)");

    private static final List<String> POSTGRES_LEVELS = List.of("read committed", "repeatable read", "serializable");
    private static final List<String> INNODB_LEVELS =
            List.of("read uncommitted", "read committed", "repeatable read", "serializable");

    /** The switch of MariaDB, and whether it is on; none on other engines. */
    private record Switch(String title, List<String> set, List<String> reset) {
        static final Switch NONE = new Switch("", List.of(), List.of());
    }

    private final DataSource dataSource;

    private HermitageRun(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * A run on a database.
     *
     * @param dataSource of a database that is used for nothing else, with at least five connections
     */
    public static HermitageRun on(DataSource dataSource) {
        return new HermitageRun(dataSource);
    }

    /** Plays every case at every level. What Hermitage says of PostgreSQL or MySQL is held beside. */
    public HermitageReport allLevels() {
        return report((profile, waits, cells) -> {
            List<String> levels = profile.engine() == Engine.POSTGRESQL ? POSTGRES_LEVELS : INNODB_LEVELS;
            for (Phenomenon phenomenon : Phenomenon.values()) {
                for (String level : levels) {
                    for (Switch setting : switches(profile)) {
                        List<HermitageStep> steps = Stream.concat(
                                        phenomenon.transactions().stream()
                                                .map(each -> HermitageStep.of(each, begin(profile.engine(), level))),
                                        phenomenon.steps().stream())
                                .toList();
                        Observation seen = play(waits, SETUP, steps, setting);
                        Optional<Boolean> claimed = Claims.of(
                                profile.engine(),
                                phenomenon,
                                level,
                                !setting.title().endsWith("on"));
                        cells.add(cell(phenomenon, title(level, setting), claimed, seen, List.of()));
                    }
                }
            }
        });
    }

    /**
     * Plays the cases of a file of Hermitage as they are written, and compares its notes and its verdicts.
     *
     * @param file in Hermitage's Markdown, such as its {@code postgres.md}
     */
    public HermitageReport file(Path file) {
        HermitageFile hermitage;
        try {
            hermitage = HermitageFile.parse(Files.readString(file));
        } catch (NoSuchFileException e) {
            return problem("There is no such file (file=" + file + ")");
        } catch (IOException e) {
            return problem("The file cannot be read (file=%s): %s".formatted(file, e.getMessage()));
        }
        if (hermitage.cases().isEmpty() || hermitage.setup().isEmpty()) {
            return problem("The file has no cases of Hermitage (file=%s, expected=SQL blocks with \"-- T1\" comments)"
                    .formatted(file));
        }
        return report((profile, waits, cells) -> {
            for (HermitageFile.Case each : hermitage.cases()) {
                for (Switch setting : switches(profile)) {
                    Observation seen = play(waits, hermitage.setup(), each.steps(), setting);
                    cells.add(cell(each, setting, seen));
                }
            }
        });
    }

    /** Plays cases. */
    @FunctionalInterface
    private interface Playing {
        void play(EngineProfile profile, LockWaits waits, List<HermitageCell> cells) throws SQLException;
    }

    private static HermitageReport problem(String problem) {
        return new HermitageReport("nothing", "played", List.of(), List.of(problem));
    }

    private HermitageReport report(Playing playing) {
        List<HermitageCell> cells = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        EngineProfile profile;
        try (Connection connection = dataSource.getConnection()) {
            profile = EngineProfile.read(connection);
            if (profile.engine() == Engine.SQLITE) {
                return problem("SQLite has one writer and no isolation levels; there is nothing to play");
            }
            if (hasTable(connection)) {
                return problem("The database has a table named test already; use an empty one");
            }
        } catch (SQLException | IllegalArgumentException e) {
            return problem("The database cannot be used: " + oneLine(e));
        }
        try (LockWaits waits = LockWaits.on(dataSource, profile)) {
            playing.play(profile, waits, cells);
        } catch (SQLException e) {
            problems.add("The cases were given up after %d: %s".formatted(cells.size(), oneLine(e)));
        }
        return new HermitageReport(profile.engine().title(), profile.version(), cells, problems);
    }

    private static boolean hasTable(Connection connection) throws SQLException {
        try (ResultSet tables = connection
                .getMetaData()
                .getTables(connection.getCatalog(), connection.getSchema(), "test", new String[] {"TABLE"})) {
            return tables.next();
        }
    }

    private static String oneLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private List<Switch> switches(EngineProfile profile) throws SQLException {
        if (profile.engine() != Engine.MARIADB) {
            return List.of(Switch.NONE);
        }
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW VARIABLES LIKE 'innodb_snapshot_isolation'")) {
            if (!rows.next()) {
                return List.of(Switch.NONE);
            }
        }
        List<String> reset = List.of(
                "SET SESSION innodb_snapshot_isolation = DEFAULT",
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        return List.of(
                new Switch("", List.of("SET SESSION innodb_snapshot_isolation = OFF"), reset),
                new Switch("snapshot isolation on", List.of("SET SESSION innodb_snapshot_isolation = ON"), reset));
    }

    private static String begin(Engine engine, String level) {
        return engine == Engine.POSTGRESQL
                ? "begin; set transaction isolation level " + level
                : "set session transaction isolation level " + level + "; begin";
    }

    private static String title(String level, Switch setting) {
        String title = level.toUpperCase(Locale.ROOT);
        return setting.title().isEmpty() ? title : title + ", " + setting.title();
    }

    private Observation play(LockWaits waits, List<String> setup, List<HermitageStep> steps, Switch setting)
            throws SQLException {
        execute(setup);
        try (HermitagePlayer player = new HermitagePlayer(dataSource, waits)) {
            return player.play(steps, setting.set(), setting.reset());
        } finally {
            execute(List.of("drop table test"));
        }
    }

    private void execute(List<String> statements) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static HermitageCell cell(HermitageFile.Case each, Switch setting, Observation seen) {
        boolean asMySql = setting.title().isEmpty();
        Optional<Boolean> claimed = asMySql ? Optional.of(each.claimsAllowed()) : Optional.empty();
        List<String> differences = asMySql ? differences(each.steps(), seen) : List.of();
        String level = title(each.level(), setting);
        return Phenomenon.of(each.claim())
                .map(phenomenon -> cell(phenomenon, level, claimed, seen, differences))
                .orElseGet(() -> new HermitageCell(
                        level,
                        "",
                        each.claim(),
                        Optional.empty(),
                        Optional.empty(),
                        means(seen),
                        rows(seen),
                        differences));
    }

    private static HermitageCell cell(
            Phenomenon phenomenon,
            String level,
            Optional<Boolean> claimed,
            Observation seen,
            List<String> differences) {
        return new HermitageCell(
                level,
                phenomenon.symbol(),
                phenomenon.title(),
                Optional.of(phenomenon.happened(seen)),
                claimed,
                means(seen),
                rows(seen),
                differences);
    }

    private static List<String> means(Observation seen) {
        List<String> means = new ArrayList<>();
        seen.waits.stream()
                .map(Observation.Wait::transaction)
                .distinct()
                .sorted()
                .forEach(each -> means.add(each + " waits"));
        seen.failures.forEach((transaction, code) -> means.add(transaction + " " + code));
        return means;
    }

    private static List<String> rows(Observation seen) {
        List<String> rows = new ArrayList<>();
        seen.reads.forEach(read -> rows.add(read.transaction() + " " + read.rows()));
        rows.add("end " + new TreeMap<>(seen.atEnd));
        return rows;
    }

    private static List<String> differences(List<HermitageStep> steps, Observation seen) {
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            HermitageStep step = steps.get(i);
            int number = i;
            String at = (step.transaction() + " " + String.join("; ", step.statements())).strip();
            if (step.notesWait() && seen.waits.stream().noneMatch(wait -> wait.step() == number)) {
                differences.add(at + " did not wait");
            }
            Optional<Observation.Read> read =
                    seen.reads.stream().filter(each -> each.step() == number).findFirst();
            if (step.notesNoRows()
                    && read.filter(each -> !each.rows().isEmpty()).isPresent()) {
                differences.add(at + " saw " + read.get().rows());
            }
            if (!step.notedRows().isEmpty()
                    && read.filter(each -> each.rows()
                                    .entrySet()
                                    .containsAll(step.notedRows().entrySet()))
                            .isEmpty()) {
                differences.add("%s saw %s, not %s"
                        .formatted(at, read.map(each -> each.rows().toString()).orElse("nothing"), step.notedRows()));
            }
            step.notedFailure()
                    .filter(transaction -> !seen.failures.containsKey(transaction))
                    .ifPresent(transaction -> differences.add(at + ": " + transaction + " did not fail"));
        }
        return differences;
    }
}
