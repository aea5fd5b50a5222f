package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.View;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.audit.CreditAudit;
import io.rowlock.app.limit.CallLimit;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.engines.Database;
import io.rowlock.engines.TestClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** The credits of a test without HTTP: a major, its courses, students, and one node of the service. */
final class School {
    final Database database;
    final UUID application = UUID.randomUUID();
    final TestClock clock;
    final Rowlock rowlock;
    final Majors majors;
    final Accesses accesses;
    final CreditQueries queries;
    private final AtomicInteger lessons = new AtomicInteger();
    private UUID major;

    School(Database database) {
        this(database, new TestClock(), ZoneOffset.UTC, LimitOptions.OFF);
    }

    School(Database database, TestClock clock, ZoneId zone, LimitOptions limit) {
        Schema.migrate(database);
        this.database = database;
        this.clock = clock;
        rowlock = node(database, clock);
        majors = new Majors(rowlock);
        accesses = new Accesses(rowlock, zone, new CallLimit(limit));
        queries = new CreditQueries(rowlock);
        major = majors.create(application, "Databases").id();
    }

    private static Rowlock node(Database database, TestClock clock) {
        Timing system = Timing.system();
        return Rowlock.on(database.dataSource())
                .order(CreditTables.ORDER.toArray(Table<?, ?>[]::new))
                .timing(new Timing(clock, system.nanoTime(), system.sleeper(), system.random()))
                .build();
    }

    /** Another node on the same database. */
    Accesses otherNode(LimitOptions limit) {
        return new Accesses(node(database, clock), ZoneOffset.UTC, new CallLimit(limit));
    }

    UUID major() {
        return major;
    }

    /** The next course; of a new major when this one has twelve. */
    UUID course() {
        int lesson = lessons.incrementAndGet();
        if (lesson > CreditTables.LESSONS_MAX) {
            lessons.set(1);
            lesson = 1;
            major = majors.create(application, "Databases, continued").id();
        }
        CourseRow course = done(majors.addCourse(major, lesson, "Lesson " + lesson));
        return course.id();
    }

    /** A course that this student has started. */
    UUID started(UUID student) {
        return started(student, course());
    }

    UUID started(UUID student, UUID course) {
        done(accesses.open(student, course));
        done(accesses.start(student, course));
        return course;
    }

    AccessRow finish(UUID student, UUID course) {
        return done(accesses.finish(student, course, true, false)).value();
    }

    static <T> T done(Outcome<T> outcome) {
        return outcome.fold(done -> done, refusal -> {
            throw new AssertionError(refusal.toString());
        });
    }

    static Refusal refused(Outcome<?> outcome) {
        return outcome.fold(
                done -> {
                    throw new AssertionError("Not refused: " + done);
                },
                refusal -> refusal);
    }

    View<AccessRow> access(UUID student, UUID course) {
        return queries.accesses(student, 500).stream()
                .filter(view -> view.value().courseId().equals(course))
                .findFirst()
                .orElseThrow();
    }

    /** What a student has, in text: amounts by application, with the number of bookings. */
    List<String> earned(UUID student) {
        return queries.earned(student, 500).stream()
                .map(earned -> earned.amount() + " of " + earned.bookings().size())
                .toList();
    }

    long number(String sql) {
        return Long.parseLong(lines(sql).get(0));
    }

    List<String> lines(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> lines = new ArrayList<>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                StringBuilder line = new StringBuilder();
                for (int i = 1; i <= columns; i++) {
                    line.append(i == 1 ? "" : " | ").append(rows.getString(i));
                }
                lines.add(line.toString());
            }
            return lines;
        } catch (SQLException failed) {
            throw new AssertionError("Not read (sql=" + sql + ")", failed);
        }
    }

    /** Every row of every table of the credits. */
    List<String> copy() {
        List<String> copy = new ArrayList<>();
        for (String table :
                List.of("major", "course", "course_access", "student_credit", "student_credit_transaction")) {
            lines("SELECT * FROM " + table).stream().sorted().forEach(line -> copy.add(table + ": " + line));
        }
        return copy;
    }

    List<Finding> wrong() {
        try (Connection connection = database.dataSource().getConnection()) {
            return CreditAudit.run(connection).stream()
                    .filter(finding -> !finding.holds())
                    .toList();
        } catch (SQLException failed) {
            throw new AssertionError("Not audited", failed);
        }
    }

    void booksAreRight() {
        assertThat(wrong()).isEmpty();
    }
}
