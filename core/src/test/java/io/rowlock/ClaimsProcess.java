package io.rowlock;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Another JVM that works off jobs, three at a time, on any engine. It tells of each that is completed, and of the one in which it
 * stops: with its unit's writes sent and not committed. It ends when it is killed.
 */
final class ClaimsProcess implements AutoCloseable {
    static final Duration CLAIM_LENGTH = Duration.ofSeconds(2);

    private static final long HANG_SECONDS = 60;

    private final Process process;
    private final BufferedReader output;

    private ClaimsProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Starts it; it stops inside of the job with that id. */
    static ClaimsProcess start(Database database, long stopInside) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ClaimsProcess.class.getName()));
        command.addAll(List.of(database.url(), "" + stopInside));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("CLAIMS_USER", database.user(), "CLAIMS_PASSWORD", database.password()));
        try {
            return new ClaimsProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it tells until it stops: how many jobs it has completed. */
    int awaitInside() {
        int completed = 0;
        try {
            String line = output.readLine();
            while (line != null && !line.equals("inside")) {
                completed++;
                line = output.readLine();
            }
            if (line == null) {
                throw new AssertionError("The other process has ended by itself");
            }
            return completed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9} does; waits until it is gone. */
    void kill() throws InterruptedException {
        close();
        if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("The other process does not end");
        }
    }

    @Override
    public void close() {
        // By its handle: the process object would close the output that is still to be read.
        boolean unused = process.toHandle().destroyForcibly();
    }

    // ---- in the other process

    /** Works: URL, inside which job to stop. */
    public static void main(String[] arguments) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        if (!System.getenv("CLAIMS_USER").isEmpty()) {
            config.setUsername(System.getenv("CLAIMS_USER"));
            config.setPassword(System.getenv("CLAIMS_PASSWORD"));
        }
        long stopInside = Long.parseLong(arguments[1]);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Rowlock rowlock = Rowlock.on(pool).build();
            Claims<Jobs.Job, Long> claims = rowlock.claims(Jobs.QUEUE.withClaimLength(CLAIM_LENGTH));
            while (true) {
                for (Claim<Jobs.Job, Long> claim : claims.take(3)) {
                    rowlock.transact(tx -> {
                        claims.complete(tx, claim, Jobs.Job::sent);
                        if (claim.key() == stopInside) {
                            tx.flush();
                            System.out.println("inside");
                            forEver();
                        }
                        return null;
                    });
                    System.out.println("completed");
                }
            }
        }
    }

    private static void forEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }
}
