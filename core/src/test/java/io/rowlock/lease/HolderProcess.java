package io.rowlock.lease;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.engines.Database;
import io.rowlock.engines.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM that holds a lease, which it renews while it runs: it reads a balance in a fenced unit, tells so, waits to be told
 * to go on, and writes what it has read plus one. It can be frozen meanwhile.
 */
final class HolderProcess implements AutoCloseable {
    private static final long HANG_SECONDS = 60;
    static final Duration LENGTH = Duration.ofSeconds(2);

    private final Process process;
    private final BufferedReader output;

    private HolderProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts it.
     *
     * @param fence how its unit is tied to the lease; null not at all
     * @param insideOfItsTransaction whether it stands still after its transaction has begun, or before
     */
    static HolderProcess start(Database database, Key key, @Nullable Fence fence, boolean insideOfItsTransaction) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xshare:auto"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), HolderProcess.class.getName()));
        command.addAll(List.of(database.url(), key.toString(), fence == null ? "NONE" : fence.name()));
        command.add("" + insideOfItsTransaction);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(Map.of("HOLDER_USER", database.user(), "HOLDER_PASSWORD", database.password()));
        try {
            return new HolderProcess(builder.start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next line that it tells, null if it has ended. */
    @Nullable
    String told() throws IOException {
        return output.readLine();
    }

    /** Stops all of its threads wherever they are, its clocks run on: SIGSTOP. */
    void freeze() throws Exception {
        signal("STOP");
    }

    /** Lets it run on: SIGCONT. */
    void thaw() throws Exception {
        signal("CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(HANG_SECONDS, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("The process could not be sent a signal (signal=" + name + ")");
        }
    }

    /** Tells it to write and to commit. */
    void goOn() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
    }

    @Override
    public void close() {
        // By its handle: the process object would close the output that is still to be read. A frozen process dies too.
        boolean unused = process.toHandle().destroyForcibly();
        Eventually.until("The other process ends", Duration.ofSeconds(HANG_SECONDS), () -> !process.isAlive());
    }

    // ---- in the other process

    /** Holds: URL, key, fence, whether to stand still inside of the transaction. */
    public static void main(String[] arguments) throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[0]);
        if (!System.getenv("HOLDER_USER").isEmpty()) {
            config.setUsername(System.getenv("HOLDER_USER"));
            config.setPassword(System.getenv("HOLDER_PASSWORD"));
        }
        Key key = Key.ofBytes(arguments[1].getBytes(StandardCharsets.UTF_8));
        boolean inside = Boolean.parseBoolean(arguments[3]);
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (HikariDataSource pool = new HikariDataSource(config)) {
            Rowlock rowlock = Rowlock.on(pool).build();
            LeaseOptions options = LeaseOptions.defaults().withLength(LENGTH);
            // The leases of a process that ends are not given back here: whoever took over has them.
            Lease lease = rowlock.leases().acquire(key, options, Duration.ofSeconds(HANG_SECONDS));
            long before = rowlock.read(
                    tx -> tx.peek(Bank.ACCOUNTS, 1L).orElseThrow().value().balance());
            rowlock.transact(tx -> {
                if (!inside) {
                    standStill(input);
                }
                fence(tx, lease, arguments[2]);
                long read = inside ? Bank.read(tx, 1) : before;
                if (inside) {
                    standStill(input);
                }
                Bank.write(tx, 1, read + 1);
                return null;
            });
            System.out.println("committed");
        } catch (LeaseLost lost) {
            System.out.println("lost " + lost.getMessage());
        }
    }

    private static void fence(Tx tx, Lease lease, String mode) {
        if (!mode.equals("NONE")) {
            tx.fence(lease, Fence.valueOf(mode));
        }
    }

    private static void standStill(BufferedReader input) {
        System.out.println("read");
        try {
            input.readLine();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
