package io.rowlock.dialect;

/**
 * The database's clock as an SQL expression that is read where a row is worked on: after whatever the statement had to wait for. What
 * expires is stored and judged by it, since the clocks that stand still during a statement or a transaction grant what has expired
 * already.
 *
 * <p>PostgreSQL has {@code clock_timestamp()}. Of MariaDB's and MySQL's functions only {@code SYSDATE} goes on inside a statement, and it is
 * in the session's time zone; so the clock is UTC at the statement's begin and what SYSDATE has gone on since. A server can be told to let
 * SYSDATE stand still ({@code --sysdate-is-now}): {@link #standsStill} asks. SQLite's {@code 'now'} stands still within a statement, which
 * waits for nobody once its transaction has the file's write lock; it counts milliseconds.
 *
 * <p><b>Holds when</b> the expression stands in a condition or an assignment of a row that is locked already, or that the engine looks at
 * again after a wait. <b>Breaks when</b> it is a value of an INSERT, or of an UPDATE that waits on PostgreSQL for a row that is locked and
 * not changed: both are computed before the wait. No engine goes by an index for a comparison with it.
 */
public final class RowClock {
    private static final String SYSDATE = "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))"
            + " + TIMESTAMPDIFF(MICROSECOND, NOW(6), SYSDATE(6))";

    private RowClock() {}

    /** Microseconds since 1970. */
    public static String micros(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
            case MARIADB, MYSQL -> "(" + SYSDATE + ")";
            case SQLITE -> "(" + millis(engine) + " * 1000)";
        };
    }

    /** Milliseconds since 1970. */
    public static String millis(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
            case MARIADB, MYSQL -> "((" + SYSDATE + ") DIV 1000)";
            case SQLITE -> "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
        };
    }

    /** A query of one number, which is 1 if this server's clock stands still during a statement; empty where none does. */
    public static String standsStill(Engine engine) {
        return engine.isInnodb() ? "SELECT SLEEP(0.002) + (NOW(6) = SYSDATE(6))" : "";
    }
}
