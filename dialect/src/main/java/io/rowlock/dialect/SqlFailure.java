package io.rowlock.dialect;

import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A failed database call, judged: what kind of failure it was and what the engine undid because of it.
 *
 * <p>This is the one place where SQLSTATEs, vendor codes and driver result codes are read. The judgement goes by engine
 * first, because the same code means different things: a lock wait timeout (1205) undoes one statement on InnoDB, where
 * committing afterwards is a partial commit; on PostgreSQL (55P03) the transaction is gone, and {@code commit()} returns
 * normally while nothing is stored.
 *
 * <p>Causes, {@linkplain SQLException#getNextException next exceptions} and batch failures are searched; the most telling
 * one decides. Immutable, safe for use by many threads.
 *
 * <p>Sources: PostgreSQL manual, appendix A and 13.5; MariaDB error code reference; MySQL 8.4 manual, "InnoDB Error
 * Handling"; SQLite "Result and Error Codes". Each row that can be provoked is pinned by a test against the real engine.
 *
 * @param kind what kind of failure it was
 * @param undone what the engine undid
 * @param error the exception that decided, never one wrapped around it
 */
public record SqlFailure(Kind kind, Undone undone, SQLException error) {

    /** What kind of failure a database call met. */
    public enum Kind {
        /** A concurrent transaction changed what this one read or wrote (40001, 1020). */
        SERIALIZATION,
        /** Two transactions waited for each other and this one was chosen to end (40P01, 1213). */
        DEADLOCK,
        /** A lock was not had in time, or not at once with NOWAIT (55P03, 1205, 3572). */
        LOCK_TIMEOUT,
        /** SQLite: another connection holds the lock that the statement needs. */
        BUSY,
        /** SQLite: the transaction's snapshot is too old to write from; waiting never helps, beginning anew does. */
        BUSY_SNAPSHOT,
        /** A unique or primary key is taken. */
        UNIQUE,
        /** Another constraint refused: foreign key, check, not null. */
        CONSTRAINT,
        /** The statement was cancelled or ran out of its time. */
        CANCELLED,
        /** The transaction had failed before, and this statement was refused because of it (25P02). */
        ABORTED,
        /** No connection could be had: pool empty, server away or not taking more. */
        NO_CONNECTION,
        /** The server refused user or password. */
        ACCESS_DENIED,
        /** The user lacks the right to do that (42501, 1142, 1143, 1227, 1370). */
        NOT_PERMITTED,
        /** The connection broke during the call. */
        CONNECTION_LOST,
        /** The connection broke while a commit was under way: it may have happened or not. */
        COMMIT_UNKNOWN,
        /** Disk full, I/O error, file not writable or damaged. */
        STORAGE,
        /** The statement is wrong: syntax, unknown table or column, type, writing in a read-only transaction. */
        PROGRAM,
        /** None of the above. */
        OTHER
    }

    /** What the engine undid because of the failure. */
    public enum Undone {
        /** Nothing: the statement had no effect to undo, and the transaction is as it was. */
        NOTHING,
        /** The failed statement; what the transaction did before it still stands and would be committed. */
        STATEMENT,
        /** The whole transaction: later statements would run outside of it or be refused. */
        TRANSACTION,
        /** It cannot be told from here. */
        UNKNOWN
    }

    /**
     * Judges a failure.
     *
     * @param engine the engine that the call went to
     * @param thrown what was thrown; causes and chained exceptions are searched for the {@link SQLException} that tells
     *     most
     * @return the verdict; {@link Kind#OTHER} with {@link Undone#UNKNOWN} if nothing in the chain is known
     */
    public static SqlFailure of(Engine engine, Throwable thrown) {
        SqlFailure best = null;
        for (SQLException candidate : chain(thrown)) {
            SqlFailure verdict = judge(engine, candidate);
            if (verdict.kind != Kind.OTHER) {
                return verdict;
            }
            if (best == null) {
                best = verdict;
            }
        }
        return best != null ? best : new SqlFailure(Kind.OTHER, Undone.UNKNOWN, new SQLException(thrown));
    }

    /**
     * The same failure, met while a commit was under way. A lost connection then becomes {@link Kind#COMMIT_UNKNOWN}: the
     * commit may have reached the server. So does a storage failure of which the engine does not say what it undid, and
     * one that no server reported. An error that a server reported means that it did not commit.
     */
    public SqlFailure duringCommit() {
        boolean unknown = switch (kind) {
            case CONNECTION_LOST -> true;
            case STORAGE -> undone == Undone.UNKNOWN;
            case OTHER -> state(error).isEmpty();
            default -> false;
        };
        return unknown ? new SqlFailure(Kind.COMMIT_UNKNOWN, Undone.UNKNOWN, error) : this;
    }

    /**
     * Whether running the whole unit again, in a new transaction, may succeed without anything else changing. Never true
     * for {@link Kind#COMMIT_UNKNOWN}.
     */
    public boolean mayPass() {
        return switch (kind) {
            case SERIALIZATION, DEADLOCK, LOCK_TIMEOUT, BUSY, BUSY_SNAPSHOT -> true;
            default -> false;
        };
    }

    /** The failure's facts in one line, without any bound value: kind, what was undone, SQLSTATE and vendor code. */
    public String facts() {
        return "kind=" + kind + ", undone=" + undone + ", sqlState=" + error.getSQLState() + ", code="
                + error.getErrorCode();
    }

    private static SqlFailure judge(Engine engine, SQLException error) {
        return switch (engine) {
            case POSTGRESQL -> postgres(error);
            case MARIADB, MYSQL -> innodb(error);
            case SQLITE -> sqlite(error);
        };
    }

    // In PostgreSQL any error inside a transaction aborts it, so what was undone is always the transaction; outside of
    // one
    // the statement was a transaction of its own.
    private static SqlFailure postgres(SQLException error) {
        String state = state(error);
        Kind kind = switch (state) {
            case "40001" -> Kind.SERIALIZATION;
            case "40P01" -> Kind.DEADLOCK;
            case "40003" -> Kind.COMMIT_UNKNOWN;
            case "55P03" -> Kind.LOCK_TIMEOUT;
            case "57014" -> Kind.CANCELLED;
            case "23505" -> Kind.UNIQUE;
            case "42501" -> Kind.NOT_PERMITTED;
            case "25P02" -> Kind.ABORTED;
            case "25006" -> Kind.PROGRAM;
            case "57P01", "57P02" -> Kind.CONNECTION_LOST;
            case "57P03", "53300" -> Kind.NO_CONNECTION;
            default -> byClass(state);
        };
        return new SqlFailure(kind, extent(kind, Undone.TRANSACTION), error);
    }

    private static SqlFailure innodb(SQLException error) {
        return switch (error.getErrorCode()) {
            case 1213 -> new SqlFailure(Kind.DEADLOCK, Undone.TRANSACTION, error);
            case 1020 -> new SqlFailure(Kind.SERIALIZATION, Undone.TRANSACTION, error);
            case 1205, 3572 -> new SqlFailure(Kind.LOCK_TIMEOUT, Undone.STATEMENT, error);
            case 1062, 1586, 1859 -> new SqlFailure(Kind.UNIQUE, Undone.STATEMENT, error);
            case 1048, 1216, 1217, 1364, 1451, 1452, 3819, 4025 ->
                new SqlFailure(Kind.CONSTRAINT, Undone.STATEMENT, error);
            case 1317, 1969, 3024 -> new SqlFailure(Kind.CANCELLED, Undone.STATEMENT, error);
            case 1040, 1047, 1203, 1226 -> new SqlFailure(Kind.NO_CONNECTION, Undone.NOTHING, error);
            case 1044, 1045, 1698 -> new SqlFailure(Kind.ACCESS_DENIED, Undone.NOTHING, error);
            case 1142, 1143, 1227, 1370 -> new SqlFailure(Kind.NOT_PERMITTED, Undone.STATEMENT, error);
            case 1053, 1927, 2006, 2013, 4031 -> new SqlFailure(Kind.CONNECTION_LOST, Undone.TRANSACTION, error);
            case 1021, 1030, 1114 -> new SqlFailure(Kind.STORAGE, Undone.STATEMENT, error);
            case 1180 -> new SqlFailure(Kind.COMMIT_UNKNOWN, Undone.UNKNOWN, error);
            case 1792 -> new SqlFailure(Kind.PROGRAM, Undone.STATEMENT, error);
            default -> {
                Kind kind = byClass(state(error));
                yield new SqlFailure(kind, extent(kind, Undone.STATEMENT), error);
            }
        };
    }

    // The driver's getErrorCode() is 5 for BUSY and for BUSY_SNAPSHOT alike: only the extended result code tells them
    // apart.
    private static SqlFailure sqlite(SQLException error) {
        int result = SqliteResult.code(error);
        return switch (result) {
            case 517 -> new SqlFailure(Kind.BUSY_SNAPSHOT, Undone.NOTHING, error);
            case 1555, 2067, 2579 -> new SqlFailure(Kind.UNIQUE, Undone.STATEMENT, error);
            default ->
                switch (result & 0xff) {
                    case 5, 6 -> new SqlFailure(Kind.BUSY, Undone.NOTHING, error);
                    case 19 -> new SqlFailure(Kind.CONSTRAINT, Undone.STATEMENT, error);
                    case 9 -> new SqlFailure(Kind.CANCELLED, Undone.UNKNOWN, error);
                    case 7, 8, 10, 11, 13, 14, 26 -> new SqlFailure(Kind.STORAGE, Undone.UNKNOWN, error);
                    case 1, 20, 25 -> new SqlFailure(Kind.PROGRAM, Undone.STATEMENT, error);
                    default -> {
                        // Not from the driver: a pool or wrapper says that the connection is gone.
                        Kind kind = byClass(state(error));
                        yield new SqlFailure(kind, extent(kind, Undone.UNKNOWN), error);
                    }
                };
        };
    }

    private static Kind byClass(String state) {
        if (state.length() != 5) {
            return Kind.OTHER;
        }
        return switch (state.substring(0, 2)) {
            case "08" -> "08001".equals(state) || "08004".equals(state) ? Kind.NO_CONNECTION : Kind.CONNECTION_LOST;
            case "22", "42", "0A", "26", "34" -> Kind.PROGRAM;
            case "23" -> Kind.CONSTRAINT;
            case "28" -> Kind.ACCESS_DENIED;
            case "53", "58" -> Kind.STORAGE;
            default -> Kind.OTHER;
        };
    }

    private static Undone extent(Kind kind, Undone ordinary) {
        return switch (kind) {
            case NO_CONNECTION, ACCESS_DENIED -> Undone.NOTHING;
            case CONNECTION_LOST -> Undone.TRANSACTION;
            case COMMIT_UNKNOWN -> Undone.UNKNOWN;
            default -> ordinary;
        };
    }

    private static String state(SQLException error) {
        @Nullable String state = error.getSQLState();
        return state == null ? "" : state.toUpperCase(Locale.ROOT);
    }

    private static Set<SQLException> chain(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<SQLException> found = new java.util.LinkedHashSet<>();
        Deque<Throwable> open = new ArrayDeque<>();
        open.add(thrown);
        while (!open.isEmpty()) {
            Throwable next = open.poll();
            if (!seen.add(next)) {
                continue;
            }
            if (next instanceof SQLException sql) {
                found.add(sql);
                if (sql.getNextException() != null) {
                    open.add(sql.getNextException());
                }
            }
            if (next.getCause() != null) {
                open.add(next.getCause());
            }
        }
        return found;
    }
}
