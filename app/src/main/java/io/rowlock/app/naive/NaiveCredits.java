package io.rowlock.app.naive;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Granting a credit for a finished course as it is mostly written: look whether the course is started, then book, add, and
 * mark it finished. The forms differ in what they lock and in what they read before. For showing what the guards are for;
 * nothing that serves customers uses it.
 *
 * <p>Each form sends the statements of its original and no others, at the isolation level of the connections it is given. The
 * amount is added to in SQL and never lost by itself: what goes wrong is that the credit is granted twice.
 *
 * <p><b>Holds when</b> the unique keys of the schema are out of the way ({@link #dropKeys}), which would refuse what is to be
 * shown. Safe for use by many threads.
 */
public final class NaiveCredits {

    /** What is locked, and what is read before. */
    public enum Form {
        /** Nothing is locked; the access is read plainly. */
        NO_LOCK(false, false, false, true),
        /**
         * The credit is locked, the access is read plainly: the log of the original. InnoDB fixes its snapshot at the first plain
         * read, here after the lock, so that no duplicate comes of it, as long as the credit is there and everybody locks the same.
         */
        WRONG_ROW(false, true, false, true),
        /** As {@link #WRONG_ROW} after a plain read of the major, which fixes the snapshot before the lock: the real defect. */
        READ_THEN_WRONG_ROW(true, true, false, true),
        /** The access is locked, which is what is decided on. Right. */
        DECIDING_ROW(false, false, true, true),
        /** As {@link #DECIDING_ROW} after a plain read of the major. Right. */
        READ_THEN_DECIDING_ROW(true, false, true, true),
        /** The statements of {@link #READ_THEN_WRONG_ROW}, each a transaction by itself: what was proposed as a remedy. */
        AUTOCOMMIT(true, true, false, false);

        final boolean readsMajor;
        final boolean locksCredit;
        final boolean locksAccess;
        final boolean inTransaction;

        Form(boolean readsMajor, boolean locksCredit, boolean locksAccess, boolean inTransaction) {
            this.readsMajor = readsMajor;
            this.locksCredit = locksCredit;
            this.locksAccess = locksAccess;
            this.inTransaction = inTransaction;
        }
    }

    private static final int STARTED = 2;
    private static final List<String> KEYS = List.of("student_credit_owner", "student_credit_transaction_once");

    private final DataSource pool;
    private final Engine engine;
    private final Form form;
    private final UUID application;
    private final Runnable decided;

    /**
     * On a database with the tables of the credits.
     *
     * @param pool its connections
     * @param application whose credits are granted; of two applications each locks a credit of its own
     */
    public NaiveCredits(DataSource pool, Engine engine, Form form, UUID application) {
        this(pool, engine, form, application, () -> {});
    }

    /**
     * As the other, with something that happens in the middle.
     *
     * @param decided runs between the decision and what is written because of it
     */
    public NaiveCredits(DataSource pool, Engine engine, Form form, UUID application, Runnable decided) {
        this.pool = pool;
        this.engine = engine;
        this.form = form;
        this.application = application;
        this.decided = decided;
    }

    /**
     * Finishes a course and grants its credit. A credit that is not there is made: the lock then had nothing to hold.
     *
     * @return whether it was granted; false if the course was not started or is finished
     * @throws SQLException if a statement failed; nothing of the transaction is stored, but of {@link Form#AUTOCOMMIT}
     */
    public boolean finish(UUID student, UUID course) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(!form.inTransaction);
            try {
                boolean granted = run(connection, student, course);
                if (form.inTransaction) {
                    connection.commit();
                }
                return granted;
            } catch (SQLException | RuntimeException failed) {
                if (form.inTransaction) {
                    connection.rollback();
                }
                throw failed;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    private boolean run(Connection connection, UUID student, UUID course) throws SQLException {
        if (form.readsMajor) {
            @Nullable
            String unused = read(
                    connection,
                    "SELECT m.application_id FROM major m JOIN course c ON c.major_id = m.id WHERE c.id = ?",
                    course);
        }
        String credit = form.locksCredit
                ? read(
                        connection,
                        "SELECT id FROM student_credit WHERE student_id = ? AND application_id = ?" + forUpdate(),
                        student,
                        application)
                : null;
        String status = read(
                connection,
                "SELECT status FROM course_access WHERE student_id = ? AND course_id = ?"
                        + (form.locksAccess ? forUpdate() : ""),
                student,
                course);
        if (status == null || Integer.parseInt(status) != STARTED) {
            return false;
        }
        decided.run();
        write(
                connection,
                "INSERT INTO student_credit_transaction (id, application_id, student_id, credit_id, object_id, change_cents,"
                        + " amount_cents, type, created_at) VALUES (?, ?, ?, ?, ?, 100, 0, 6, " + now() + ")",
                UUID.randomUUID(),
                application,
                student,
                credit == null ? null : UUID.fromString(credit),
                course);
        boolean thereIsNone = form.locksCredit && credit == null;
        int credits = thereIsNone
                ? 0
                : write(
                        connection,
                        "UPDATE student_credit SET amount_cents = amount_cents + 100, updated_at = " + now()
                                + " WHERE student_id = ? AND application_id = ?",
                        student,
                        application);
        if (credits == 0) {
            write(
                    connection,
                    "INSERT INTO student_credit (id, application_id, student_id, amount_cents, created_at, updated_at)"
                            + " VALUES (?, ?, ?, 100, " + now() + ", " + now() + ")",
                    UUID.randomUUID(),
                    application,
                    student);
        }
        write(
                connection,
                "UPDATE course_access SET status = 4, finished_at = " + now() + ", updated_at = " + now()
                        + " WHERE student_id = ? AND course_id = ?",
                student,
                course);
        return true;
    }

    /**
     * Puts plain indexes in the place of the unique keys of credits and ledger, as the original had them. {@code GrantRepair}
     * brings the keys back.
     *
     * @throws SQLException if there are none
     */
    public static void dropKeys(DataSource pool, Engine engine) throws SQLException {
        boolean ofTable = engine == Engine.MARIADB || engine == Engine.MYSQL;
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String key : KEYS) {
                String table = key.substring(0, key.lastIndexOf('_'));
                statement.executeUpdate("CREATE INDEX " + key + "_plain ON " + table + " ("
                        + (key.endsWith("_owner") ? "student_id, application_id" : "student_id, object_id, type")
                        + ")");
                statement.executeUpdate("DROP INDEX " + key + (ofTable ? " ON " + table : ""));
            }
        }
    }

    /** How often a course was granted to a student beyond once, whoever did it. */
    public long grantsTooMany(UUID student, UUID course) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            String grants = read(
                    connection,
                    "SELECT COUNT(*) FROM student_credit_transaction WHERE student_id = ? AND object_id = ? AND type = 6",
                    student,
                    course);
            return Math.max(0, Long.parseLong(String.valueOf(grants)) - 1);
        }
    }

    // ----

    /** SQLite has one lock for the whole file and no such clause. */
    private String forUpdate() {
        return engine == Engine.SQLITE ? "" : " FOR UPDATE";
    }

    private String now() {
        return engine == Engine.SQLITE ? "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')" : "CURRENT_TIMESTAMP";
    }

    /** The first column of the first row, or null if there is no row. */
    private @Nullable String read(Connection connection, String sql, UUID... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : null;
            }
        }
    }

    private int write(Connection connection, String sql, @Nullable UUID... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(statement, values);
            return statement.executeUpdate();
        }
    }

    private void bind(PreparedStatement statement, @Nullable UUID... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            UUID value = values[i];
            statement.setObject(i + 1, value == null || engine == Engine.POSTGRESQL ? value : value.toString());
        }
    }
}
