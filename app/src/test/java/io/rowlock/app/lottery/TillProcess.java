package io.rowlock.app.lottery;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Key;
import io.rowlock.RowlockException;
import io.rowlock.engines.Database;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.FaultyDataSource.Point;
import io.rowlock.engines.FaultyDataSource.Stall;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Another node, in a process of its own, that does one thing twice: the first time it is committed, and nobody is told; the second time
 * the node stops in the middle. It says when it is there, and ends when it is killed.
 */
final class TillProcess implements AutoCloseable {
    private static final long HANG_SECONDS = 60;

    /** What it does. */
    enum Operation {
        /** Receives the payment of 100.00 for a recharge: stops with everything written and nothing committed. */
        PAY,
        /** Ends what is due: stops with the claim committed, and the order's end not. */
        EXPIRE,
        /** Buys 2 shares under a once-key: stops with everything written and nothing committed. */
        BUY
    }

    private final Process process;
    private final BufferedReader output;

    private TillProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it.
     *
     * @param subjects two orders, or for {@link Operation#BUY} a user and a round; for {@link Operation#EXPIRE} three orders, of which
     *     the first two are ended
     */
    static TillProcess start(Database database, Operation operation, UUID... subjects) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m", "-Xshare:auto"));
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TillProcess.class.getName(),
                database.url(),
                operation.name()));
        Arrays.stream(subjects).map(UUID::toString).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("TILL_USER", database.user(), "TILL_PASSWORD", database.password()));
        try {
            return new TillProcess(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits until it stands in the middle, and kills it as {@code kill -9} does. */
    void killInTheMiddle() throws InterruptedException {
        try {
            String line = output.readLine();
            while (line != null && !line.equals("in the middle")) {
                line = output.readLine();
            }
            if (line == null) {
                throw new AssertionError("The other process has ended by itself");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
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

    static Key key(UUID user, int purchase) {
        return Key.of("till-purchase", user, purchase);
    }

    /** Buys under the key, once. */
    static Once<String> buy(Till.Services services, int purchase, UUID user, UUID round, Runnable inside) {
        return services.rowlock.once(key(user, purchase), Fingerprint.of(user, round), Codec.text(), tx -> {
            Till.done(services.purchases.participate(user, round, 2));
            tx.flush();
            inside.run();
            return "bought";
        });
    }

    // ---- in the other process

    /** Does it: URL, operation, subjects. */
    public static void main(String[] arguments) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        if (!System.getenv("TILL_USER").isEmpty()) {
            config.setUsername(System.getenv("TILL_USER"));
            config.setPassword(System.getenv("TILL_PASSWORD"));
        }
        List<UUID> subjects =
                Arrays.stream(arguments).skip(2).map(UUID::fromString).toList();
        try (HikariDataSource pool = new HikariDataSource(config)) {
            switch (Operation.valueOf(arguments[1])) {
                case PAY -> pay(new Till.Services(pool), subjects);
                case EXPIRE -> expire(pool, subjects);
                case BUY -> {
                    Till.Services services = new Till.Services(pool);
                    Once<String> unused = buy(services, 1, subjects.get(0), subjects.get(1), () -> {});
                    Once<String> unusedToo =
                            buy(services, 2, subjects.get(0), subjects.get(1), TillProcess::stopInTheMiddle);
                }
            }
        }
    }

    private static void pay(Till.Services services, List<UUID> orders) {
        Till.done(pay(services, orders.get(0)));
        services.rowlock.transact(tx -> {
            Till.done(pay(services, orders.get(1)));
            tx.flush();
            stopInTheMiddle();
            return true;
        });
    }

    static Outcome<LotteryTables.PaymentRow> pay(Till.Services services, UUID order) {
        return services.payments.receive("pay-" + order, order, Money.parse("100.00"), PaymentReport.PAID);
    }

    private static void expire(HikariDataSource pool, List<UUID> orders) throws SQLException {
        FaultyDataSource faults = FaultyDataSource.around(pool);
        Till.Services services = new Till.Services(faults);
        // What happens once only (the engine is looked at, statements are prepared) is not part of the recorded run.
        for (UUID order : orders.subList(0, 2)) {
            makeDue(pool, order);
            faults.reset();
            requireOne(services.expiry.expireDue().completed());
        }
        Point end = faults.record().stream()
                .filter(point -> point.sql().contains("expiry_state = 'DONE'"))
                .findFirst()
                .orElseThrow();
        makeDue(pool, orders.get(2));
        faults.reset();
        Stall beforeTheEnd = faults.stallAt(end.number());
        Thread thread = new Thread(() -> {
            try {
                services.expiry.expireDue();
            } catch (RowlockException nobodyLooks) {
                // It is killed.
            }
        });
        thread.setDaemon(true);
        thread.start();
        beforeTheEnd.awaitReached();
        stopInTheMiddle();
    }

    private static void requireOne(int completed) {
        if (completed != 1) {
            throw new AssertionError("Not what was due (completed=" + completed + ")");
        }
    }

    static void makeDue(javax.sql.DataSource dataSource, UUID order) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            Jdbc.update(connection, "UPDATE orders SET expires_at = created_at WHERE id = '" + order + "'");
        }
    }

    private static void stopInTheMiddle() {
        System.out.println("in the middle");
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException nobodyDoes) {
            throw new AssertionError(nobodyDoes);
        }
    }
}
