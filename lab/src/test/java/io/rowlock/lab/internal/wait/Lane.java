package io.rowlock.lab.internal.wait;

import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A connection with a thread of its own, so that a statement may wait while the test looks on. */
final class Lane implements AutoCloseable {

    private static final long DEADLINE_SECONDS = 30;

    final Connection connection;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread created = new Thread(task, "lane");
        created.setDaemon(true);
        return created;
    });

    Lane(Database database) throws SQLException {
        connection = database.connect();
    }

    /** Runs SQL to its end, here. */
    void run(String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** Begins SQL on the lane's thread. */
    CompletableFuture<Void> begin(String sql) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        run(sql);
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                },
                thread);
    }

    /** Waits for what was begun, and tells what it failed with. */
    static SQLException failure(CompletableFuture<Void> begun) throws InterruptedException, TimeoutException {
        try {
            begun.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("The statement did not fail");
        } catch (ExecutionException e) {
            return (SQLException) e.getCause().getCause();
        }
    }

    static void end(CompletableFuture<Void> begun) throws Exception {
        begun.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws SQLException {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(DEADLINE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("A statement did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while a statement was running", e);
        } finally {
            connection.close();
        }
    }
}
