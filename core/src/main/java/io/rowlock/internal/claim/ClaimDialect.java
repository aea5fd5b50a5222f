package io.rowlock.internal.claim;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.RowClock;

/**
 * What differs between engines in the statements of a queue. Two clocks: the one at the row, by which a claim runs out, is read when
 * the row is at hand, after all waiting; the one of the statement says what is due, and is a constant to the planner, so that the
 * index can be gone by.
 */
abstract class ClaimDialect {
    private final Engine engine;

    private ClaimDialect(Engine engine) {
        this.engine = engine;
    }

    static ClaimDialect of(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> new OnPostgres();
            case MARIADB, MYSQL -> new OnInnodb(engine);
            case SQLITE -> new OnSqlite();
        };
    }

    /** How items are taken. */
    enum TakeForm {
        /** One statement that answers the rows it changes. */
        RETURNING,
        /** One compound statement with its own transaction, that answers row by row. */
        COMPOUND,
        /** A transaction that locks the rows, changes them, and reads them. */
        STEPWISE
    }

    abstract TakeForm takeForm();

    /** Microseconds since 1970 at the row. */
    final String rowNow() {
        return RowClock.micros(engine);
    }

    /** The moment at which the statement began, to be compared with a column of an {@code Instant}. */
    abstract String statementNow();

    abstract String greatest(String a, String b);

    abstract String concat(String a, String b);

    /** What a SELECT that takes its rows appends. */
    abstract String takeLock();

    /** Whether a plain look, that disturbs no writer, comes before taking. */
    boolean looksFirst() {
        return false;
    }

    /** A change of one row whose values are computed after its lock was had. */
    String afterLock(String table, String change, String where) {
        return change + " WHERE " + where;
    }

    /** How often the condition of {@link #afterLock} is bound. */
    int whereBound() {
        return 1;
    }

    private static final class OnPostgres extends ClaimDialect {
        OnPostgres() {
            super(Engine.POSTGRESQL);
        }

        @Override
        TakeForm takeForm() {
            return TakeForm.RETURNING;
        }

        @Override
        String statementNow() {
            return "statement_timestamp()";
        }

        @Override
        String greatest(String a, String b) {
            return "GREATEST(" + a + ", " + b + ")";
        }

        @Override
        String concat(String a, String b) {
            return a + " || " + b;
        }

        @Override
        String takeLock() {
            return " FOR NO KEY UPDATE SKIP LOCKED";
        }

        /**
         * An UPDATE computes its values first and waits for the row then; it computes them again only if whoever held the row has
         * changed it. So the row is locked by a condition that stands by itself, which is evaluated before.
         */
        @Override
        String afterLock(String table, String change, String where) {
            return "WITH held AS MATERIALIZED (SELECT 1 FROM " + table + " WHERE " + where + " FOR NO KEY UPDATE) "
                    + change + " WHERE " + where + " AND EXISTS (SELECT 1 FROM held)";
        }

        @Override
        int whereBound() {
            return 2;
        }
    }

    private static final class OnInnodb extends ClaimDialect {
        private final TakeForm form;

        OnInnodb(Engine engine) {
            super(engine);
            form = engine == Engine.MARIADB ? TakeForm.COMPOUND : TakeForm.STEPWISE;
        }

        @Override
        TakeForm takeForm() {
            return form;
        }

        @Override
        String statementNow() {
            return "UTC_TIMESTAMP(6)";
        }

        @Override
        String greatest(String a, String b) {
            return "GREATEST(" + a + ", " + b + ")";
        }

        @Override
        String concat(String a, String b) {
            return "CONCAT(" + a + ", " + b + ")";
        }

        @Override
        String takeLock() {
            return " FOR UPDATE SKIP LOCKED";
        }
    }

    private static final class OnSqlite extends ClaimDialect {
        OnSqlite() {
            super(Engine.SQLITE);
        }

        @Override
        TakeForm takeForm() {
            return TakeForm.STEPWISE;
        }

        @Override
        String statementNow() {
            return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')";
        }

        @Override
        String greatest(String a, String b) {
            return "MAX(" + a + ", " + b + ")";
        }

        @Override
        String concat(String a, String b) {
            return a + " || " + b;
        }

        @Override
        String takeLock() {
            return "";
        }

        @Override
        boolean looksFirst() {
            return true;
        }
    }
}
