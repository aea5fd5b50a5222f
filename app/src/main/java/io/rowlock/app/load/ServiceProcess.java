package io.rowlock.app.load;

import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.RedisChoice;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One server in a process of its own: {@code serve} of the same program, on a port that it keeps when it is started again.
 *
 * <p>One thread at a time, but {@link #close} may come from any.
 */
final class ServiceProcess implements AutoCloseable {
    /** A busy machine takes half a minute. */
    private static final Duration START_WAIT = Duration.ofMinutes(2);

    private static final Duration END_WAIT = Duration.ofSeconds(30);
    private static final int STARTS_MAX = 5;
    private static final Pattern URL = Pattern.compile("\\s*Web\\s+(http://\\S+:(\\d+))/\\s.*");

    private final Path folder;
    private final DatabaseChoice.Given database;
    private final RedisChoice.@Nullable Given redis;
    private final List<String> java;
    private final List<String> options;
    private int port;
    private String url = "";
    private volatile boolean closed;
    private volatile @Nullable Process process;

    /**
     * A server that does not run yet.
     *
     * @param folder for its log
     * @param database on which it stands; a password goes by the environment, where only this user can read it
     * @param redis of its caches, alike; null for none
     * @param java options of its Java
     * @param options that differ from its own, as {@code name=value}
     */
    ServiceProcess(
            Path folder,
            DatabaseChoice.Given database,
            RedisChoice.@Nullable Given redis,
            List<String> java,
            List<String> options) {
        this.folder = folder;
        this.database = database;
        this.redis = redis;
        this.java = List.copyOf(java);
        this.options = List.copyOf(options);
    }

    /** Where it is, without a slash at the end. */
    String url() {
        return url;
    }

    /** Signal 9. Waits until it is gone. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            running.waitFor();
        }
    }

    /**
     * Starts it again after {@link #kill}, on the same port and data. The port may have been lent to some connection
     * meanwhile, so this is tried a few times.
     */
    void restart() throws CannotLoad, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                start();
                return;
            } catch (CannotLoad failed) {
                if (closed || attempt == STARTS_MAX) {
                    throw failed;
                }
            }
        }
    }

    /**
     * Starts it, and waits until it takes requests.
     *
     * @throws CannotLoad if it does not start
     */
    void start() throws CannotLoad, InterruptedException {
        Path errors = folder.resolve("errors.txt");
        Process started;
        try {
            Files.createDirectories(folder);
            ProcessBuilder builder = new ProcessBuilder(command())
                    .directory(folder.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .redirectError(errors.toFile());
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            give(builder, "ROWLOCK_DB_PASSWORD", database.password());
            give(
                    builder,
                    "ROWLOCK_REDIS_PASSWORD",
                    redis == null ? null : redis.options().password());
            started = builder.start();
        } catch (IOException failed) {
            throw new CannotLoad("Cannot start a server: " + failed.getMessage(), failed);
        }
        process = started;
        // Whoever closes it at this moment sees the process, or is seen here.
        if (closed) {
            started.destroyForcibly();
        }
        CompletableFuture<String> where = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(started, where), "load-server-output");
        reader.setDaemon(true);
        reader.start();
        try {
            String line = where.get(START_WAIT.toSeconds(), TimeUnit.SECONDS);
            Matcher match = URL.matcher(line);
            if (!match.matches()) {
                started.destroyForcibly();
                throw new CannotLoad("A server did not start: " + firstLine(errors));
            }
            url = match.group(1);
            port = Integer.parseInt(match.group(2));
        } catch (ExecutionException | TimeoutException failed) {
            started.destroyForcibly();
            throw new CannotLoad("A server did not start in " + START_WAIT.toSeconds() + " s", failed);
        } catch (InterruptedException interrupted) {
            started.destroyForcibly();
            throw interrupted;
        }
    }

    private static void give(ProcessBuilder builder, String variable, @Nullable String value) {
        if (value == null) {
            builder.environment().remove(variable);
        } else {
            builder.environment().put(variable, value);
        }
    }

    /** To the end, so that the server never waits for somebody to read. */
    private static void read(Process process, CompletableFuture<String> where) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (URL.matcher(line).matches()) {
                    where.complete(line);
                }
            }
        } catch (IOException ended) {
            // It was killed while it wrote.
        }
        where.complete("");
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(java);
        options.forEach(option -> command.add("-D" + option));
        command.addAll(program());
        command.addAll(List.of(
                "serve",
                "--port",
                Integer.toString(port),
                "--data",
                folder.toString(),
                "--no-samples",
                "--ends-with",
                Long.toString(ProcessHandle.current().pid()),
                "--db-url",
                database.url()));
        String user = database.user();
        if (user != null) {
            command.addAll(List.of("--db-user", user));
        }
        if (redis != null) {
            command.addAll(List.of("--redis-url", redis.url()));
        }
        return command;
    }

    /** This program, as it was started itself. */
    private static List<String> program() {
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
            return List.of("-jar", classPath);
        }
        // A jar would say it in its manifest.
        return List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, "io.rowlock.app.Main");
    }

    private static String firstLine(Path file) {
        try {
            return Files.readString(file).lines().findFirst().orElse("it said nothing");
        } catch (IOException unreadable) {
            return "what it said cannot be read";
        }
    }

    /** Ends it and waits for its end; it is not started again. */
    @Override
    public void close() {
        closed = true;
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(END_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
