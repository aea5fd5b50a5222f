package io.rowlock.lab.hermitage;

import io.rowlock.lab.internal.wait.LockWaits;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Plays the steps of a case, each on the connection of its transaction. Whoever waits for a lock is left waiting, and takes
 * up its later steps when it gets on; whoever fails is rolled back and takes none of its later steps.
 */
final class HermitagePlayer implements AutoCloseable {

    /** Longer than the second after which PostgreSQL looks for deadlocks. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    /** One statement at its place. */
    private record Task(int step, String sql) {}

    private final class Transaction {
        final String name;
        final Connection connection;
        final long session;
        final ExecutorService thread;
        final Deque<Task> ahead = new ArrayDeque<>();

        @Nullable
        Task task;

        @Nullable
        Future<Map<Integer, Integer>> running;

        boolean told;
        boolean failed;

        Transaction(String name) throws SQLException {
            this.name = name;
            this.connection = dataSource.getConnection();
            this.session = lockWaits.serverSession(connection);
            this.thread = Executors.newSingleThreadExecutor(work -> {
                Thread created = new Thread(work, "hermitage-" + name);
                created.setDaemon(true);
                return created;
            });
        }

        boolean isIdle() {
            return running == null && ahead.isEmpty();
        }
    }

    private final DataSource dataSource;
    private final LockWaits lockWaits;
    private final Map<String, Transaction> transactions = new TreeMap<>();
    private final Observation seen = new Observation();

    HermitagePlayer(DataSource dataSource, LockWaits lockWaits) {
        this.dataSource = dataSource;
        this.lockWaits = lockWaits;
    }

    /**
     * Plays a case.
     *
     * @param sessionSetup for each transaction's connection, before its first step
     * @param sessionReset for each connection afterwards
     */
    Observation play(List<HermitageStep> steps, List<String> sessionSetup, List<String> sessionReset)
            throws SQLException {
        for (int i = 0; i < steps.size(); i++) {
            HermitageStep step = steps.get(i);
            Transaction transaction = transactions.get(step.transaction());
            if (transaction == null) {
                transaction = new Transaction(step.transaction());
                transactions.put(step.transaction(), transaction);
                run(transaction.connection, sessionSetup);
            }
            if (!transaction.failed) {
                for (String sql : step.statements()) {
                    transaction.ahead.add(new Task(i, sql));
                }
            }
            getOn();
        }
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (transactions.values().stream().anyMatch(each -> !each.isIdle())) {
            getOn();
            if (System.nanoTime() - deadline > 0) {
                throw new SQLException("A case did not end; all its transactions wait");
            }
        }
        for (Transaction each : transactions.values()) {
            run(each.connection, List.of("ROLLBACK"));
            run(each.connection, sessionReset);
        }
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            seen.atEnd.putAll(rows(statement, "select id, value from test"));
        }
        return seen;
    }

    private static void run(Connection connection, List<String> statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Lets everybody do what can be done, until the rest waits. */
    private void getOn() throws SQLException {
        boolean progress = true;
        while (progress) {
            progress = false;
            for (Transaction each : transactions.values()) {
                if (each.running == null && !each.ahead.isEmpty()) {
                    begin(each);
                }
                if (each.running != null && hasEnded(each)) {
                    progress = true;
                }
            }
        }
    }

    private static void begin(Transaction transaction) {
        Task task = transaction.ahead.removeFirst();
        transaction.task = task;
        transaction.told = false;
        transaction.running = transaction.thread.submit(() -> {
            try (Statement statement = transaction.connection.createStatement()) {
                return rows(statement, task.sql());
            }
        });
    }

    private static Map<Integer, Integer> rows(Statement statement, String sql) throws SQLException {
        Map<Integer, Integer> rows = new TreeMap<>();
        if (statement.execute(sql)) {
            try (ResultSet answer = statement.getResultSet()) {
                while (answer.next()) {
                    rows.put(answer.getInt(1), answer.getInt(2));
                }
            }
        }
        return rows;
    }

    /** Waits until the statement has ended, or waits for a lock. */
    private boolean hasEnded(Transaction transaction) throws SQLException {
        Future<Map<Integer, Integer>> running = transaction.running;
        Task task = transaction.task;
        if (running == null || task == null) {
            throw new IllegalStateException("Nothing is running (transaction=" + transaction.name + ")");
        }
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                Map<Integer, Integer> rows = running.get(1, TimeUnit.MILLISECONDS);
                ended(transaction, task, rows);
                return true;
            } catch (TimeoutException e) {
                if (lockWaits.isWaiting(transaction.session) && !running.isDone()) {
                    if (!transaction.told) {
                        seen.waits.add(new Observation.Wait(task.step(), transaction.name));
                        transaction.told = true;
                    }
                    return false;
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new SQLException("A statement neither ended nor waited (sql=" + task.sql() + ")", e);
                }
            } catch (ExecutionException e) {
                failed(transaction, e);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("Interrupted while a case was played", e);
            }
        }
    }

    private void ended(Transaction transaction, Task task, Map<Integer, Integer> rows) {
        transaction.running = null;
        String sql = task.sql().toLowerCase(Locale.ROOT);
        if (sql.startsWith("select")) {
            seen.reads.add(new Observation.Read(task.step(), transaction.name, rows));
        } else if (sql.equals("commit")) {
            seen.committed.add(transaction.name);
        }
    }

    private void failed(Transaction transaction, ExecutionException e) throws SQLException {
        transaction.running = null;
        transaction.failed = true;
        transaction.ahead.clear();
        if (!(e.getCause() instanceof SQLException failure)) {
            throw new SQLException("A statement could not be played", e.getCause());
        }
        seen.failures.putIfAbsent(transaction.name, code(failure));
        // What follows in the case is refused anyway, and its locks are wanted.
        run(transaction.connection, List.of("ROLLBACK"));
    }

    private static String code(SQLException failure) {
        return failure.getErrorCode() == 0 ? String.valueOf(failure.getSQLState()) : "" + failure.getErrorCode();
    }

    @Override
    public void close() throws SQLException {
        List<SQLException> failures = new ArrayList<>();
        for (Transaction each : transactions.values()) {
            each.thread.shutdownNow();
            try {
                if (each.running != null && !each.running.isDone()) {
                    each.connection.abort(Runnable::run);
                }
                each.connection.close();
            } catch (SQLException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
