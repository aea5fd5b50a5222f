package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.credits.audit.CreditAudit;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Each error planted in right books is found, and by exactly its check. */
class CreditAuditTest {
    private static final List<String> TABLES =
            List.of("student_credit_transaction", "student_credit", "course_access", "course", "major");

    @Databases
    void eachErrorIsFoundByItsCheckAlone(Database database) throws SQLException {
        try (Database own = Database.create(database.engine())) {
            School school = new School(own);
            Map<String, List<String>> errors = errors(school);
            school.booksAreRight();
            loosen(own);
            school.booksAreRight();

            for (Map.Entry<String, List<String>> error : errors.entrySet()) {
                for (String planted : error.getValue()) {
                    try (Connection connection = own.dataSource().getConnection();
                            Statement statement = connection.createStatement()) {
                        connection.setAutoCommit(false);
                        for (String sql : planted.split(";", -1)) {
                            assertThat(statement.executeUpdate(sql)).as(sql).isPositive();
                        }
                        assertThat(CreditAudit.run(connection))
                                .filteredOn(finding -> !finding.holds())
                                .as(planted)
                                .singleElement()
                                .satisfies(finding -> {
                                    assertThat(finding.check()).as(planted).isEqualTo(error.getKey());
                                    assertThat(finding.violations()).isPositive();
                                    assertThat(finding.examples().get(0)).contains("=");
                                });
                        connection.rollback();
                        connection.setAutoCommit(true);
                    }
                }
            }
            assertThat(new TreeSet<>(errors.keySet())).isEqualTo(new TreeSet<>(CreditAudit.checks()));
            school.booksAreRight();
        }
    }

