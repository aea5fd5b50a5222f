package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One server of each kind for a whole build, however many modules and test JVMs it has. The first that needs a server
 * starts it, in a folder named after the process of the build; the others find it there. It ends with the build.
 *
 * <pre>
 * run/PID-START/shared-postgresql-123/   a server, its data and how to reach it
 * run/PID-START/sqlite-name-123/         the file of a SQLite database
 * </pre>
 *
 * <p>Each server, and each folder of a process, has a supervisor that deletes it with its owner, even one that is killed.
 * Should the supervisor be killed too, the next build of the same user clears up after it.
 */
final class SharedServers {

    private static final Duration END_DEADLINE = Duration.ofSeconds(10);
    private static final Pattern OWNER = Pattern.compile("(\\d+)-(.*)");

    private SharedServers() {}

    /**
     * The server of this build, started if need be, and again should it have died.
     *
     * @throws EngineUnavailable if there can be none
     */
    static Address address(Engine engine) {
        return external(engine).orElseGet(() -> {
            SqlKind kind = kind(engine);
            return kind.address(findOrStart(kind));
        });
    }

    private static Optional<Address> external(Engine engine) {
        String prefix = "rowlock." + (engine == Engine.POSTGRESQL ? "postgres" : "mariadb");
        return Settings.get(prefix + ".url")
                .map(url -> Address.of(
                        engine,
                        url,
                        Settings.get(prefix + ".user").orElse(""),
                        Settings.get(prefix + ".password").orElse("")));
    }

    private static SqlKind kind(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> new PostgresServer.Kind(Map.of());
            case MARIADB -> new MariaDbServer.Kind(List.of());
            default -> throw new EngineUnavailable("No server of this kind can be started (engine=" + engine + ")");
        };
    }

    /**
     * The server of this build and this kind, started if need be, and again should it have died.
     *
     * @throws EngineUnavailable if there can be none
     */
    static LocalServer.Reach findOrStart(LocalServer.Kind kind) {
        ProcessId build = ProcessId.ofBuild();
        String name = name(kind);
        return FileMutex.alone(runs().resolve(name + ".lock"), () -> {
            clearUp();
            for (Path folder : folders(runOf(build))) {
                if (folder.getFileName().toString().startsWith(name)) {
                    Optional<LocalServer.Reach> running = LocalServer.running(folder);
                    if (running.isPresent()) {
                        return running.get();
                    }
                }
            }
            return LocalServer.startTemporary(kind, build, newFolder(build, name))
                    .reach();
        });
    }

    /** Only servers with the same choice of programs are shared. */
    private static String name(LocalServer.Kind kind) {
        return "shared-" + kind.name().toLowerCase(Locale.ROOT)
                + (Settings.isOn("rowlock.ignore.path") ? "-unpacked" : "");
    }

    /** A new folder for the file of a SQLite database, on a real disk and gone with the build. */
    static Path newSqliteFolder(String name) {
        return newFolder(ProcessId.ofBuild(), "sqlite-" + name);
    }

    /** A new folder that is deleted when its owner is gone. */
    static Path newFolder(ProcessId owner, String name) {
        return Folders.createTemporary(watched(runOf(owner), owner), name + "-");
    }

    /** Makes sure that somebody stays who deletes the folder, before anything is put there. */
    private static Path watched(Path run, ProcessId owner) {
        Path mark = run.resolve("watched");
        if (!Files.exists(mark)) {
            FileMutex.alone(runs().resolve("watch.lock"), () -> {
                if (!Files.exists(mark)) {
                    Folders.createPrivate(run);
                    Supervised unused =
                            Supervised.start(owner, run, "QUIT", Supervised.Afterwards.DELETE_FOLDER, List.of());
                    Folders.write(mark, "");
                }
                return mark;
            });
        }
        return run;
    }

    private static Path runs() {
        return Folders.cache().resolve("run");
    }

    private static Path runOf(ProcessId owner) {
        return runs().resolve(owner.pid() + "-" + owner.started().replaceAll("[^\\w.]", "_"));
    }

    /** Ends what processes that are gone have left, which happens only when the supervisor was killed as well. */
    static void clearUp() {
        for (Path run : folders(runs())) {
            Matcher owner = OWNER.matcher(run.getFileName().toString());
            if (owner.matches()
                    && ProcessId.of(Long.parseLong(owner.group(1)))
                            .filter(process -> run.equals(runOf(process)))
                            .isEmpty()) {
                folders(run).forEach(SharedServers::end);
                Folders.deleteIfPossible(run);
            }
        }
    }

    private static void end(Path folder) {
        Supervised.program(folder)
                .filter(program -> program.wasStartedWith(folder.toString()))
                .ifPresent(program -> {
                    Supervised.signal(program, "QUIT");
                    if (!Eventually.await(END_DEADLINE, () -> !program.isAlive())) {
                        Supervised.signal(program, "KILL");
                        Eventually.await(END_DEADLINE, () -> !program.isAlive());
                    }
                });
    }

    private static List<Path> folders(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
