package io.rowlock.engines;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finding and running the programs of this machine. */
final class Programs {

    private static final int RUN_SECONDS_MAX = 120;

    private Programs() {}

    /** Folders on the path of this process, and those where servers are installed that are meant for root alone. */
    private static Stream<Path> folders() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(
                        Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/local/sbin", "/usr/sbin", "/sbin"))
                .filter(folder -> !folder.isBlank())
                .map(Path::of);
    }

    static Optional<Path> onPath(String name) {
        return folders()
                .map(folder -> folder.resolve(name))
                .filter(Programs::isProgram)
                .findFirst();
    }

    static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }

    /** Whether this process has the rights of the administrator, which some servers refuse to run with. */
    static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return "root".equals(System.getProperty("user.name"));
        }
    }

    /**
     * Runs a program to its end.
     *
     * @param input written to its standard input, if any
     * @return what it printed
     * @throws EngineUnavailable if it fails, with what it printed
     */
    static String run(List<String> command, Map<String, String> environment, @Nullable Consumer<Process> input) {
        Path output = null;
        try {
            output = Files.createTempFile("rowlock", ".out");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            feed(process, input);
            boolean ended = process.waitFor(RUN_SECONDS_MAX, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String printed = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new EngineUnavailable("A program failed (command=%s, exit=%s)%n%s"
                        .formatted(String.join(" ", command), ended ? process.exitValue() : "none", printed.strip()));
            }
            return printed;
        } catch (IOException e) {
            throw new EngineUnavailable("A program could not be run (command=%s)".formatted(command.get(0)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineUnavailable("Interrupted while a program ran (command=%s)".formatted(command.get(0)), e);
        } finally {
            deleteQuietly(output);
        }
    }

    /** A program that ends before it has read everything has said why; that is what the caller wants to read. */
    private static void feed(Process process, @Nullable Consumer<Process> input) throws IOException {
        try (OutputStream end = process.getOutputStream()) {
            if (input != null) {
                input.accept(process);
            }
            end.flush();
        } catch (IOException | UncheckedIOException e) {
            if (process.isAlive()) {
                process.destroyForcibly();
                throw new IOException("Its input could not be written", e);
            }
        }
    }

    /**
     * A command with which a server that refuses the administrator can be run by the administrator: in a user namespace
     * where nobody is root. For other users the command itself.
     *
     * @throws EngineUnavailable if this is root and namespaces are forbidden
     */
    static List<String> withoutRoot(List<String> command) {
        if (!isRoot()) {
            return command;
        }
        Path unshare = onPath("unshare").orElseThrow(() -> refused("the program 'unshare' is missing", null));
        try {
            String unused = run(List.of(unshare.toString(), "-U", "true"), Map.of(), null);
        } catch (EngineUnavailable e) {
            throw refused("this machine or container forbids user namespaces", e);
        }
        List<String> wrapped = new ArrayList<>(List.of(unshare.toString(), "-U"));
        wrapped.addAll(command);
        return wrapped;
    }

    private static EngineUnavailable refused(String why, @Nullable Throwable cause) {
        String message = """
                PostgreSQL does not run as root, and it could not be given another user (why=%s). Any one of these helps:
                  run as an ordinary user;
                  allow user namespaces (for a container: --security-opt seccomp=unconfined);
                  name a running server with ROWLOCK_POSTGRES_URL, ROWLOCK_POSTGRES_USER and ROWLOCK_POSTGRES_PASSWORD.""".formatted(why);
        return cause == null ? new EngineUnavailable(message) : new EngineUnavailable(message, cause);
    }

    private static void deleteQuietly(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