    private static Map<String, List<String>> errors(School school) {
        UUID student = UUID.randomUUID();
        UUID diligent = UUID.randomUUID();
        UUID first = school.started(student);
        school.finish(student, first);
        UUID second = school.started(student);
        school.finish(student, second);
        UUID open = school.started(student);
        for (UUID course = first;
                school.earned(diligent).isEmpty()
                        || !school.earned(diligent).get(0).startsWith("12."); ) {
            school.started(diligent, course);
            school.finish(diligent, course);
            course = next(school, diligent, List.of(second, open));
        }
        UUID otherMajor = school.majors.create(school.application, "Other").id();
        UUID unused =
                School.done(school.majors.addCourse(otherMajor, 1, "Unused")).id();
        String mine = " WHERE student_id = '" + student + "'";
        String firstBooking = mine + " AND object_id = '" + first + "'";
        String secondAccess = mine + " AND course_id = '" + second + "'";
        String copied =
                "id, application_id, student_id, credit_id, object_id, change_cents, amount_cents, type, remark,"
                        + " created_at, version";
        Map<String, List<String>> errors = new LinkedHashMap<>();
        errors.put(
                "one-grant",
                List.of("INSERT INTO student_credit_transaction (" + copied + ") SELECT '" + new UUID(0, 1)
                        + "', application_id, student_id, credit_id, object_id, change_cents, 300, type, remark, created_at,"
                        + " version FROM student_credit_transaction" + firstBooking
                        + ";UPDATE student_credit SET amount_cents = 300" + mine));
        errors.put(
                "one-credit",
                List.of(
                        "INSERT INTO student_credit (id, application_id, student_id, amount_cents, created_at, updated_at,"
                                + " version) SELECT '" + new UUID(0, 1)
                                + "', application_id, student_id, 0, created_at, updated_at, 1 FROM student_credit"
                                + mine));
        errors.put(
                "one-access",
                List.of(
                        "INSERT INTO course_access (id, major_id, course_id, student_id, status, started_at, finished_at,"
                                + " msg_progress, created_at, updated_at, version) SELECT '" + new UUID(0, 1)
                                + "', major_id, course_id, student_id, status, started_at, finished_at, msg_progress, created_at,"
                                + " updated_at, version FROM course_access" + secondAccess));
        // A thirteenth course of the major, granted in order.
        errors.put(
                "lessons-granted",
                List.of("UPDATE course SET major_id = '" + school.major() + "' WHERE id = '" + unused
                        + "';INSERT INTO course_access (id, major_id, course_id, student_id, status, started_at, finished_at,"
                        + " msg_progress, created_at, updated_at, version) SELECT '" + new UUID(0, 1) + "', major_id, '"
                        + unused
                        + "', student_id, status, started_at, finished_at, msg_progress, created_at, updated_at, 1"
                        + " FROM course_access WHERE student_id = '" + diligent + "' AND course_id = '" + first
                        + "';INSERT INTO student_credit_transaction (" + copied + ") SELECT '" + new UUID(0, 1)
                        + "', application_id, student_id, credit_id, '" + unused
                        + "', change_cents, 1300, type, remark, created_at, 1 FROM student_credit_transaction"
                        + " WHERE student_id = '" + diligent + "' AND object_id = '" + first
                        + "';UPDATE student_credit SET amount_cents = 1300 WHERE student_id = '" + diligent + "'"));
        errors.put(
                "not-negative",
                List.of(
                        "UPDATE student_credit SET amount_cents = -1" + mine,
                        "UPDATE student_credit_transaction SET change_cents = -100" + firstBooking
                                + ";UPDATE student_credit SET amount_cents = 0" + mine));
        errors.put(
                "amount-sum",
                List.of(
                        "UPDATE student_credit SET amount_cents = amount_cents + 100" + mine,
                        "UPDATE student_credit SET amount_cents = 0" + mine));
        errors.put(
                "amount-running",
                List.of(
                        "UPDATE student_credit_transaction SET amount_cents = amount_cents + 1" + firstBooking,
                        "UPDATE student_credit_transaction SET amount_cents = 200" + firstBooking));
        errors.put(
                "booking-credit",
                List.of(
                        "UPDATE student_credit_transaction SET credit_id = '" + new UUID(0, 1) + "'" + firstBooking,
                        "DELETE FROM student_credit" + mine));
        errors.put(
                "grant-amount",
                List.of("UPDATE student_credit_transaction SET change_cents = 50, amount_cents = 50" + firstBooking
                        + ";UPDATE student_credit_transaction SET amount_cents = 150" + mine + " AND object_id = '"
                        + second
                        + "';UPDATE student_credit SET amount_cents = 150" + mine));
        errors.put(
                "granted-on-time",
                List.of(
                        "UPDATE course_access SET status = 3" + secondAccess,
                        "UPDATE course_access SET status = 2, finished_at = NULL" + secondAccess,
                        "DELETE FROM course_access" + secondAccess));
        errors.put(
                "on-time-granted",
                List.of(
                        "UPDATE course_access SET status = 4, finished_at = started_at" + mine + " AND course_id = '"
                                + open + "'",
                        "DELETE FROM student_credit_transaction" + mine + " AND object_id = '" + second
                                + "';UPDATE student_credit SET amount_cents = 100" + mine));
        errors.put(
                "grant-application",
                List.of("UPDATE major SET application_id = '" + new UUID(0, 1) + "' WHERE id = '" + school.major()
                        + "'"));
        errors.put("access-major", List.of("UPDATE course_access SET major_id = '" + otherMajor + "'" + secondAccess));
        errors.put(
                "access-times",
                List.of(
                        "UPDATE course_access SET finished_at = NULL" + secondAccess,
                        "UPDATE course_access SET started_at = NULL" + mine + " AND course_id = '" + open + "'",
                        "UPDATE course_access SET status = 9" + mine + " AND course_id = '" + open + "'"));
        errors.put(
                "lessons",
                List.of(
                        "UPDATE course SET lesson = 13 WHERE id = '" + unused + "'",
                        "UPDATE course SET lesson = 2 WHERE id = '" + first + "'"));
        return errors;
    }

    /** The next course of the major that this student has not taken. */
    private static UUID next(School school, UUID student, List<UUID> there) {
        List<UUID> taken = school.queries.accesses(student, 500).stream()
                .map(view -> view.value().courseId())
                .toList();
        return there.stream()
                .filter(course -> !taken.contains(course))
                .findFirst()
                .orElseGet(() -> taken.size() < CreditTables.LESSONS_MAX ? school.course() : there.get(0));
    }

    private static void loosen(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            if (database.engine() != Engine.POSTGRESQL) {
                statement.executeUpdate(
                        database.engine() == Engine.SQLITE
                                ? "PRAGMA foreign_keys = OFF"
                                : "SET SESSION foreign_key_checks = 0");
            }
            String cascade = database.engine() == Engine.POSTGRESQL ? " CASCADE" : "";
            // All steps for all tables, for MariaDB remembers who refers to a name.
            for (String step : List.of(
                    "CREATE TABLE %1$s_loose AS SELECT * FROM %1$s",
                    "DROP TABLE %1$s" + cascade, "ALTER TABLE %1$s_loose RENAME TO %1$s")) {
                for (String table : TABLES) {
                    statement.executeUpdate(step.formatted(table));
                }
            }
        }
    }
}
