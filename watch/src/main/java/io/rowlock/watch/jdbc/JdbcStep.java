package io.rowlock.watch.jdbc;

import java.util.List;

/**
 * One step at a database.
 *
 * @param number counts the steps of one data source; 1, 2, 3
 * @param session on which connection
 * @param kind what it does
 * @param calls the SQL of a {@link Kind#STATEMENT}, several for a batch; empty for the others
 * @param autoCommit whether it is a transaction of its own
 */
public record JdbcStep(long number, JdbcSession session, Kind kind, List<JdbcCall> calls, boolean autoCommit) {

    /** What a step does. */
    public enum Kind {
        /** Runs SQL; that includes transaction control that is written as SQL. */
        STATEMENT,
        /** {@code commit()}, or {@code setAutoCommit(true)} in a transaction. */
        COMMIT,
        /** {@code rollback()}, or {@code close()} in a transaction: that of the pool is not seen. */
        ROLLBACK,
        /** {@code setSavepoint}. */
        SAVEPOINT,
        /** {@code rollback(savepoint)}. */
        ROLLBACK_TO_SAVEPOINT
    }

    public JdbcStep {
        calls = List.copyOf(calls);
    }

    /** What it does to the transaction that it runs in, whether by a method or by SQL. */
    public TransactionControl control() {
        return switch (kind) {
            case COMMIT -> TransactionControl.COMMITS;
            case ROLLBACK -> TransactionControl.ROLLS_BACK;
            case SAVEPOINT -> TransactionControl.SETS_SAVEPOINT;
            case ROLLBACK_TO_SAVEPOINT -> TransactionControl.ROLLS_BACK_TO_SAVEPOINT;
            case STATEMENT -> controlOf(calls);
        };
    }

    /** Of a batch that of its last SQL that does anything; equal texts of a prepared batch are looked at once. */
    static TransactionControl controlOf(List<JdbcCall> calls) {
        TransactionControl last = TransactionControl.NONE;
        String seen = null;
        for (JdbcCall call : calls) {
            if (!call.sql().equals(seen)) {
                seen = call.sql();
                TransactionControl control = TransactionControl.of(seen);
                last = control == TransactionControl.NONE ? last : control;
            }
        }
        return last;
    }
}
