package io.rowlock.app.credits;

import static io.rowlock.app.credits.CreditTables.ACCESSES;
import static io.rowlock.app.credits.CreditTables.LESSONS;
import static io.rowlock.app.credits.CreditTables.LESSONS_MAX;
import static io.rowlock.app.credits.CreditTables.MAJORS;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.credits.CreditTables.AccessKey;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.credits.CreditTables.CourseRow;
import io.rowlock.app.credits.CreditTables.MajorRow;
import io.rowlock.app.sql.Sql;
import java.util.List;
import java.util.UUID;

/** A major of twelve courses and two students to try things on. Their ids are fixed, so that examples can name them. */
final class CreditSamples {
    static final UUID APPLICATION = id(1);
    static final UUID DANA = id(1001);
    static final UUID ERIN = id(1002);
    static final UUID DATABASES = id(1101);

    private static final Unit LOAD = Unit.named("credits-samples");
    private static final Key ONCE = Key.of("credits-samples");
    private static final List<String> LESSON_NAMES = List.of(
            "Tables and keys",
            "Transactions",
            "Isolation",
            "Lost updates",
            "Write skew",
            "Row locks",
            "Locks on the wrong row",
            "Snapshots",
            "Deadlocks",
            "Versions",
            "Doing things once",
            "Final lesson");

    private final Rowlock rowlock;

    CreditSamples(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    static UUID course(int lesson) {
        return id(1200 + lesson);
    }

    /** Loads the samples into a database that has no majors. Safe to call from several nodes at once. */
    void loadIfEmpty() {
        rowlock.transact(LOAD, tx -> {
            tx.guard(ONCE);
            if (Sql.query(tx, row -> true, "SELECT 1 FROM major LIMIT 1").isEmpty()) {
                load(tx);
            }
            return true;
        });
    }

    private static void load(Tx tx) {
        tx.insert(MAJORS, new MajorRow(DATABASES, APPLICATION, "Databases", tx.now()));
        for (int lesson = 1; lesson <= LESSONS_MAX; lesson++) {
            CourseRow course = new CourseRow(course(lesson), DATABASES, lesson, LESSON_NAMES.get(lesson - 1), tx.now());
            tx.insert(LESSONS, course);
            AccessRow dana = AccessRow.opened(id(1300 + lesson), course, DANA, tx.now());
            tx.insert(ACCESSES, lesson <= 2 ? dana.started(tx.now()) : dana);
            tx.insert(ACCESSES, AccessRow.opened(id(1400 + lesson), course, ERIN, tx.now()));
        }
    }

    /** Lines to try: the samples if they are there, else what makes the first major. */
    List<String> commands(String url) {
        String json = " -H 'Content-Type: application/json' -d ";
        boolean there = rowlock.read(
                tx -> tx.peek(ACCESSES, new AccessKey(DANA, course(1))).isPresent());
        if (!there) {
            return List.of("curl -s " + url + "/api/credits/majors" + json + "'{\"applicationId\":\"" + APPLICATION
                    + "\",\"name\":\"Databases\"}'");
        }
        return List.of(
                "curl -s " + url + "/api/v1/course.finish" + json + "'{\"studentId\":\"" + DANA + "\",\"courseId\":\""
                        + course(1) + "\",\"isFinished\":true}'",
                "curl -s " + url + "/api/credits/students/" + DANA + "/credits");
    }

    private static UUID id(int number) {
        return UUID.fromString("00000000-0000-4000-8000-%012d".formatted(number));
    }
}
