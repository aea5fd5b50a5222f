package io.rowlock.app.compare;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.ExecutionInfo;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.listener.MethodExecutionContext;
import net.ttddyy.dsproxy.listener.MethodExecutionListener;
import net.ttddyy.dsproxy.listener.QueryExecutionListener;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long transactions hold locks, seen from the client: from the answer to the first statement that locks to the answer to the
 * commit or rollback. A statement that is a transaction by itself counts with its whole time, waiting included, which is more
 * than it holds them. Thread-safe.
 */
final class Held implements QueryExecutionListener, MethodExecutionListener {
    private static final long MAX_NANOS = 120_000_000_000L;
    private static final Pattern BEGINS = Pattern.compile("\\b(BEGIN|START TRANSACTION)\\b");
    private static final Pattern ENDS = Pattern.compile("\\b(COMMIT|ROLLBACK(?! TO))\\b");
    private static final Pattern LOCKS =
            Pattern.compile("\\b(INSERT|UPDATE|DELETE|FOR SHARE|LOCK IN SHARE MODE|BEGIN IMMEDIATE|PG_ADVISORY)\\b");

    private final Map<String, Transaction> open = new ConcurrentHashMap<>();
    private volatile Histogram nanos = fresh();

    /** What is open on a connection. */
    private static final class Transaction {
        private boolean begun;
        private long lockedAt;
        private long statementAt;
    }

    /** The pool, watched. */
    DataSource watching(DataSource pool) {
        return ProxyDataSourceBuilder.create(pool)
                .listener(this)
                .methodListener(this)
                .build();
    }

    /** Forgets what was seen. */
    void reset() {
        nanos = fresh();
    }

    /** What was seen since the last reset, in nanoseconds. */
    Histogram seen() {
        return nanos;
    }

    private static Histogram fresh() {
        return new ConcurrentHistogram(MAX_NANOS, 3);
    }

    @Override
    public void beforeQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        transaction(execution.getConnectionId()).statementAt = System.nanoTime();
    }

    @Override
    public void afterQuery(ExecutionInfo execution, List<QueryInfo> queries) {
        long now = System.nanoTime();
        Transaction transaction = transaction(execution.getConnectionId());
        String sql = queries.isEmpty() ? "" : queries.get(0).getQuery().toUpperCase(Locale.ROOT);
        boolean locks = execution.isSuccess() && LOCKS.matcher(sql).find();
        boolean ends = ENDS.matcher(sql).find();
        boolean begins = BEGINS.matcher(sql).find();
        if (!transaction.begun && (!begins || ends) && autoCommits(execution)) {
            if (locks) {
                record(now - transaction.statementAt);
            }
            return;
        }
        transaction.begun = true;
        if (locks && transaction.lockedAt == 0) {
            transaction.lockedAt = ends ? transaction.statementAt : now;
        }
        if (ends) {
            over(execution.getConnectionId(), now);
        }
    }

    private static boolean autoCommits(ExecutionInfo execution) {
        try {
            Connection connection = execution.getStatement().getConnection();
            return connection == null || connection.getAutoCommit();
        } catch (SQLException closed) {
            return true;
        }
    }

    @Override
    public void beforeMethod(MethodExecutionContext method) {
        // Only what has ended counts.
    }

    @Override
    public void afterMethod(MethodExecutionContext method) {
        String name = method.getMethod().getName();
        if (method.getTarget() instanceof Connection && (name.equals("commit") || name.equals("rollback"))) {
            over(method.getConnectionInfo().getConnectionId(), System.nanoTime());
        }
    }

    private void over(String connection, long now) {
        Transaction transaction = open.remove(connection);
        if (transaction != null && transaction.lockedAt != 0) {
            record(now - transaction.lockedAt);
        }
    }

    private Transaction transaction(String connection) {
        return open.computeIfAbsent(connection, id -> new Transaction());
    }

    private void record(long held) {
        nanos.recordValue(Math.min(MAX_NANOS, Math.max(0, held)));
    }
}
