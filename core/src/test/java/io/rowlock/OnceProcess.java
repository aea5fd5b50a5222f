package io.rowlock;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.batch.ItemResult;
import io.rowlock.engines.Database;
import io.rowlock.once.Codec;
import io.rowlock.once.Once;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Another JVM that makes payments once each, on any engine: payment 1, payment 2, and so on, all from account 1, one by one or
 * as a batch that can be resumed. It tells of each payment or chunk that is over, stops inside of a payment if asked to, and
 * ends when it is killed.
 */
final class OnceProcess implements AutoCloseable {
    private static final long HANG_SECONDS = 60;

    static final int CHUNK = 4;

    /** How it pays. */
    enum Mode {
        ONE_BY_ONE,
        AS_A_BATCH
    }

    private final Process process;
    private final BufferedReader output;

    private OnceProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it.
     *
     * @param series names the payments
     * @param stopInside the payment inside which it stops, its writes flushed; 0 for none
     */
    static OnceProcess start(Database database, Mode mode, String series, int payments, int stopInside) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), OnceProcess.class.getName()));
        command.addAll(List.of(database.url(), series, "" + payments, "" + stopInside, mode.name()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("ONCE_USER", database.user(), "ONCE_PASSWORD", database.password()));
        try {
            return new OnceProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has told this many further lines, and answers how many it did; fewer if it has ended. */
    int awaitTold(int wanted) {
        int told = 0;
        try {
            while (told < wanted && output.readLine() != null) {
                told++;
            }
            return told;
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

    static Key key(String series, int payment) {
        return Key.of("payment", series, payment);
    }

    /** The payments as a batch; each chunk that is over is told. */
    static Batch<Integer, Long> batch(String series, int stopInside, Runnable tell) {
        return Batch.of("payments", Payments.ACCOUNTS, (Integer payment) -> 1L, (tx, payment) -> {
                    Long left = pay(tx, payment == stopInside);
                    return ItemResult.applied(left);
                })
                .withChunkSize(CHUNK)
                .withProgress(progress -> tell.run())
                .resumable(series, payment -> payment, Codec.number());
    }

    static List<Integer> payments(int payments) {
        return IntStream.rangeClosed(1, payments).boxed().toList();
    }

    // ---- in the other process

    /** Pays: URL, series, payments, inside which to stop, mode. */
    public static void main(String[] arguments) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        if (!System.getenv("ONCE_USER").isEmpty()) {
            config.setUsername(System.getenv("ONCE_USER"));
            config.setPassword(System.getenv("ONCE_PASSWORD"));
        }
        String series = arguments[1];
        int payments = Integer.parseInt(arguments[2]);
        int stopInside = Integer.parseInt(arguments[3]);
        Runnable tell = () -> System.out.println("told");
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Rowlock rowlock = Rowlock.on(pool).build();
            if (Mode.valueOf(arguments[4]) == Mode.AS_A_BATCH) {
                BatchReport<Long> unused = rowlock.batch(batch(series, stopInside, tell), payments(payments));
            } else {
                oneByOne(rowlock, series, payments, stopInside, tell);
            }
        }
    }

    private static void oneByOne(Rowlock rowlock, String series, int payments, int stopInside, Runnable tell) {
        for (int payment = 1; payment <= payments; payment++) {
            boolean stop = payment == stopInside;
            Once<Long> unused = rowlock.once(key(series, payment), Payments.ONE, Codec.number(), tx -> pay(tx, stop));
            tell.run();
        }
    }

    private static Long pay(Tx tx, boolean stop) {
        Long left = Payments.pay(tx, 1);
        if (stop) {
            tx.flush();
            System.out.println("inside");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException nobodyDoes) {
                throw new AssertionError(nobodyDoes);
            }
        }
        return left;
    }
}
