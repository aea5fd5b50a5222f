package io.rowlock.watch.trace;

import io.rowlock.dialect.Isolation;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One transaction; a statement in autocommit is one too.
 *
 * @param number tells transactions apart, in the order in which they began; 1, 2, 3
 * @param session the connection, as it was lent once
 * @param isolation its level; null if it is none of those that Rowlock knows
 * @param autoCommit whether it is a single statement in autocommit
 * @param statements in order, those among them that begin and end transactions in SQL
 * @param snapshotAt the index of the statement that fixed what plain reads see; empty if each has a snapshot of its own, or
 *     none was fixed
 * @param outcome how it ended
 * @param endedAt the sequence number of the step that ended it, or of its last statement
 */
public record Transaction(
        long number,
        long session,
        @Nullable Isolation isolation,
        boolean autoCommit,
        List<Statement> statements,
        OptionalInt snapshotAt,
        Outcome outcome,
        long endedAt) {

    /** How a transaction ended. */
    public enum Outcome {
        /** It was committed. */
        COMMITTED,
        /** It was rolled back, by the program or by {@code close}. */
        ROLLED_BACK,
        /** The commit failed: by the trace alone nobody knows. */
        COMMIT_FAILED,
        /** It had not ended when the trace was taken. */
        OPEN
    }

    /**
     * A lock that was asked for.
     *
     * @param statement the statement that asked
     * @param access what it locks
     */
    public record Lock(Statement statement, Access access) {}

    public Transaction {
        statements = List.copyOf(statements);
    }

    /** Its locks in the order in which they were asked for, those of failed statements left out. */
    public List<Lock> locks() {
        return statements.stream()
                .filter(statement -> statement.failure() == null)
                .flatMap(statement -> statement.accesses().stream()
                        .filter(access -> access.mode().locks())
                        .map(access -> new Lock(statement, access)))
                .toList();
    }
}
