package io.rowlock.lease;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Key;
import io.rowlock.LeaseDeadlock;
import io.rowlock.Rowlock;
import io.rowlock.engines.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that acquires one lease, tells so, and when it is told to acquires a second; then it tells what became of that and
 * ends.
 */
final class LeaseProcess implements AutoCloseable {
    private static final Duration WAIT = Duration.ofSeconds(60);

    private final Process process;
    private final BufferedReader output;

    private LeaseProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static LeaseProcess start(Database database, String first, String second) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LeaseProcess.class.getName()));
        command.addAll(List.of(database.url(), first, second));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("LEASE_USER", database.user(), "LEASE_PASSWORD", database.password()));
        try {
            return new LeaseProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that it tells. */
    String told() {
        try {
            String line = output.readLine();
            if (line == null) {
                throw new AssertionError("The other process has ended");
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Has it acquire the second lease. */
    void goOn() {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    // ---- in the other process

    /** Acquires: URL, first key, second key. */
    public static void main(String[] arguments) throws IOException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        if (!System.getenv("LEASE_USER").isEmpty()) {
            config.setUsername(System.getenv("LEASE_USER"));
            config.setPassword(System.getenv("LEASE_PASSWORD"));
        }
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Leases leases = Rowlock.on(pool).build().leases();
            try (Lease first = takeFirst(leases, Key.of("jvm", arguments[1]))) {
                System.out.println("has " + first.token());
                int unused = System.in.read();
                System.out.println(takeSecond(leases, Key.of("jvm", arguments[2])));
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static Lease takeFirst(Leases leases, Key key) {
        return leases.acquire(key, LeaseOptions.defaults(), WAIT);
    }

    private static String takeSecond(Leases leases, Key key) {
        long began = System.nanoTime();
        try (Lease second = leases.acquire(key, LeaseOptions.defaults(), WAIT)) {
            return "got " + second.token();
        } catch (LeaseDeadlock victim) {
            return "victim after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) + " ms: "
                    + victim.getMessage();
        }
    }
}
