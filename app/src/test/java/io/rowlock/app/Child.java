package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Eventually;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The program in a process of its own, as a user runs it. Killed by {@link #close} if it still runs. */
final class Child implements AutoCloseable {
    /** A busy machine takes half a minute to start a service. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Pattern URL = Pattern.compile("Web\\s+(http://\\S+)/\\s");

    private final Process process;
    private final Path out;
    private final Path err;

    private Child(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** Starts the program in a folder. */
    static Child start(Path folder, String... args) {
        return start(folder, Map.of(), args);
    }

    /** Starts the program in a folder, with more variables in its environment. */
    static Child start(Path folder, Map<String, String> environment, String... args) {
        try {
            Path out = Files.createTempFile(folder, "out", ".txt");
            Path err = Files.createTempFile(folder, "err", ".txt");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    // The jar says it in its manifest; here is no jar.
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    classPath(),
                    Main.class.getName()));
            command.addAll(List.of(args));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().remove("ROWLOCK_DB_PASSWORD");
            // It would be reported on stderr, and there only what the program says is looked for.
            builder.environment().remove("JAVA_TOOL_OPTIONS");
            builder.environment().putAll(environment);
            return new Child(builder.start(), out, err);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** As the tests have it, without the tests: their log settings are not those of the program. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator))
                .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes" + File.separator))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Waits until the service says where it is. */
    String awaitUrl() {
        Eventually.until(
                "the service says where it is",
                PATIENCE,
                () -> !process.isAlive() || out().contains("Ctrl-C ends it."));
        Matcher url = URL.matcher(out());
        assertThat(url.find()).as("out: %s, err: %s", out(), err()).isTrue();
        return url.group(1);
    }

    /** Waits for the end. */
    int awaitEnd() {
        return awaitEnd(PATIENCE);
    }

    /** Waits for the end of what takes longer: it starts services itself. */
    int awaitEnd(Duration patience) {
        try {
            assertThat(process.waitFor(patience.toSeconds(), TimeUnit.SECONDS))
                    .as("the process has ended")
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", interrupted);
        }
    }

    /** The processes that it has started. */
    List<ProcessHandle> children() {
        return process.children().toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
