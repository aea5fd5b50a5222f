package io.rowlock.lab.spec;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * A connection with a thread that sends its SQL, so that the one who plays the test can look at it while it waits. The
 * connection is in the driver's simple query mode: a step of several statements is sent as one text, as it must be to be one
 * transaction.
 */
final class SpecSession implements AutoCloseable {

    /** What PostgreSQL's client library says when the server has hung up. */
    private static final String HUNG_UP = """
            server closed the connection unexpectedly
            \tThis probably means the server terminated abnormally
            \tbefore or while processing the request.

            """;

    private static final String NO_MORE_CONNECTION = "no connection to the server\n";

    private final String name;
    private final Connection connection;
    private final Consumer<String> notices;
    private final int pid;
    private final ExecutorService thread;
    private @Nullable Running running;
    private int totalNotices;

    /** What was sent: its answers when it has ended, and meanwhile the notices that came. */
    private static final class Running {
        final Spec.Planned step;
        final Statement statement;
        final Future<Answer> answer;

        @Nullable
        SQLWarning lastNotice;

        Running(Spec.Planned step, Statement statement, Future<Answer> answer) {
            this.step = step;
            this.statement = statement;
            this.answer = answer;
        }
    }

    /**
     * What came back.
     *
     * @param rows of each statement that answers rows, printed
     * @param lastIsRows whether the last statement is one of them
     * @param failure what ended it early
     */
    record Answer(
            List<String> rows, boolean lastIsRows, @Nullable SQLException failure) {}

    /**
     * A session.
     *
     * @param connection belongs to it from now on
     * @param notices told each notice that comes, with the session's name before it
     */
    SpecSession(String name, Connection connection, Consumer<String> notices) throws SQLException {
        this.name = name;
        this.connection = connection;
        this.notices = notices;
        this.pid = connection.unwrap(PGConnection.class).getBackendPID();
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "spec-" + name);
            created.setDaemon(true);
            return created;
        });
    }

    String name() {
        return name;
    }

    int pid() {
        return pid;
    }

    int totalNotices() {
        return totalNotices;
    }

    /** The step that was begun and not yet reported as done. */
    Spec.@Nullable Planned activeStep() {
        return running == null ? null : running.step;
    }

    void begin(Spec.Planned step, String sql) throws SQLException {
        Statement statement = connection.createStatement();
        statement.setEscapeProcessing(false);
        running = new Running(step, statement, thread.submit(() -> send(statement, sql)));
    }

    private static Answer send(Statement statement, String sql) throws SQLException {
        List<String> printed = new ArrayList<>();
        boolean isRows = false;
        try {
            boolean more = statement.execute(sql);
            while (more || statement.getUpdateCount() != -1) {
                isRows = more;
                if (more) {
                    try (ResultSet rows = statement.getResultSet()) {
                        printed.add(AlignedRows.print(rows));
                    }
                }
                more = statement.getMoreResults();
            }
            return new Answer(printed, isRows, null);
        } catch (SQLException e) {
            return new Answer(printed, false, e);
        }
    }

    /** Waits a moment for the active step to end, and tells whether it has; notices that came are passed on first. */
    boolean hasEndedWithin(long millis) throws SQLException {
        Running current = requireRunning();
        boolean ended = current.answer.isDone();
        if (!ended) {
            try {
                Answer unused = current.answer.get(millis, TimeUnit.MILLISECONDS);
                ended = true;
            } catch (TimeoutException e) {
                ended = false;
            } catch (ExecutionException e) {
                ended = true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SpecAbort("interrupted");
            }
        }
        passOnNotices(current);
        return ended;
    }

    private void passOnNotices(Running current) throws SQLException {
        SQLWarning next =
                current.lastNotice == null ? current.statement.getWarnings() : current.lastNotice.getNextWarning();
        while (next != null) {
            totalNotices++;
            notices.accept(name + ": " + fullText(next));
            current.lastNotice = next;
            next = next.getNextWarning();
        }
    }

    /** What the active step answered; the session is idle then. */
    Answer finish() throws SQLException {
        Running current = requireRunning();
        running = null;
        try {
            return current.answer.get();
        } catch (ExecutionException e) {
            throw new SpecAbort(String.valueOf(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SpecAbort("interrupted");
        } finally {
            current.statement.close();
        }
    }

    private Running requireRunning() {
        if (running == null) {
            throw new IllegalStateException("No step is active (session=" + name + ")");
        }
        return running;
    }

    /** Sends SQL and waits for its end; such SQL belongs to no step. */
    Answer run(String sql) throws SQLException {
        begin(new Spec.Planned("", List.of()), sql);
        while (!hasEndedWithin(1_000)) {
            // Setup and teardown wait for nobody; should they, the server's own timeouts end them.
        }
        return finish();
    }

    /** Asks the server to cancel the active step. */
    void cancel() throws SQLException {
        requireRunning().statement.cancel();
    }

    /** The notifications that have arrived. */
    List<PGNotification> notifications() throws SQLException {
        if (connection.isClosed()) {
            return List.of();
        }
        PGNotification[] arrived = connection.unwrap(PGConnection.class).getNotifications();
        return arrived == null ? List.of() : List.of(arrived);
    }

    /** A failure of a step: severity and message, without details that carry numbers of transactions. */
    static String shortText(SQLException failure) {
        ServerErrorMessage message = serverMessage(failure);
        if (message == null) {
            return failure.getMessage() + "\n";
        }
        String text = message.getSeverity() + ":  " + message.getMessage() + "\n";
        return "FATAL".equals(message.getSeverity()) ? text + HUNG_UP : text;
    }

    /** A failure of setup or teardown, or a notice, with all that a person is told. */
    static String fullText(SQLException failure) {
        ServerErrorMessage message = serverMessage(failure);
        if (message == null) {
            return "08003".equals(failure.getSQLState()) ? NO_MORE_CONNECTION : failure.getMessage() + "\n";
        }
        StringBuilder text = new StringBuilder(message.getSeverity() + ":  " + message.getMessage() + "\n");
        append(text, "DETAIL", message.getDetail());
        append(text, "HINT", message.getHint());
        if (!(failure instanceof SQLWarning)) {
            append(text, "CONTEXT", message.getWhere());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String label, @Nullable String value) {
        if (value != null) {
            text.append(label).append(":  ").append(value).append('\n');
        }
    }

    private static @Nullable ServerErrorMessage serverMessage(SQLException failure) {
        return failure instanceof PSQLException error
                ? error.getServerErrorMessage()
                : failure instanceof PSQLWarning notice ? notice.getServerErrorMessage() : null;
    }

    @Override
    public void close() throws SQLException {
        thread.shutdownNow();
        if (running != null && !running.answer.isDone()) {
            // Closing waits for the statement; aborting does not.
            connection.abort(Runnable::run);
        } else {
            connection.close();
        }
    }
}
