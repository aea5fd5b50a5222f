package io.rowlock.app.credits;

import static io.rowlock.app.credits.CreditTables.LESSONS;
import static io.rowlock.app.credits.CreditTables.MAJORS;
import static io.rowlock.app.credits.Outcome.done;
import static io.rowlock.app.credits.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.CreditTables.LessonKey;
import io.rowlock.app.credits.CreditTables.MajorRow;
import java.util.Optional;
import java.util.UUID;

/** Majors and their courses. Safe for use by many threads. */
final class Majors {
    private static final Unit CREATE_MAJOR = Unit.named("credits-create-major");
    private static final Unit CREATE_COURSE = Unit.named("credits-create-course");

    private final Rowlock rowlock;

    Majors(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    MajorRow create(UUID applicationId, String name) {
        return rowlock.transact(CREATE_MAJOR, tx -> {
            MajorRow major = new MajorRow(tx.newId("major"), applicationId, name, tx.now());
            return tx.insert(MAJORS, major).value();
        });
    }

    /**
     * Adds a course to a major.
     *
     * @param lesson which one of the major, 1 to {@value CreditTables#LESSONS_MAX}
     */
    Outcome<CourseRow> addCourse(UUID majorId, int lesson, String name) {
        return rowlock.transact(CREATE_COURSE, tx -> {
            if (tx.read(MAJORS, majorId).isEmpty()) {
                return refused(new Refusal.UnknownMajor(majorId));
            }
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds it here.
            Optional<Row<CourseRow>> taken = tx.read(LESSONS, new LessonKey(majorId, lesson));
            if (taken.isPresent()) {
                return refused(new Refusal.LessonTaken(
                        majorId, lesson, taken.get().value().id()));
            }
            CourseRow course = new CourseRow(tx.newId("course"), majorId, lesson, name, tx.now());
            return done(tx.insert(LESSONS, course).value());
        });
    }
}
