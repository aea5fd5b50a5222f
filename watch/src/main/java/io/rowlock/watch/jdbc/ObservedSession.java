package io.rowlock.watch.jdbc;

import io.rowlock.watch.jdbc.JdbcStep.Kind;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import net.ttddyy.dsproxy.ConnectionInfo;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.proxy.NanoTimeStopwatchFactory;
import net.ttddyy.dsproxy.proxy.ProxyConfig;
import org.jspecify.annotations.Nullable;

/**
 * One lent connection: turns what the library's proxies tell into steps, and keeps what the proxies do not know, whether a
 * transaction is open. One thread at a time, as a connection is.
 *
 * <p>The library calls its listeners in front of the driver and outside of its own try, so what a listener throws reaches the
 * program and the driver is not called. {@code SQLException} is not declared there and is thrown all the same: each JDBC
 * method that leads here declares it.
 */
final class ObservedSession implements QueryExecutionListener, MethodExecutionListener {

    private static final String STEP = "step";

    /** Not all methods: {@code cancel} may come from another thread, and about another statement. */
    private static final Set<String> GIVES_ROWS = Set.of("executeQuery", "getResultSet", "getGeneratedKeys");

    private final JdbcSession session;
    private final JdbcObserver observer;
    private final LongSupplier numbers;
    private final Map<Statement, ObservedStatement> statements = new WeakHashMap<>();
    private @Nullable Statement called;
    private boolean autoCommit;
    /** Whether a transaction is open that is more than the statement that runs. */
    private boolean open;

    private boolean closed;

    private ObservedSession(JdbcSession session, JdbcObserver observer, LongSupplier numbers, boolean autoCommit) {
        this.session = session;
        this.observer = observer;
        this.numbers = numbers;
        this.autoCommit = autoCommit;
    }

    static Connection open(JdbcSession session, JdbcObserver observer, LongSupplier numbers) throws SQLException {
        ObservedSession observed = new ObservedSession(
                session, observer, numbers, session.connection().getAutoCommit());
        observer.opened(session);
        ConnectionInfo info = new ConnectionInfo();
        info.setConnectionId(Long.toString(session.number()));
        info.setDataSourceName("");
        // A configuration for each session, since it is what leads from a proxy to its session.
        ProxyConfig config = ProxyConfig.Builder.create()
                .dataSourceName("")
                .jdbcProxyFactory(new ObservedProxies(observed))
                .queryListener(observed)
                .methodListener(observed)
                .resultSetProxyLogicFactory((rows, i, c) -> observed.rows(rows, new Answers(observer)))
                .generatedKeysProxyLogicFactory((rows, i, c) -> observed.rows(rows, new GeneratedKeys(observer)))
                .stopwatchFactory(new NanoTimeStopwatchFactory())
                .build();
        return config.getJdbcProxyFactory().createConnection(session.connection(), info, config);
    }

    private record Answers(JdbcObserver observer) implements ObservedRows.Sink {
        @Override
        public void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
            observer.row(step, columns, values);
        }

