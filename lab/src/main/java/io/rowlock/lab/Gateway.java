package io.rowlock.lab;

import io.rowlock.dialect.Engine;
import io.rowlock.watch.jdbc.JdbcObserver;
import io.rowlock.watch.jdbc.JdbcResult;
import io.rowlock.watch.jdbc.JdbcSession;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.jdbc.ObservedDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** One observed data source for as long as the lab is; who looks on changes with each exploration. */
final class Gateway implements JdbcObserver {
    private static final JdbcObserver NOBODY = new JdbcObserver() {};

    private final DataSource observed;
    private volatile JdbcObserver observer = NOBODY;

    private final boolean sqlite;

    Gateway(DataSource pool, Engine engine) {
        this.sqlite = engine == Engine.SQLITE;
        this.observed = ObservedDataSource.observe(pool, this);
    }

    DataSource observed() {
        return observed;
    }

    void open(JdbcObserver gates) {
        observer = gates;
    }

    void close() {
        observer = NOBODY;
    }

    @Override
    public void opened(JdbcSession session) throws SQLException {
        if (sqlite) {
            allowWrites(session.connection());
        }
        observer.opened(session);
    }

    /** An actor that ended while it only read has not switched that off, and no pool knows of it. */
    private static void allowWrites(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA query_only = OFF");
        }
    }

    @Override
    public void before(JdbcStep step) throws SQLException {
        observer.before(step);
    }

    @Override
    public void after(JdbcStep step, JdbcResult result) {
        observer.after(step, result);
    }

    @Override
    public void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
        observer.row(step, columns, values);
    }

    @Override
    public void closed(JdbcSession session) {
        observer.closed(session);
    }
}
