package io.rowlock.watch.jdbc;

import java.lang.ref.WeakReference;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import net.ttddyy.dsproxy.QueryInfo;
import net.ttddyy.dsproxy.proxy.ParameterSetOperation;
import org.jspecify.annotations.Nullable;

/** What is known of one statement object: its proxy, the step it takes or took last, and what was bound to it. */
final class ObservedStatement {

    private WeakReference<Statement> proxy = new WeakReference<>(null);
    private @Nullable JdbcStep step;
    private long startedNanos;
    private List<@Nullable Object> bound = List.of();

    void proxiedBy(Statement statement) {
        proxy = new WeakReference<>(statement);
    }

    /** The proxy, if the program still holds it. */
    @Nullable
    Statement proxy() {
        return proxy.get();
    }

    void begin(JdbcStep next) {
        step = next;
        startedNanos = System.nanoTime();
    }

    /** The step it takes, or took last; null before the first. */
    @Nullable
    JdbcStep step() {
        return step;
    }

    long nanos() {
        return System.nanoTime() - startedNanos;
    }

    List<JdbcCall> calls(List<QueryInfo> queries) {
        if (queries.size() == 1 && queries.get(0).getParametersList().size() <= 1) {
            return List.of(call(queries.get(0), queries.get(0).getParametersList()));
        }
        List<JdbcCall> calls = new ArrayList<>();
        for (QueryInfo query : queries) {
            if (query.getParametersList().isEmpty()) {
                calls.add(new JdbcCall(query.getQuery(), List.of()));
            }
            for (List<ParameterSetOperation> parameters : query.getParametersList()) {
                calls.add(call(query, List.of(parameters)));
            }
        }
        return calls;
    }

    private JdbcCall call(QueryInfo query, List<List<ParameterSetOperation>> parameters) {
        if (parameters.isEmpty()) {
            return new JdbcCall(query.getQuery(), List.of());
        }
        bound = BoundValues.of(parameters.get(0), bound);
        return new JdbcCall(query.getQuery(), bound);
    }
}
