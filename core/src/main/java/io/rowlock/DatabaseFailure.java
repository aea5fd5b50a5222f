package io.rowlock;

import io.rowlock.dialect.SqlFailure;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The database refused or failed, and running the unit again would not help: a unique key is taken, a constraint refused,
 * the server is away, the SQL is wrong. Nothing of the unit is stored. {@link #failure} tells which.
 */
public final class DatabaseFailure extends RowlockException {
    private static final long serialVersionUID = 1;

    private final transient SqlFailure failure;

    public DatabaseFailure(SqlFailure failure, Map<String, Object> facts) {
        super("Database failure", withVerdict(failure, facts), failure.error());
        this.failure = failure;
    }

    private static Map<String, Object> withVerdict(SqlFailure failure, Map<String, Object> facts) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kind", failure.kind());
        all.put("undone", failure.undone());
        all.put("sqlState", String.valueOf(failure.error().getSQLState()));
        all.put("code", failure.error().getErrorCode());
        all.putAll(facts);
        return all;
    }

    /** What kind of failure it was and what the engine undid. */
    public SqlFailure failure() {
        return failure;
    }

    /** Shorthand for {@code failure().kind()}. */
    public SqlFailure.Kind kind() {
        return failure.kind();
    }
}
