package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.Classroom.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.mastery.DelayedRewards.Report;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.FaultyDataSource.Point;
import io.rowlock.engines.TestClock;
import io.rowlock.engines.When;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * mastery-5 and mastery-8: an answer, a reward and a reset happen as a whole or not at all, wherever they are interrupted. The places are
 * those where a recorded run asked something of the database; there the statement fails, before it is done or after.
 */
class MasteryAllOrNothingTest {
    private static final String USER = "ada";

    private static final class Fixture {
        final FaultyDataSource faults;
        final Classroom classroom;

        Fixture(Database database) {
            faults = FaultyDataSource.around(database.dataSource());
            classroom = new Classroom(database, faults, new TestClock(Instant.parse("2026-01-05T09:00:00Z")), options())
                    .emptied();
            // What happens once only (the engine is looked at, statements are prepared) is not part of a recorded run.
            Given unused = classroom.answer(USER, "begin");
            assertThat(classroom.rewards.applyDue().done()).isEqualTo(1);
        }

        List<Point> record(Runnable operation) {
            faults.reset();
            operation.run();
            List<Point> points = faults.record();
            faults.reset();
            assertThat(points).isNotEmpty();
            return points;
        }

        /** On a connection that is new the engine is asked more, and the points would have other numbers. */
        void warm() {
            assertThat(classroom.number("SELECT 1")).isEqualTo(1);
            Given unused = classroom.answer("somebody", "else");
            database().execute("DELETE FROM reward_queue WHERE user_id = 'somebody'");
        }

        Database database() {
            return classroom.database;
        }

        void failAt(Point point, When when) {
            faults.reset();
            if (database().engine() == Engine.SQLITE) {
                faults.failAt(
                        point.number(),
                        when,
                        () -> new SQLException("[SQLITE_IOERR] disk I/O error, injected", null, 10));
            } else {
                faults.failAt(point.number(), when);
            }
        }
    }

    @Databases
    void anAnswerIsWholeOrNotAtAll(Database database) {
        Fixture fixture = new Fixture(database);
        Classroom classroom = fixture.classroom;
        int stored = 0;
        for (Point point : fixture.record(() -> {
            Processed.Recorded unused =
                    Classroom.recorded(classroom.mastery.process(USER, classroom.named(UUID.randomUUID(), "recorded")));
        })) {
            for (When when : When.values()) {
                fixture.warm();
                UUID id = UUID.randomUUID();
                Asked asked = classroom.named(id, "w" + point.number() + when);
                List<String> before = classroom.everything();
                fixture.failAt(point, when);

                Processed processed = classroom.mastery.process(USER, asked);

                fixture.faults.reset();
                List<String> after = classroom.everything();
                String where = point + " " + when + " " + processed;
                if (processed instanceof Processed.Recorded) {
                    // The answer to the commit was lost: it was found out under the same id.
                    assertThat(after).as(where).isNotEqualTo(before);
                    stored++;
                } else {
                    assertThat(processed).as(where).isInstanceOf(Processed.Fallback.class);
                    assertThat(after).as(where).isEqualTo(before);
                }
                Processed.Recorded again = Classroom.recorded(classroom.mastery.process(USER, asked));
                assertThat(again.repeated()).as(where).isEqualTo(processed instanceof Processed.Recorded);
            }
        }
        assertThat(stored).as("lost answers to commits").isPositive();
        classroom.booksAreRight();
    }

    @Databases
    void aRewardIsLearnedOfAndDoneOrNeither(Database database) {
        Fixture fixture = new Fixture(database);
        Classroom classroom = fixture.classroom;
        Given unused = classroom.answer(USER, "recorded");
        for (Point point : fixture.record(
                () -> assertThat(classroom.rewards.applyDue().done()).isEqualTo(1))) {
            for (When when : When.values()) {
                fixture.warm();
                Given due = classroom.answer(USER, "w" + point.number() + when);
                long learned = due.updateCount();
                String where = point + " " + when;
                fixture.failAt(point, when);
                boolean told = told(classroom);
                fixture.faults.reset();

                long after = classroom.model(USER).updateCount();
                long done = classroom.number("SELECT COUNT(*) FROM reward_queue WHERE claim_state = 'DONE'"
                        + " AND answer_record_id = '" + due.eventId() + "'");
                assertThat(after).as(where).isEqualTo(learned + done);
                classroom.booksAreRight();
                database.execute("UPDATE reward_queue SET claim_until = 0 WHERE claim_state = 'OPEN'");
                Report rest = classroom.rewards.applyDue();
                assertThat(rest.done()).as("%s, told=%s", where, told).isEqualTo((int) (1 - done));
                assertThat(classroom.model(USER).updateCount()).as(where).isEqualTo(learned + 1);
                classroom.booksAreRight();
            }
        }
    }

    private static boolean told(Classroom classroom) {
        try {
            return classroom.rewards.applyDue().done() == 1;
        } catch (RuntimeException away) {
            return false;
        }
    }

    @Databases
    void aResetIsWholeOrNotAtAll(Database database) {
        Fixture fixture = new Fixture(database);
        Classroom classroom = fixture.classroom;
        for (Point point :
                fixture.record(() -> assertThat(classroom.mastery.reset(USER)).isTrue())) {
            for (When when : When.values()) {
                fixture.warm();
                Given unused = classroom.answer(USER, "w" + point.number() + when);
                long generation = classroom.state(USER).generation();
                List<String> before = classroom.everything();
                fixture.failAt(point, when);
                boolean told;
                try {
                    told = classroom.mastery.reset(USER);
                } catch (RuntimeException failed) {
                    told = false;
                }
                fixture.faults.reset();

                String where = point + " " + when;
                if (classroom.state(USER).generation() == generation) {
                    assertThat(told).as(where).isFalse();
                    assertThat(classroom.everything()).as(where).isEqualTo(before);
                } else {
                    assertThat(classroom.state(USER).generation()).as(where).isEqualTo(generation + 1);
                }
                classroom.booksAreRight();
            }
        }
    }
}
