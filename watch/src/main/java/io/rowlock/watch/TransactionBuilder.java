package io.rowlock.watch;

import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.watch.jdbc.TransactionControl;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Statement;
import io.rowlock.watch.trace.Transaction;
import io.rowlock.watch.trace.Transaction.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A transaction while its steps are put together. */
final class TransactionBuilder {

    private final long number;
    private final long session;
    private final boolean autoCommit;
    private final List<Statement> statements = new ArrayList<>();
    private @Nullable Isolation isolation;
    private Outcome outcome = Outcome.OPEN;
    private long endedAt;

    TransactionBuilder(long number, long session, boolean autoCommit, @Nullable Isolation isolation) {
        this.number = number;
        this.session = session;
        this.autoCommit = autoCommit;
        this.isolation = isolation;
    }

    void isolation(@Nullable Isolation level) {
        isolation = level;
    }

    void add(Statement statement) {
        statements.add(statement);
        endedAt = statement.sequence();
    }

    void end(Outcome how, long sequence) {
        outcome = how;
        endedAt = sequence;
    }

    Transaction build(EngineProfile profile) {
        return new Transaction(
                number, session, isolation, autoCommit, statements, snapshotAt(profile), outcome, endedAt);
    }

    private OptionalInt snapshotAt(EngineProfile profile) {
        if (isolation == null) {
            return OptionalInt.empty();
        }
        return switch (profile.snapshotAt(isolation)) {
            case EACH_STATEMENT, NONE -> OptionalInt.empty();
            case FIRST_STATEMENT -> first(TransactionBuilder::reachesData);
            case FIRST_PLAIN_READ -> first(TransactionBuilder::readsPlainly);
        };
    }

    private OptionalInt first(Predicate<Statement> fixes) {
        for (int i = 0; i < statements.size(); i++) {
            if (fixes.test(statements.get(i))) {
                return OptionalInt.of(i);
            }
        }
        return OptionalInt.empty();
    }

    /** A query fixes it even without a table; settings and BEGIN do not, but BEGIN IMMEDIATE does (SQLite). */
    private static boolean reachesData(Statement statement) {
        String sql = statement.sql().strip().toLowerCase(Locale.ROOT);
        boolean begins = TransactionControl.of(sql) == TransactionControl.BEGINS;
        return !statement.accesses().isEmpty()
                || sql.startsWith("select")
                || sql.startsWith("with")
                || (begins && (sql.contains("immediate") || sql.contains("exclusive")));
    }

    private static boolean readsPlainly(Statement statement) {
        return statement.accesses().stream().anyMatch(access -> access.mode() == Access.Mode.READ)
                || statement.sql().toLowerCase(Locale.ROOT).contains("with consistent snapshot");
    }
}
