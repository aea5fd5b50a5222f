package io.rowlock.lab.internal.wait;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MariaDB. A reading is up to two questions: {@code SHOW ENGINE INNODB STATUS} tells who waits for a row lock, as it is now, and the
 * process list tells who waits for a metadata lock, a table lock or a user lock.
 *
 * <p>{@code INFORMATION_SCHEMA.INNODB_TRX} would be easier to read, but it is a copy that InnoDB renews only when nobody
 * has read it for 100 ms: asked more often it shows the same past forever. It is asked only where the status text was cut
 * short, which happens above a megabyte, and then at most every {@link #COPY_PAUSE}; between that the last answer stands.
 * The counter {@code Innodb_row_lock_current_waits} has no owner and is of the whole server, and reading it takes four times
 * as long as the status (measured: 26 µs on an idle server). {@code INFORMATION_SCHEMA.PROCESSLIST} is a table made on the
 * disk for each question; {@code SHOW PROCESSLIST} makes none.
 */
final class MariaDbLockWaits extends PolledLockWaits {

    /** Above the 100 ms for which InnoDB keeps its copy. */
    static final Duration COPY_PAUSE = Duration.ofMillis(120);

    private static final String PROCESSES = "SHOW PROCESSLIST";

    private static final Pattern OTHER_WAIT =
            Pattern.compile("Waiting for .* lock|User lock|Waiting for table flush", Pattern.CASE_INSENSITIVE);

    private static final String STATUS = "SHOW ENGINE INNODB STATUS";

    private static final String COPY = """
            SELECT t.trx_mysql_thread_id FROM information_schema.INNODB_TRX AS t
              JOIN information_schema.INNODB_LOCK_WAITS AS w ON w.requesting_trx_id = t.trx_id
             WHERE t.trx_state = 'LOCK WAIT'""";

    private static final Pattern TRANSACTION = Pattern.compile("^---TRANSACTION ", Pattern.MULTILINE);
    private static final Pattern THREAD = Pattern.compile("^(?:MariaDB|MySQL) thread id (\\d+),", Pattern.MULTILINE);
    private static final Pattern LOCK_WAIT = Pattern.compile("^LOCK WAIT ", Pattern.MULTILINE);
    private static final String BEGIN = "LIST OF TRANSACTIONS FOR EACH SESSION";
    private static final String END = "END OF INNODB MONITOR OUTPUT";

    private final Statement asking;
    private Set<Long> lastCopy = Set.of();
    private long lastCopyNanos = System.nanoTime() - COPY_PAUSE.toNanos();

    MariaDbLockWaits(Connection connection) throws SQLException {
        super(connection);
        asking = connection.createStatement();
        asking.executeQuery(STATUS).close();
    }

    @Override
    Set<Long> read(Set<Long> sessions) throws SQLException {
        Set<Long> waiting = new HashSet<>(rowLockWaiters());
        if (waiting.containsAll(sessions)) {
            return waiting;
        }
        try (ResultSet rows = asking.executeQuery(PROCESSES)) {
            while (rows.next()) {
                String state = rows.getString("State");
                if (state != null && OTHER_WAIT.matcher(state).matches()) {
                    waiting.add(rows.getLong("Id"));
                }
            }
        }
        return waiting;
    }

    private Set<Long> rowLockWaiters() throws SQLException {
        try (ResultSet rows = asking.executeQuery(STATUS)) {
            rows.next();
            String status = rows.getString("Status");
            return isWhole(status) ? waitersIn(status) : copiedWaiters();
        }
    }

    static boolean isWhole(String status) {
        return status.contains(BEGIN) && status.contains(END) && !status.contains("... truncated...");
    }

    /** The connections of the transactions that are marked as waiting. */
    static Set<Long> waitersIn(String status) {
        Set<Long> waiters = new HashSet<>();
        String[] transactions = TRANSACTION.split(status, -1);
        for (int i = 1; i < transactions.length; i++) {
            Matcher thread = THREAD.matcher(transactions[i]);
            Matcher wait = LOCK_WAIT.matcher(transactions[i]);
            if (thread.find() && wait.find() && wait.start() < thread.start()) {
                waiters.add(Long.valueOf(thread.group(1)));
            }
        }
        return waiters;
    }

    Set<Long> copiedWaiters() throws SQLException {
        if (System.nanoTime() - lastCopyNanos < COPY_PAUSE.toNanos()) {
            return lastCopy;
        }
        Set<Long> waiters = new HashSet<>();
        try (Statement statement = connection().createStatement();
                ResultSet rows = statement.executeQuery(COPY)) {
            while (rows.next()) {
                waiters.add(rows.getLong(1));
            }
        }
        lastCopyNanos = System.nanoTime();
        lastCopy = waiters;
        return waiters;
    }

    @Override
    public String sessionSql() {
        return "SELECT CONNECTION_ID()";
    }
}
