package io.rowlock.engines;

import com.zaxxer.hikari.HikariDataSource;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source whose connections fail where a test says. Every execution of a statement, every commit and every rollback,
 * on any of its connections, is a point with a number, beginning with 1 after {@link #reset()}. A first run without faults
 * tells the points ({@link #record()}); further runs fail at one of them each, so that a test can go through them all.
 *
 * <pre>{@code
 * var faults = FaultyDataSource.around(database.dataSource());
 * transfer(faults);
 * int points = faults.record().size();
 * for (int point = 1; point <= points; point++) {
 *     for (When when : When.values()) {
 *         faults.reset();
 *         faults.cutAt(point, when);
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>Numbers are given in the order in which the calls come, so they are the same in each run of one thread; with several
 * threads they are as reproducible as the order of the threads.
 *
 * <p>Not points: borrowing and closing a connection, {@code isValid}, and reading a result that is there already.
 *
 * <p>Safe for use by many threads, as the wrapped data source is.
 */
public final class FaultyDataSource extends WrappedDataSource {

    /** What a stall that nobody releases ends with, so that no test hangs. */
    private static final Duration STALL_MAX = Duration.ofSeconds(60);

    private static final Pattern COMMITS = Pattern.compile("(?i)(?:^|;)\\s*COMMIT\\b|^\\s*END\\b");
    private static final Pattern ROLLS_BACK = Pattern.compile("(?i)^\\s*ROLLBACK\\b(?!.*\\bTO\\b)");

    private final DataSource delegate;
    private final List<Point> points = new ArrayList<>();
    private final Map<Integer, List<Fault>> faults = new HashMap<>();

    private FaultyDataSource(DataSource delegate) {
        this.delegate = delegate;
    }

    /** Wraps a data source. Without further orders it behaves as that one. */
    public static FaultyDataSource around(DataSource delegate) {
        return new FaultyDataSource(delegate);
    }

    /** What is asked of the database at a point. */
    public enum Kind {
        /** A statement or a batch of them is executed; savepoints too. */
        STATEMENT,
        /** A transaction is committed: by {@code commit()}, by a text with COMMIT in it, or by switching autocommit on. */
        COMMIT,
        /** A transaction is rolled back, by {@code rollback()} or by the text ROLLBACK. */
        ROLLBACK
    }

    /**
     * One request to the database.
     *
     * @param number its place in the run, from 1
     * @param kind what is asked
     * @param sql the text, or the name of the method for requests without text; a batch has its texts separated by
     *     semicolons
     */
    public record Point(int number, Kind kind, String sql) {
        @Override
        public String toString() {
            return number + " " + kind + " " + sql;
        }
    }

    /** A thread that was stopped at a point until the test lets it go. Safe for use by many threads. */
    public static final class Stall {

        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        private Stall() {}

        /**
         * Waits until a thread stands at the point.
         *
         * @throws AssertionError if none came within {@link Eventually#DEADLINE}
         */
        public void awaitReached() {
            Eventually.until("a thread reaches the stalled point", Eventually.DEADLINE, () -> reached.getCount() == 0);
        }

        /** Lets the thread go on; may be called before it came. */
        public void release() {
            released.countDown();
        }

        private void hold() throws SQLException {
            reached.countDown();
            try {
                if (!released.await(STALL_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new SQLException("Injected stall was never released (waited=" + STALL_MAX + ")");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SQLException("Interrupted in an injected stall", e);
            }
        }
    }

    /** What has been ordered for a point. */
    @FunctionalInterface
    private interface Action {
        void happen(Point point, Connection connection) throws SQLException;
    }

    private record Fault(When when, Action action) {}

    /** The points of the run so far. */
    public List<Point> record() {
        synchronized (points) {
            return List.copyOf(points);
        }
    }

    /** Forgets the points and all faults that were ordered; the next point is number 1. */
    public void reset() {
        synchronized (points) {
            points.clear();
            faults.clear();
        }
    }

    /**
     * Throws at a point. The connection stays as it is, with whatever transaction is open on it.
     *
     * <p>The exception says that the connection was lost (SQLSTATE 08006), so that after {@link When#AFTER} the caller
     * cannot know what happened.
     *
     * @param number the point, from 1
     * @param when before the request is made, or after it was done, in place of its answer
     */
    public void failAt(int number, When when) {
        order(number, when, (point, connection) -> {
            throw lost(point, when, "failure");
        });
    }

    /** Throws an exception of the caller's choice at a point. Otherwise as {@link #failAt(int, When)}. */
    public void failAt(int number, When when, Supplier<? extends SQLException> exception) {
        order(number, when, (point, connection) -> {
            throw exception.get();
        });
    }

    /** Breaks the physical connection at a point, and throws as {@link #failAt(int, When)} does. */
    public void cutAt(int number, When when) {
        order(number, when, (point, connection) -> {
            sever(connection);
            throw lost(point, when, "cut");
        });
    }

    /** Makes the request at a point wait that long before it is made. */
    public void stallAt(int number, Duration length) {
        order(number, When.BEFORE, (point, connection) -> Eventually.pause(length.toNanos()));
    }

    /** Makes the request at a point wait, before it is made, until the test lets it go. */
    public Stall stallAt(int number) {
        Stall stall = new Stall();
        order(number, When.BEFORE, (point, connection) -> stall.hold());
        return stall;
    }

    private void order(int number, When when, Action action) {
        if (number < 1) {
            throw new IllegalArgumentException("Points are numbered from 1 (number=" + number + ")");
        }
        synchronized (points) {
            faults.computeIfAbsent(number, n -> new ArrayList<>()).add(new Fault(when, action));
        }
    }

    private static SQLException lost(Point point, When when, String what) {
        return new SQLNonTransientConnectionException(
                "Injected %s (point=%d, when=%s, sql=%s)".formatted(what, point.number(), when, point.sql()), "08006");
    }

    private void sever(Connection connection) throws SQLException {
        if (connection instanceof TrackedDataSource.Severable tracked) {
            tracked.sever();
        } else {
            if (delegate.isWrapperFor(HikariDataSource.class)) {
                // A pool learns of a broken connection by the exceptions it sees; it does not see those made here.
                delegate.unwrap(HikariDataSource.class).evictConnection(connection);
            }
            TrackedDataSource.sever(
                    connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection);
        }
    }

    private @Nullable Object at(Kind kind, String sql, Connection connection, Call call) throws Throwable {
        Point point;
        List<Fault> ordered;
        synchronized (points) {
            point = new Point(points.size() + 1, kind, sql);
            points.add(point);
            ordered = List.copyOf(faults.getOrDefault(point.number(), List.of()));
        }
        for (Fault fault : ordered) {
            if (fault.when() == When.BEFORE) {
                fault.action().happen(point, connection);
            }
        }
        Object answer = call.run();
        for (Fault fault : ordered) {
            if (fault.when() == When.AFTER) {
                fault.action().happen(point, connection);
            }
        }
        return answer;
    }

    @FunctionalInterface
    private interface Call {
        @Nullable
        Object run() throws Throwable;
    }

    private Connection wrap(Connection connection) {
        return proxy(Connection.class, (proxy, method, arguments) -> {
            Call call = () -> invoke(connection, method, arguments);
            String name = method.getName();
            return switch (name) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "createStatement" -> wrap((Statement) answer(call), "", (Connection) proxy, connection);
                case "prepareStatement", "prepareCall" ->
                    wrap((Statement) answer(call), (String) arguments[0], (Connection) proxy, connection);
                case "commit" -> at(Kind.COMMIT, name + "()", connection, call);
                case "rollback" ->
                    at(arguments == null ? Kind.ROLLBACK : Kind.STATEMENT, name + "()", connection, call);
                case "setSavepoint", "releaseSavepoint" -> at(Kind.STATEMENT, name + "()", connection, call);
                case "setAutoCommit" ->
                    Boolean.TRUE.equals(arguments[0]) && !connection.getAutoCommit()
                            ? at(Kind.COMMIT, "setAutoCommit(true)", connection, call)
                            : call.run();
                default -> call.run();
            };
        });
    }

    private Statement wrap(Statement statement, String prepared, Connection owner, Connection connection) {
        Class<? extends Statement> type = statement instanceof CallableStatement
                ? CallableStatement.class
                : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
        List<String> batch = new ArrayList<>();
        return proxy(type, (proxy, method, arguments) -> {
            Call call = () -> invoke(statement, method, arguments);
            String name = method.getName();
            String text = arguments != null && arguments[0] instanceof String first ? first : prepared;
            return switch (name) {
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "getConnection" -> owner;
                case "addBatch" -> {
                    batch.add(text);
                    yield call.run();
                }
                case "clearBatch" -> {
                    batch.clear();
                    yield call.run();
                }
                case "executeBatch", "executeLargeBatch" -> {
                    String texts = String.join("; ", batch);
                    batch.clear();
                    yield at(Kind.STATEMENT, texts, connection, call);
                }
                default -> name.startsWith("execute") ? at(kindOf(text), text, connection, call) : call.run();
            };
        });
    }

    private static Object answer(Call call) throws Throwable {
        Object answer = call.run();
        if (answer == null) {
            throw new SQLException("The driver gave no statement");
        }
        return answer;
    }

    /** Several statements in one text are one request; if a commit is among them its answer is lost with the rest. */
    private static Kind kindOf(String sql) {
        if (COMMITS.matcher(sql).find()) {
            return Kind.COMMIT;
        }
        return ROLLS_BACK.matcher(sql).find() ? Kind.ROLLBACK : Kind.STATEMENT;
    }

    @FunctionalInterface
    private interface Handler {
        @Nullable
        Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable;
    }

    private static <T> T proxy(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler::invoke));
    }

    @Override
    public Connection getConnection() throws SQLException {
        return wrap(delegate.getConnection());
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return wrap(delegate.getConnection(user, password));
    }

    @Override
    DataSource delegate() {
        return delegate;
    }
}
