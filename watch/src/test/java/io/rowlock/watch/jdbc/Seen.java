package io.rowlock.watch.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Keeps all that it is shown, as text where a test compares text. */
class Seen implements JdbcObserver {

    final List<JdbcStep> before = Collections.synchronizedList(new ArrayList<>());
    final List<JdbcStep> steps = Collections.synchronizedList(new ArrayList<>());
    final List<JdbcResult> results = Collections.synchronizedList(new ArrayList<>());
    final List<String> rows = Collections.synchronizedList(new ArrayList<>());
    final List<String> keys = Collections.synchronizedList(new ArrayList<>());
    final List<String> sessions = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void opened(JdbcSession session) {
        sessions.add("opened " + session.number());
    }

    @Override
    public void isolationSet(JdbcSession session, int level) {
        sessions.add("isolation " + level);
    }

    @Override
    public void before(JdbcStep step) throws SQLException {
        before.add(step);
    }

    @Override
    public void after(JdbcStep step, JdbcResult result) {
        steps.add(step);
        results.add(result);
    }

    @Override
    public void row(JdbcStep step, List<String> columns, List<Object> values) {
        rows.add(step.number() + " " + columns + "=" + values);
    }

    @Override
    public void generatedKeys(JdbcStep step, List<String> columns, List<Object> values) {
        keys.add(step.number() + " " + values);
    }

    @Override
    public void closed(JdbcSession session) {
        sessions.add("closed " + session.number());
    }

    void clear() {
        before.clear();
        steps.clear();
        results.clear();
        rows.clear();
        keys.clear();
        sessions.clear();
    }

    /** Each step as its kind, or its SQL, {@code *} where it is a transaction of its own. */
    List<String> told() {
        return steps.stream()
                .map(step -> (step.kind() == JdbcStep.Kind.STATEMENT
                                ? String.join(
                                        "; ",
                                        step.calls().stream().map(Seen::text).toList())
                                : step.kind().name())
                        + (step.autoCommit() ? " *" : ""))
                .toList();
    }

    private static String text(JdbcCall call) {
        return call.sql() + (call.values().isEmpty() ? "" : " " + call.values());
    }
}
