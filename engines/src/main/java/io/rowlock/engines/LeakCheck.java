package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a finished piece of work left behind in a {@link Database}: a connection that was not closed, a transaction
 * that is still open, a lock that is still held. {@link Databases} does it after every test method.
 *
 * <p>It asks the engine, not the code, so that what another process or an unknown library did in this database is seen as
 * well. What is about to end, such as the transaction of a connection that was cut, is given two seconds.
 *
 * <p>One thing no engine tells: on MariaDB, a lock of {@code GET_LOCK} held by a connection that the {@link Database} did not
 * hand out.
 *
 * <p>Safe for use by many threads; meant for moments at which no work runs.
 */
public final class LeakCheck {

    /** A server needs a moment to notice that a client is gone, and to roll back. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final String POSTGRES_TRANSACTIONS = """
            SELECT pid, application_name, state, query
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND backend_type = 'client backend' AND xact_start IS NOT NULL
            """;

    private static final String POSTGRES_LOCKS = """
            SELECT l.pid, l.classid, l.objid, l.mode
            FROM pg_locks l JOIN pg_database d ON d.oid = l.database
            WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.granted
              AND l.pid <> pg_backend_pid()
            """;

    private static final String POSTGRES_PREPARED =
            "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()";

    /** The table of the same name is made on the disk for each question. */
    private static final String MARIADB_CONNECTIONS = "SHOW PROCESSLIST";

    /**
     * The table innodb_trx is a copy that is renewed at most every 0.1 s, and never while it is asked more often, so it may
     * show what was. The status text is made when asked for.
     */
    private static final String MARIADB_STATUS = "SHOW ENGINE INNODB STATUS";

    private static final Pattern MARIADB_TRANSACTION = Pattern.compile(
            "^---TRANSACTION (?<id>[^,]+), ACTIVE (?<state>[^\\n]*)\\n(?<body>(?:(?!---)[^\\n]*\\n)*)",
            Pattern.MULTILINE);
    private static final Pattern MARIADB_THREAD = Pattern.compile("(?:MariaDB|MySQL) thread id (\\d+)");

    private static final int NO_SUCH_THREAD = 1094;
    private static final int SQL_SHOWN_MAX = 200;

    private final Database database;
    private final Loans loans;
    private final ReentrantLock lock = new ReentrantLock();
    /** Kept open, since tests are many and a look at the end of each must cost next to nothing. */
    private @Nullable Connection observer;

    LeakCheck(Database database, Loans loans) {
        this.database = database;
        this.loans = loans;
    }

    /**
     * Looks, and changes nothing but one thing: on MariaDB, named locks of pooled connections are found by releasing them.
     *
     * @return what was left behind, empty if nothing was
     */
    public List<Leak> find() {
        List<Leak> certain = new ArrayList<>();
        List<Leak> found = new ArrayList<>();
        Eventually.await(PATIENCE, () -> {
            found.clear();
            found.addAll(look(certain));
            return found.stream().allMatch(LeakCheck::cannotEndByItself);
        });
        found.addAll(0, certain);
        return List.copyOf(found);
    }

    /**
     * Fails if something was left behind, after having cleared it away.
     *
     * @param work what was done, for the message
     * @throws AssertionError naming each leak, with the stacks that borrowed or closed the connections as suppressed
     */
    public void requireNone(String work) {
        List<Leak> leaks = find();
        if (!leaks.isEmpty()) {
            cleanUp();
            throw failure(work, leaks);
        }
        loans.forgetReturned();
    }

    /** Ends every transaction, releases every lock and closes every connection of this database, whoever has it. */
    public void cleanUp() {
        for (Loans.Loan loan : loans.all()) {
            if (loan.isOpen()) {
                severQuietly(loan.physical());
            }
        }
        database.closeExtras(true);
        loans.forget();
        if (database.engine() != Engine.SQLITE) {
            asObserver(this::endForeign);
            Eventually.await(PATIENCE, () -> look(new ArrayList<>()).isEmpty());
        }
    }

    AssertionError failure(String work, List<Leak> leaks) {
        StringBuilder text = new StringBuilder(
                "Left behind (engine=%s, work=%s, count=%d)".formatted(database.engine(), work, leaks.size()));
        leaks.forEach(leak -> text.append("\n  ").append(leak));
        AssertionError error = new AssertionError(text.toString());
        // The stack of this look says nothing; those of the borrowers do.
        error.setStackTrace(new StackTraceElement[0]);
        leaks.forEach(leak -> leak.where().ifPresent(error::addSuppressed));
        return error;
    }

    /** In a pool, where nobody can get at it: the stack of one that was given back is known, and so is where it lies. */
    private static boolean cannotEndByItself(Leak leak) {
        return leak.stack() != null && (leak.kind() == Leak.Kind.TRANSACTION || leak.kind() == Leak.Kind.LOCK);
    }

