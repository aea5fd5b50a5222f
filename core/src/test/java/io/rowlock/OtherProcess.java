package io.rowlock;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Another JVM that counts up in a SQLite file: in each unit it adds one to both of two rows. It tells of each unit after it
 * has returned, and ends when told, when killed, or by itself just before or just after a COMMIT.
 */
final class OtherProcess implements AutoCloseable {
    private static final long HANG_SECONDS = 60;

    record Count(long id, long amount, long version) {
        Count plusOne() {
            return new Count(id, amount + 1, version);
        }
    }

    static final Table<Count, Long> COUNTS =
            Table.of("counts", Count.class).key("id", Long.class).build();

    /** Statements that create the two rows. */
    static final List<String> DDL = List.of(
            "DROP TABLE IF EXISTS counts",
            "CREATE TABLE counts (id BIGINT PRIMARY KEY, amount BIGINT NOT NULL, version BIGINT DEFAULT 1 NOT NULL)",
            "INSERT INTO counts (id, amount) VALUES (1, 0), (2, 0)");

    /** When the process ends itself. */
    enum Halt {
        BEFORE_COMMIT,
        AFTER_COMMIT,
        NEVER
    }

    private final Process process;
    private final BufferedReader output;

    private OtherProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it.
     *
     * @param haltAt at which of its commits it halts
     */
    static OtherProcess start(String url, int threads, int unitsEach, Halt halt, int haltAt) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OtherProcess.class.getName(), url));
        command.addAll(List.of("" + threads, "" + unitsEach, halt.name(), "" + haltAt));
        try {
            return new OtherProcess(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has told of that many further units, and answers how many it did; fewer if it has ended. */
    int awaitTold(int wanted) {
        int told = 0;
        try {
            while (told < wanted) {
                String line = output.readLine();
                if (line == null) {
                    return told;
                }
                if (line.equals("told")) {
                    told++;
                }
            }
            return told;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@code kill -9} does. */
    void kill() {
        // By its handle: the process object would close the output that is still to be read.
        boolean unused = process.toHandle().destroyForcibly();
    }

    /** How it ended. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(HANG_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("The other process does not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    // ---- in the other process

    /** Counts: URL, threads, units each, when to halt and at which commit. */
    public static void main(String[] arguments) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        int threads = Integer.parseInt(arguments[1]);
        Halt halt = Halt.valueOf(arguments[3].toUpperCase(Locale.ROOT));
        int haltAt = Integer.parseInt(arguments[4]);
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        try (HikariDataSource pool = new HikariDataSource(config)) {
            DataSource watched = AroundCommits.of(
                    pool,
                    () -> haltIf(halt == Halt.BEFORE_COMMIT && begun.incrementAndGet() == haltAt),
                    () -> haltIf(halt == Halt.AFTER_COMMIT && done.incrementAndGet() == haltAt));
            count(
                    Rowlock.on(watched).build(),
                    threads,
                    Integer.parseInt(arguments[2]),
                    () -> System.out.println("told"));
        }
    }

    private static void haltIf(boolean now) {
        if (now) {
            Runtime.getRuntime().halt(7);
        }
    }

    /** Counts up here, in this process. */
    static void count(Rowlock rowlock, int threads, int unitsEach, Runnable tell) {
        List<Crowd.Client> clients = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            clients.add(() -> {
                rowlock.transact(tx -> {
                    tx.update(tx.read(COUNTS, 1L).orElseThrow(), Count::plusOne);
                    return tx.update(tx.read(COUNTS, 2L).orElseThrow(), Count::plusOne);
                });
                tell.run();
            });
        }
        Crowd.times(unitsEach, clients);
    }
}
