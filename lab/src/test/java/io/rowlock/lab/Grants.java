package io.rowlock.lab;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** A credit for a finished course, granted in plain JDBC by code that knows of no lab. */
final class Grants {
    static final List<String> TABLES = List.of(
            "CREATE TABLE student_credit (id INT PRIMARY KEY, amount INT NOT NULL)",
            "CREATE TABLE course_access (id INT PRIMARY KEY, status INT NOT NULL)",
            "CREATE TABLE ledger (student INT NOT NULL, course INT NOT NULL, amount INT NOT NULL)",
            "CREATE TABLE first_credit (student INT NOT NULL, amount INT NOT NULL)");

    static final String[] RESET = {
        "DELETE FROM ledger",
        "DELETE FROM student_credit",
        "DELETE FROM course_access",
        "INSERT INTO student_credit VALUES (1, 91)",
        "INSERT INTO course_access VALUES (5, 2)"
    };

    private static final int STARTED = 2;

    enum Variant {
        NO_LOCK,
        WRONG_ROW,
        READ_THEN_WRONG_ROW,
        DECIDING_ROW,
        READ_THEN_DECIDING_ROW,
        /** As without a lock, and each statement a transaction by itself. */
        AUTOCOMMIT,
        /** The row that is locked is not there yet. */
        MISSING_ROW
    }

    private final DataSource dataSource;
    private final Variant variant;

    Grants(DataSource dataSource, Variant variant) {
        this.dataSource = dataSource;
        this.variant = variant;
    }

    String finish() throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            if (variant == Variant.AUTOCOMMIT) {
                return finish(connection);
            }
            connection.setAutoCommit(false);
            try {
                String answer = finish(connection);
                connection.commit();
                return answer;
            } catch (SQLException failed) {
                connection.rollback();
                throw failed;
            }
        }
    }

    private String finish(Connection connection) throws SQLException {
        if (variant == Variant.READ_THEN_WRONG_ROW || variant == Variant.READ_THEN_DECIDING_ROW) {
            int unused = number(connection, "SELECT amount FROM student_credit WHERE id = 1");
        }
        if (variant == Variant.WRONG_ROW || variant == Variant.READ_THEN_WRONG_ROW) {
            int unused = number(connection, "SELECT amount FROM student_credit WHERE id = 1 FOR UPDATE");
        }
        if (variant == Variant.MISSING_ROW) {
            int unused = number(connection, "SELECT amount FROM first_credit WHERE student = 1 FOR UPDATE");
        }
        boolean locks = variant == Variant.DECIDING_ROW || variant == Variant.READ_THEN_DECIDING_ROW;
        int status = number(connection, "SELECT status FROM course_access WHERE id = 5" + (locks ? " FOR UPDATE" : ""));
        if (status != STARTED) {
            return "not started";
        }
        run(connection, "INSERT INTO ledger VALUES (1, 5, 1)");
        run(
                connection,
                variant == Variant.MISSING_ROW
                        ? "INSERT INTO first_credit VALUES (1, 1)"
                        : "UPDATE student_credit SET amount = amount + 1 WHERE id = 1");
        run(connection, "UPDATE course_access SET status = 4 WHERE id = 5");
        return "granted";
    }

    private static int number(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }
}