    /** One look. Findings that a second look would not repeat go to {@code certain}. */
    private List<Leak> look(List<Leak> certain) {
        List<Leak> leaks = new ArrayList<>();
        for (Loans.Loan loan : loans.all()) {
            if (loan.isOpen()) {
                leaks.add(new Leak(Leak.Kind.CONNECTION, "thread=" + loan.thread(), loan.borrowedAt()));
            }
        }
        asObserver(connection -> {
            List<Leak> seen = new ArrayList<>();
            switch (database.engine()) {
                case SQLITE -> lookAtFile(connection, seen);
                case POSTGRESQL -> lookAtPostgres(connection, seen);
                default -> {
                    lookAtMariaDb(connection, seen);
                    lookAtNamedLocks(certain);
                }
            }
            leaks.addAll(seen);
        });
        return leaks;
    }

    private void lookAtPostgres(Connection connection, List<Leak> leaks) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet rows = statement.executeQuery(POSTGRES_TRANSACTIONS)) {
                while (rows.next()) {
                    String state = Optional.ofNullable(rows.getString(3)).orElse("unknown");
                    Leak.Kind kind = state.startsWith("idle") ? Leak.Kind.TRANSACTION : Leak.Kind.STATEMENT;
                    leaks.add(new Leak(
                            kind,
                            "pid=%d, application=%s, state=%s, sql=%s"
                                    .formatted(rows.getLong(1), rows.getString(2), state, shown(rows.getString(4))),
                            stackOf(rows.getLong(1), "SELECT pg_backend_pid()")));
                }
            }
            try (ResultSet rows = statement.executeQuery(POSTGRES_LOCKS)) {
                while (rows.next()) {
                    leaks.add(new Leak(
                            Leak.Kind.LOCK,
                            "pid=%d, type=advisory, classid=%d, objid=%d, mode=%s"
                                    .formatted(rows.getLong(1), rows.getLong(2), rows.getLong(3), rows.getString(4)),
                            stackOf(rows.getLong(1), "SELECT pg_backend_pid()")));
                }
            }
            try (ResultSet rows = statement.executeQuery(POSTGRES_PREPARED)) {
                while (rows.next()) {
                    leaks.add(new Leak(Leak.Kind.TRANSACTION, "prepared=" + rows.getString(1), null));
                }
            }
        }
    }

    private void lookAtMariaDb(Connection connection, List<Leak> leaks) throws SQLException {
        String status;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(MARIADB_STATUS)) {
            status = rows.next() ? rows.getString(3) : "";
        }
        Matcher transaction = MARIADB_TRANSACTION.matcher(status);
        Map<Long, String> active = new LinkedHashMap<>();
        while (transaction.find()) {
            Matcher thread = MARIADB_THREAD.matcher(transaction.group("body"));
            if (thread.find()) {
                active.put(
                        Long.valueOf(thread.group(1)),
                        transaction.group("state").strip());
            }
        }
        if (active.isEmpty()) {
            return;
        }
        Map<Long, String> here = mariaDbConnections(connection);
        active.keySet().retainAll(here.keySet());
        active.forEach((thread, state) -> {
            String sql = here.getOrDefault(thread, "");
            leaks.add(new Leak(
                    sql.isEmpty() ? Leak.Kind.TRANSACTION : Leak.Kind.STATEMENT,
                    "thread=%d, active=%s%s".formatted(thread, state, sql.isEmpty() ? "" : ", sql=" + shown(sql)),
                    stackOf(thread, "SELECT connection_id()")));
        });
    }

    private Map<Long, String> mariaDbConnections(Connection connection) throws SQLException {
        Map<Long, String> here = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(MARIADB_CONNECTIONS)) {
            while (rows.next()) {
                String sql = Objects.requireNonNullElse(rows.getString("Info"), "");
                if (database.name().equals(rows.getString("db")) && !sql.equals(MARIADB_CONNECTIONS)) {
                    here.put(rows.getLong("Id"), sql);
                }
            }
        }
        return here;
    }

    /** No table of the server lists named locks; each session is asked for its own. */
    private void lookAtNamedLocks(List<Leak> leaks) {
        for (Loans.Loan loan : loans.all()) {
            if (!loan.isOpen()) {
                long released = askQuietly(loan.physical(), "SELECT RELEASE_ALL_LOCKS()")
                        .orElse(0L);
                if (released > 0) {
                    leaks.add(new Leak(Leak.Kind.LOCK, "type=named, count=" + released, loan.returnedAt()));
                }
            }
        }
    }

    private void lookAtFile(Connection connection, List<Leak> leaks) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 0");
            try {
                statement.execute("BEGIN IMMEDIATE");
                statement.execute("ROLLBACK");
            } catch (SQLException e) {
                leaks.add(new Leak(Leak.Kind.LOCK, "type=write, error=" + e.getMessage(), stackOfOpenTransaction()));
                return;
            }
            try (ResultSet rows = statement.executeQuery("PRAGMA wal_checkpoint(TRUNCATE)")) {
                if (rows.next() && rows.getInt(1) != 0) {
                    leaks.add(new Leak(Leak.Kind.TRANSACTION, "type=read", stackOfOpenTransaction()));
                }
            }
        }
    }

    private @Nullable Throwable stackOfOpenTransaction() {
        for (Loans.Loan loan : loans.all()) {
            if (!loan.isOpen() && isInTransaction(loan.physical())) {
                return loan.returnedAt();
            }
        }
        return null;
    }

    /** SQLite has no question for it, but a second BEGIN is refused. */
    private static boolean isInTransaction(Connection physical) {
        try (Statement statement = physical.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("ROLLBACK");
            return false;
        } catch (SQLException e) {
            return String.valueOf(e.getMessage()).contains("within a transaction");
        }
    }

    /** Who last had the connection that the server knows by this number. */
    private @Nullable Throwable stackOf(long number, String question) {
        for (Loans.Loan loan : loans.all()) {
            if (!loan.isOpen()
                    && askQuietly(loan.physical(), question)
                            .filter(n -> n == number)
                            .isPresent()) {
                return loan.returnedAt();
            }
        }
        return null;
    }

    private static Optional<Long> askQuietly(Connection physical, String question) {
        try (Statement statement = physical.createStatement();
                ResultSet rows = statement.executeQuery(question)) {
            return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    /** Ends what no pool of ours holds. */
    private void endForeign(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (database.engine() == Engine.POSTGRESQL) {
                for (String gid : strings(statement, POSTGRES_PREPARED)) {
                    statement.execute("ROLLBACK PREPARED '" + gid.replace("'", "''") + "'");
                }
                Set<String> pids = new LinkedHashSet<>(strings(statement, POSTGRES_TRANSACTIONS));
                pids.addAll(strings(statement, POSTGRES_LOCKS));
                for (String pid : pids) {
                    statement.execute("SELECT pg_terminate_backend(" + pid + ")");
                }
            } else {
                List<Leak> open = new ArrayList<>();
                lookAtMariaDb(connection, open);
                if (!open.isEmpty()) {
                    kill(statement, mariaDbConnections(connection).keySet());
                }
            }
        }
    }

    private static void kill(Statement statement, Collection<Long> threads) throws SQLException {
        for (long thread : threads) {
            try {
                statement.execute("KILL " + thread);
            } catch (SQLException e) {
                if (e.getErrorCode() != NO_SUCH_THREAD) {
                    throw e;
                }
            }
        }
    }

    private static List<String> strings(Statement statement, String sql) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    @FunctionalInterface
    private interface Look {
        void at(Connection connection) throws SQLException;
    }

    /** The work may have ended every connection of the database, this one included; then a new one looks. */
    private void asObserver(Look look) {
        lock.lock();
        try {
            Connection known = observer;
            if (known != null && sees(known, look)) {
                return;
            }
            close();
            Connection fresh = database.open();
            observer = fresh;
            look.at(fresh);
        } catch (SQLException e) {
            close();
            throw new IllegalStateException("The database could not be looked at (database=" + database + ")", e);
        } finally {
            lock.unlock();
        }
    }

    private static boolean sees(Connection connection, Look look) throws SQLException {
        try {
            look.at(connection);
            return true;
        } catch (SQLException e) {
            if (connection.isValid(1)) {
                throw e;
            }
            return false;
        }
    }

    void close() {
        lock.lock();
        try {
            Connection connection = observer;
            observer = null;
            if (connection != null) {
                closeQuietly(connection);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A close would wait for a statement that still runs. */
    private static void severQuietly(Connection connection) {
        try {
            TrackedDataSource.sever(connection);
        } catch (SQLException e) {
            System.getLogger(LeakCheck.class.getName())
                    .log(System.Logger.Level.DEBUG, "A connection could not be severed", e);
        }
    }

    private static void closeQuietly(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            System.getLogger(LeakCheck.class.getName()).log(System.Logger.Level.DEBUG, "A connection did not close", e);
        }
    }

    private static String shown(@Nullable String sql) {
        String line = sql == null ? "" : sql.strip().replaceAll("\\s+", " ");
        return line.length() <= SQL_SHOWN_MAX ? line : line.substring(0, SQL_SHOWN_MAX) + "...";
    }
}