        @Override
        public void exhausted(JdbcStep step) {
            observer.exhausted(step);
        }
    }

    private record GeneratedKeys(JdbcObserver observer) implements ObservedRows.Sink {
        @Override
        public void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
            observer.generatedKeys(step, columns, values);
        }

        @Override
        public void exhausted(JdbcStep step) {}
    }

    ObservedStatement statement(Statement statement) {
        return statements.computeIfAbsent(statement, s -> new ObservedStatement());
    }

    /** The statement that is called: what a driver says of a result set's statement is not always the one that ran. */
    private ObservedRows rows(ResultSet rows, ObservedRows.Sink sink) {
        return new ObservedRows(rows, statement(Objects.requireNonNull(called)), sink);
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        ObservedStatement statement = statement(execution.getStatement());
        List<JdbcCall> calls = statement.calls(queries);
        TransactionControl control = JdbcStep.controlOf(calls);
        boolean alone = autoCommit && !open && !control.begins();
        JdbcStep step = new JdbcStep(numbers.getAsLong(), session, Kind.STATEMENT, calls, alone);
        before(step);
        if (!autoCommit) {
            open = true;
        }
        statement.begin(step);
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        ObservedStatement statement = statement(execution.getStatement());
        JdbcStep step = Objects.requireNonNull(statement.step());
        long nanos = statement.nanos();
        SQLException failure = failure(execution.getThrowable());
        if (failure == null) {
            became(step.control());
        }
        observer.after(step, new JdbcResult(failure, updateCounts(execution, failure), nanos));
    }

    private void became(TransactionControl control) {
        switch (control) {
            case SWITCHES_AUTOCOMMIT_OFF -> autoCommit = false;
            case SWITCHES_AUTOCOMMIT_ON -> autoCommit = true;
            default -> {}
        }
        if (control.begins()) {
            open = true;
        } else if (control.ends()) {
            open = false;
        }
    }

    private static List<Long> updateCounts(ExecutionInfo execution, @Nullable SQLException failure) {
        if (failure instanceof BatchUpdateException batch) {
            return boxed(batch.getLargeUpdateCounts());
        }
        Object result = execution.getResult();
        if (failure != null || result == null) {
            return List.of();
        } else if (result instanceof Number count) {
            return List.of(count.longValue());
        } else if (result instanceof int[] counts) {
            return boxed(Arrays.stream(counts).asLongStream().toArray());
        } else if (result instanceof long[] counts) {
            return boxed(counts);
        } else if (Boolean.FALSE.equals(result)) {
            return first(execution.getStatement());
        }
        return List.of();
    }

    private static List<Long> first(Statement statement) {
        try {
            int count = statement.getUpdateCount();
            return count < 0 ? List.of() : List.of((long) count);
        } catch (SQLException e) {
            return List.of();
        }
    }

    private static List<Long> boxed(long @Nullable [] counts) {
        return counts == null ? List.of() : LongStream.of(counts).boxed().toList();
    }

    private static @Nullable SQLException failure(@Nullable Throwable thrown) {
        if (thrown == null || thrown instanceof SQLException) {
            return (SQLException) thrown;
        }
        return new SQLException("The driver failed (" + thrown + ")", thrown);
    }

    @Override
    public void beforeMethod(MethodExecutionContext context) {
        if (context.getTarget() instanceof Statement statement
                && GIVES_ROWS.contains(context.getMethod().getName())) {
            called = statement;
        }
        if (context.getTarget() != session.connection()) {
            return;
        }
        Kind kind = kind(context);
        if (kind == null) {
            return;
        }
        JdbcStep step = new JdbcStep(
                numbers.getAsLong(), session, kind, List.of(), kind != Kind.SAVEPOINT && autoCommit && !open);
        try {
            before(step);
        } catch (Throwable refusal) {
            if (isClose(context)) {
                closeAfter(refusal);
            }
            throw refusal;
        }
        context.addCustomValue(STEP, new Running(step, System.nanoTime()));
    }

    private record Running(JdbcStep step, long startedNanos) {}

    /** Which step a call of a connection's method is, or null. */
    private @Nullable Kind kind(MethodExecutionContext context) {
        Object[] arguments = context.getMethodArgs();
        return switch (context.getMethod().getName()) {
            case "commit" -> Kind.COMMIT;
            case "rollback" -> arguments == null || arguments.length == 0 ? Kind.ROLLBACK : Kind.ROLLBACK_TO_SAVEPOINT;
            case "setSavepoint" -> Kind.SAVEPOINT;
            case "setAutoCommit" -> open && Boolean.TRUE.equals(arguments[0]) ? Kind.COMMIT : null;
            case "close", "abort" -> open && !closed ? Kind.ROLLBACK : null;
            default -> null;
        };
    }

    private static boolean isClose(MethodExecutionContext context) {
        String name = context.getMethod().getName();
        return name.equals("close") || name.equals("abort");
    }

    private void closeAfter(Throwable refusal) {
        try {
            session.connection().close();
        } catch (SQLException e) {
            refusal.addSuppressed(e);
        }
        gone();
    }

    private void gone() {
        if (!closed) {
            closed = true;
            open = false;
            observer.closed(session);
        }
    }

    @Override
    public void afterMethod(MethodExecutionContext context) {
        if (context.getTarget() != session.connection()) {
            return;
        }
        SQLException failure = failure(context.getThrown());
        if (failure == null) {
            became(context);
        }
        Running running = context.getCustomValue(STEP, Running.class);
        if (running != null) {
            long nanos = System.nanoTime() - running.startedNanos();
            if (failure == null) {
                became(running.step().control());
            }
            observer.after(running.step(), new JdbcResult(failure, List.of(), nanos));
        }
        if (isClose(context)) {
            gone();
        }
    }

    private void became(MethodExecutionContext context) {
        switch (context.getMethod().getName()) {
            case "setAutoCommit" -> autoCommit = (Boolean) context.getMethodArgs()[0];
            case "setTransactionIsolation" -> observer.isolationSet(session, (Integer) context.getMethodArgs()[0]);
            case "setSavepoint" -> open = true;
            default -> {}
        }
    }

    private void before(JdbcStep step) {
        try {
            observer.before(step);
        } catch (SQLException e) {
            throw Sneaky.thrown(e);
        }
    }
}
