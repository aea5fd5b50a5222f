package io.rowlock.app;

import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.RacesRun;
import io.rowlock.app.races.RacesTable;
import io.rowlock.app.races.Verdict;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.app.serve.Terminal;
import io.rowlock.app.serve.Usage;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.report.Explored;
import io.rowlock.lab.report.HtmlReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code rowlock races}: the races of the systems, by all schedules. */
@Command(
        name = "races",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Run the races of the systems under every meaningfully different interleaving, in each form that they are"
                    + " written in: naive, as published by those who had the fault, and guarded as served.",
            "",
            "The database is made for this and removed afterwards."
        },
        footer = {
            "",
            "Exit codes:",
            "  0   each naive and published form showed its anomaly where the engine allows it, no guarded one did",
            "  1   the database could not be had, or a file not be written",
            "  2   the command was not understood",
            "  3   a form was not as it has to be, or a question was left open; the table says which"
        })
final class RacesCommand implements Callable<Integer> {
    private static final int POOL_SIZE = 24;
    private static final int NOT_AS_IT_HAS_TO_BE = 3;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything is called
    private CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "ID", description = "Only these races, such as lottery-2 (default: all).")
    private List<String> ids = List.of();

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            description = "sqlite, postgres, mariadb or all (default: sqlite). Servers are started for this run.")
    private String engine = "sqlite";

    @Option(names = "--system", paramLabel = "SYSTEM", description = "Only the races of one system.")
    private @Nullable String system;

    @Option(names = "--form", paramLabel = "FORM", description = "Only naive, published or guarded.")
    private @Nullable String form;

    @Option(
            names = "--isolation",
            paramLabel = "LEVEL",
            description = "read-committed, repeatable-read or serializable (default: the engine's own).")
    private @Nullable String isolation;

    @Option(names = "--schedules", paramLabel = "N", description = "The most schedules of a race (default: 10000).")
    private int schedules = Budget.standard().schedules();

    @Option(names = "--json", description = "One JSON document instead of a table.")
    private boolean json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the timelines of what went wrong as a page.")
    private @Nullable Path html;

    @Option(
            names = "--junit",
            paramLabel = "DIR",
            description = "Write a JUnit test of each that went wrong, in its package under this folder of sources.")
    private @Nullable Path junit;

    @Override
    public Integer call() throws CannotStart {
        Usage.require(spec, schedules >= 1, "--schedules is a positive number");
        Optional<Isolation> level = level();
        List<Race> races = chosen();
        List<Engine> engines = engines();
        requireWritable();
        List<Verdict> verdicts = new ArrayList<>();
        List<Explored> explored = new ArrayList<>();
        for (Engine each : engines) {
            run(each, level, races, verdicts, explored);
        }
        progress("");
        print(verdicts);
        writeHtml(explored);
        writeTests(verdicts);
        return verdicts.stream().allMatch(verdict -> verdict.is().asItHasToBe()) ? Main.DONE : NOT_AS_IT_HAS_TO_BE;
    }

    private void run(
            Engine each, Optional<Isolation> level, List<Race> races, List<Verdict> verdicts, List<Explored> explored)
            throws CannotStart {
        try (TemporaryFolder folder = TemporaryFolder.named("rowlock-races-");
                OpenDatabase database = OpenDatabase.openTemporary(each, folder, POOL_SIZE)) {
            Budget budget = Budget.standard().withSchedules(schedules);
            RacesRun run = new RacesRun(
                    each,
                    database.pool(),
                    database.unpooled(),
                    budget,
                    race -> progress(each.title() + " " + race.id() + " " + RacesTable.form(race.form())));
            List<Verdict> here = run.run(races, level);
            verdicts.addAll(here);
            EngineProfile profile = profile(database);
            here.forEach(verdict -> explored.add(new Explored(named(verdict), profile, verdict.isolation())));
        }
    }

    private static Exploration named(Verdict verdict) {
        Race race = verdict.race();
        return verdict.exploration().named(race.id() + " " + RacesTable.form(race.form()) + ": " + race.title());
    }

    private static EngineProfile profile(OpenDatabase database) throws CannotStart {
        try (Connection connection = database.pool().getConnection()) {
            return EngineProfile.read(connection);
        } catch (SQLException failed) {
            throw new CannotStart("The database is away", failed);
        }
    }

    // ---- what was asked for

    private List<Race> chosen() {
        List<RaceSystem> systems = RaceSystems.all();
        if (system != null) {
            Usage.require(
                    spec,
                    systems.stream().anyMatch(each -> each.name().equals(system)),
                    "--system is " + names(systems) + ", not '" + system + "'");
        }
        List<Race> all = systems.stream()
                .filter(each -> system == null || each.name().equals(system))
                .flatMap(each -> each.races().stream())
                .toList();
        for (String id : ids) {
            Usage.require(
                    spec,
                    all.stream().anyMatch(race -> race.id().equals(id)),
                    "There is no race '" + id + "'; there are "
                            + all.stream().map(Race::id).distinct().collect(Collectors.joining(", ")));
        }
        Optional<Form> wanted = form();
        List<Race> races = all.stream()
                .filter(race -> ids.isEmpty() || ids.contains(race.id()))
                .filter(race -> wanted.isEmpty() || race.form() == wanted.get())
                .toList();
        Usage.require(spec, !races.isEmpty(), "No race that was asked for has this form");
        return races;
    }

    private static String names(List<RaceSystem> systems) {
        return systems.stream().map(RaceSystem::name).collect(Collectors.joining(" or "));
    }

    private List<Engine> engines() {
        if (engine.equalsIgnoreCase("all")) {
            return List.of(Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB);
        }
        try {
            return List.of(DatabaseChoice.Own.named(engine).engine());
        } catch (IllegalArgumentException unknown) {
            throw new ParameterException(
                    spec.commandLine(), "--engine is sqlite, postgres, mariadb or all, not '" + engine + "'");
        }
    }

    private Optional<Form> form() {
        if (form == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(Form.values())
                .filter(each -> RacesTable.form(each).equals(form.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--form is naive, published or guarded, not '" + form + "'")));
    }

    private Optional<Isolation> level() {
        if (isolation == null) {
            return Optional.empty();
        }
        String wanted = isolation.toUpperCase(Locale.ROOT).replace('-', '_');
        return Optional.of(Arrays.stream(Isolation.values())
                .filter(each -> each.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--isolation is read-committed, repeatable-read or serializable, not '" + isolation + "'")));
    }

    // ---- what is shown

    private void progress(String what) {
        if (Terminal.isThere()) {
            PrintWriter err = spec.commandLine().getErr();
            err.print("\r\u001b[K" + what);
            err.flush();
        }
    }

    private void print(List<Verdict> verdicts) {
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? RacesTable.json(verdicts) : RacesTable.text(verdicts));
        out.flush();
    }

    /** Told before minutes are spent. */
    private void requireWritable() throws CannotStart {
        if (html != null) {
            Destination.requireFile(html);
        }
        if (junit != null) {
            Destination.requireFolder(junit);
        }
    }

    private void writeHtml(List<Explored> explored) throws CannotStart {
        if (html == null) {
            return;
        }
        try {
            HtmlReport.write(html, "Races", explored);
            tell("wrote " + html);
        } catch (IOException failed) {
            throw new CannotStart("Cannot write the page (file=" + html + ")", failed);
        }
    }

    private void writeTests(List<Verdict> verdicts) throws CannotStart {
        if (junit == null) {
            return;
        }
        try {
            int written = KeptRaces.write(junit, verdicts);
            tell("wrote " + written + (written == 1 ? " test" : " tests") + " to " + junit);
        } catch (FileAlreadyExistsException somebodys) {
            throw new CannotStart(
                    "Cannot write a test, the file is there and was not written by Rowlock (file=" + somebodys.getFile()
                            + ")",
                    somebodys);
        } catch (IOException failed) {
            throw new CannotStart("Cannot write tests (folder=" + junit + ")", failed);
        }
    }

    private void tell(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("rowlock: " + what);
        err.flush();
    }
}
