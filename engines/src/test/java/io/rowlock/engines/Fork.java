package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JVM of its own, which tells a line about the server that it uses and then stays until its input ends. What it is told to
 * do is its first argument: see {@link #main}.
 */
final class Fork implements AutoCloseable {

    /** What a fork tells: where its database is, and the process and the folder of the server, if it is ours. */
    record Told(String url, String user, String password, long pid, Path folder) {

        String hostAndPort() {
            return url.replaceFirst("/[^/]*$", "");
        }
    }

    private final Process process;
    private final BufferedReader output;

    private Fork(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Fork start(List<String> options, String... arguments) {
        try {
            return new Fork(command(options, arguments).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder command(List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Fork.class.getName()));
        Collections.addAll(command, arguments);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    Told told() {
        try {
            StringBuilder said = new StringBuilder();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                String[] words = line.split("\\|", -1);
                said.append(line).append('\n');
                if (words[0].equals("told")) {
                    return new Told(words[1], words[2], words[3], Long.parseLong(words[4]), Path.of(words[5]));
                }
            }
            throw new AssertionError("The fork ended (exit=%d)%n%s".formatted(process.waitFor(), said));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** As {@code kill -9} does. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    /**
     * {@code shared ENGINE}: uses the shared server. {@code private ENGINE}, {@code redis}: starts one of its own.
     * {@code build ...}: is the parent of another fork, as Maven is.
     */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "shared" -> {
                try (Database database = Database.create(Engine.valueOf(arguments[1]))) {
                    tell(database);
                    awaitEndOfInput();
                }
            }
            case "private" -> {
                Server server = Engine.valueOf(arguments[1]) == Engine.POSTGRESQL
                        ? PostgresServer.startTemporary(Map.of())
                        : MariaDbServer.startTemporary(List.of());
                tell(server.url(""), server.user(), server.password(), server.pid(), server.folder());
                awaitEndOfInput();
            }
            case "redis" -> {
                RedisServer server = RedisServer.startTemporary(RedisServer.Durability.NONE, Map.of());
                tell(server.uri().toString(), "", server.password(), server.pid(), server.folder());
                awaitEndOfInput();
            }
            case "build" -> {
                Process fork = command(List.of(), arguments[1], arguments[2])
                        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                        .start();
                awaitEndOfInput();
                fork.getOutputStream().close();
                fork.waitFor();
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void tell(Database database) throws IOException {
        if (database.engine() == Engine.SQLITE) {
            Path file = Path.of(database.url().substring("jdbc:sqlite:".length()));
            tell(database.url(), "", "", -1, Folders.of(file));
            return;
        }
        Path run = Folders.cache().resolve("run");
        try (Stream<Path> files = Files.walk(run, 3)) {
            Path properties = files.filter(file -> file.endsWith("server.properties"))
                    .filter(file -> LocalServer.running(Folders.of(file))
                            .filter(reach -> reach.port() == database.port())
                            .isPresent())
                    .findFirst()
                    .orElse(run.resolve("none/server.properties"));
            Path folder = Folders.of(properties);
            long pid = Supervised.program(folder).map(ProcessId::pid).orElse(-1L);
            tell(database.url(), database.user(), database.password(), pid, folder);
        }
    }

    private static void tell(String url, String user, String password, long pid, Path folder) {
        System.out.println(String.join("|", "told", url, user, password, Long.toString(pid), folder.toString()));
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            // Nothing is sent; only the end counts.
        }
    }
}
