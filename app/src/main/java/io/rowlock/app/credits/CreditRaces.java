package io.rowlock.app.credits;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.app.credits.Attendance.Started;
import io.rowlock.app.limit.LimitOptions;
import io.rowlock.app.naive.NaiveCredits;
import io.rowlock.app.naive.NaiveGrants;
import io.rowlock.app.naive.NaiveLimiter;
import io.rowlock.app.races.Checks;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.Stand;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The races of course credits: a course that is finished twice at once earns one credit. The naive forms run on the tables of
 * {@link NaiveGrants}, which lack the unique keys; the guarded ones are the service's own, on its tables.
 */
public final class CreditRaces implements RaceSystem {
    private static final LimitOptions ONCE_IN_TWO_SECONDS = new LimitOptions(1, Duration.ofSeconds(2));

    /** A switch of MariaDB, on by default since 11.6.2. */
    private static final String KNOWS_THE_SNAPSHOT = "SET SESSION innodb_snapshot_isolation = ON";

    @Override
    public String name() {
        return "credits";
    }

    @Override
    public List<Race> races() {
        return List.of(
                Race.wrong(
                                "credits-1",
                                Form.NAIVE,
                                "The credit is locked after a first plain read, and it is decided on the access",
                                Set.of(Anomaly.STALE_SNAPSHOT),
                                stand -> twice(stand, NaiveCredits.Form.READ_THEN_WRONG_ROW))
                        .except(CreditRaces::noSnapshotBeforeTheLock),
                Race.right(
                        "credits-1",
                        "A course is finished twice at once",
                        stand -> finishedTwice(new Attendance(stand).earned())),
                Race.wrong(
                                "credits-2",
                                Form.NAIVE,
                                "The credit is locked before anything is read: the wrong row, and yet one grant",
                                Set.of(Anomaly.STALE_SNAPSHOT, Anomaly.WRONG_ROW_LOCK),
                                stand -> twice(stand, NaiveCredits.Form.WRONG_ROW))
                        .except((engine, level) -> Optional.of(
                                "both lock the same credit before their first plain read, so what is read then is as new as"
                                        + " the lock")),
                Race.right(
                        "credits-2",
                        "A course is finished twice at once: the access is read by what locks it",
                        stand -> finishedTwice(new Attendance(stand).earned())),
                Race.wrong(
                                "credits-3",
                                Form.NAIVE,
                                "As credits-1, on a server that refuses locks on what changed since the snapshot",
                                Set.of(Anomaly.STALE_SNAPSHOT),
                                stand -> twice(stand, NaiveCredits.Form.READ_THEN_WRONG_ROW))
                        .with(Engine.MARIADB, KNOWS_THE_SNAPSHOT)
                        .except(CreditRaces::noSnapshotBeforeTheLock)
                        .except(CreditRaces::lockKnowsTheSnapshot),
                Race.right(
                                "credits-3",
                                "A course is finished twice at once, on a server that refuses such locks",
                                stand -> finishedTwice(new Attendance(stand).earned()))
                        .with(Engine.MARIADB, KNOWS_THE_SNAPSHOT),
                Race.wrong(
                                "credits-4",
                                Form.NAIVE,
                                "The credit that would be locked is not there yet",
                                Set.of(Anomaly.EMPTY_LOCK),
                                CreditRaces::withoutACredit)
                        .except(CreditRaces::gapsAreLocked)
                        .except(CreditRaces::secondWriterFails),
                Race.right(
                        "credits-4",
                        "A course that earns the first credit is finished twice at once",
                        stand -> finishedTwice(new Attendance(stand))),
                Race.wrong(
                        "credits-5",
                        Form.PUBLISHED,
                        "Without a transaction, so that no snapshot gets old",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        stand -> twice(stand, NaiveCredits.Form.AUTOCOMMIT)),
                Race.right(
                        "credits-5",
                        "A course is finished twice at once, and one of the two may crash",
                        CreditRaces::finishedTwiceWithACrash),
                Race.wrong(
                                "credits-6",
                                Form.NAIVE,
                                "Two applications each lock their own credit for the same access",
                                Set.of(Anomaly.WRONG_ROW_LOCK),
                                CreditRaces::twoApplications)
                        .except(CreditRaces::secondWriterFails),
                Race.right(
                        "credits-6",
                        "A course is finished and expires at once: both hold the access",
                        CreditRaces::finishedAndExpired),
                Race.wrong(
                                "credits-7",
                                Form.PUBLISHED,
                                "A lock outside the database, given back before the commit",
                                Set.of(Anomaly.LOST_UPDATE),
                                CreditRaces::lockOutside)
                        .except(CreditRaces::secondWriterFails),
                Race.right(
                        "credits-7",
                        "A course is finished on two nodes that share nothing but the database",
                        stand -> finishedTwice(new Attendance(stand).earned())),
                Race.wrong(
                                "credits-8",
                                Form.NAIVE,
                                "Two nodes, each with a limiter of its own",
                                Set.of(Anomaly.LOST_UPDATE),
                                CreditRaces::localLimiters)
                        .except(CreditRaces::secondWriterFails),
                Race.right("credits-8", "Two nodes count calls in the database", CreditRaces::sharedLimit),
                Race.wrong(
                        "credits-9",
                        Form.NAIVE,
                        "A request comes again while the first still runs, and is looked up before it is noted",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        CreditRaces::requestTwice),
                Race.right("credits-9", "A request comes again while the first still runs", CreditRaces::requestOnce),
                Race.wrong(
                        "credits-11",
                        Form.NAIVE,
                        "An amount is computed anew while a course is finished",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        CreditRaces::repairByScript),
                Race.right("credits-11", "The books are repaired on two nodes at once", CreditRaces::repairInUnits));
    }

    // ---- where it cannot show

    private static Optional<String> noSnapshotBeforeTheLock(Engine engine, Isolation level) {
        if (level == Isolation.READ_COMMITTED && engine != Engine.SQLITE) {
            return Optional.of(
                    "each statement sees what was committed before it, so the read under the lock is as new");
        }
        return secondWriterFails(engine, level);
    }

    private static Optional<String> lockKnowsTheSnapshot(Engine engine, Isolation level) {
        return engine == Engine.MARIADB && level == Isolation.REPEATABLE_READ
                ? Optional.of(
                        "with innodb_snapshot_isolation a row that changed after the snapshot cannot be locked (1020)")
                : Optional.empty();
    }

    private static Optional<String> gapsAreLocked(Engine engine, Isolation level) {
        return Checks.isInnoDb(engine) && level != Isolation.READ_COMMITTED
                ? Optional.of("the locking read that finds nothing locks the gap: one of the two inserts is a deadlock")
                : Optional.empty();
    }

    private static Optional<String> secondWriterFails(Engine engine, Isolation level) {
        if (engine == Engine.SQLITE) {
            return Optional.of(
                    "a transaction that has read what another then changed cannot write any more (SQLITE_BUSY)");
        }
        return Checks.secondWriterFails(engine, level);
    }

    // ---- without guards

    private static Scenario naive(Stand stand, String name, String... moreRows) {
        stand.execute(NaiveGrants.TABLES.toArray(String[]::new));
        return Scenario.named(name)
                .reset(NaiveGrants.ROWS.toArray(String[]::new))
                .reset(moreRows)
                .state(
                        "SELECT application, amount FROM naive_credit ORDER BY application, amount",
                        "SELECT application, course FROM naive_grant_ledger ORDER BY application, course",
                        "SELECT course, status FROM naive_access ORDER BY course")
                .invariant(
                        "A course is granted once, and an amount is the sum of its bookings", (connection, outcome) -> {
                            long grants =
                                    number(connection, "SELECT COUNT(*) FROM naive_grant_ledger WHERE course = 5");
                            long amount = number(connection, "SELECT SUM(amount) FROM naive_credit");
                            long bookings = number(connection, "SELECT COUNT(*) FROM naive_grant_ledger");
                            if (grants > 1) {
                                return Optional.of(grants + " grants");
                            }
                            return amount == bookings
                                    ? Optional.empty()
                                    : Optional.of("amount " + amount + " of " + bookings + " bookings");
                        });
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static NaiveGrants grants(Stand stand, int node) {
        return new NaiveGrants(stand.dataSource(), stand.engine(), node);
    }

    private static Scenario twice(Stand stand, NaiveCredits.Form form) {
        return naive(stand, "a course is finished twice")
                .actor(() -> grants(stand, 11).finish(form, 1))
                .actor(() -> grants(stand, 12).finish(form, 1));
    }

    private static Scenario withoutACredit(Stand stand) {
        return naive(
                        stand,
                        "a course that earns the first credit is finished twice",
                        "DELETE FROM naive_grant_ledger",
                        // InnoDB locks what was deleted and not yet purged, as if it were there.
                        (Checks.isInnoDb(stand.engine()) ? "TRUNCATE TABLE" : "DELETE FROM") + " naive_credit")
                .actor(() -> grants(stand, 11).finish(NaiveCredits.Form.WRONG_ROW, 1))
                .actor(() -> grants(stand, 12).finish(NaiveCredits.Form.WRONG_ROW, 1));
    }

    private static Scenario twoApplications(Stand stand) {
        return naive(stand, "a course is finished in two applications")
                .actor(() -> grants(stand, 11).finish(NaiveCredits.Form.WRONG_ROW, 1))
                .actor(() -> grants(stand, 12).finish(NaiveCredits.Form.WRONG_ROW, 2));
    }

    private static Scenario lockOutside(Stand stand) {
        AtomicBoolean lock = new AtomicBoolean();
        return naive(stand, "a course is finished twice under a lock")
                .reset(connection -> lock.set(false))
                .actor(() -> grants(stand, 11).finishUnder(lock))
                .actor(() -> grants(stand, 12).finishUnder(lock));
    }

    private static Scenario localLimiters(Stand stand) {
        return naive(stand, "a course is finished twice within two seconds")
                .actor(() -> grants(stand, 11).finishWithin(limiter(), Attendance.STUDENT))
                .actor(() -> grants(stand, 12).finishWithin(limiter(), Attendance.STUDENT));
    }

    private static NaiveLimiter limiter() {
        return new NaiveLimiter(ONCE_IN_TWO_SECONDS.window(), () -> 0);
    }

    private static Scenario requestTwice(Stand stand) {
        return naive(stand, "a request comes twice")
                .actor(() -> grants(stand, 11).grantFor(1))
                .actor(() -> grants(stand, 12).grantFor(1));
    }

    private static Scenario repairByScript(Stand stand) {
        return naive(
                        stand,
                        "an amount is repaired while a course is finished",
                        "UPDATE naive_credit SET amount = 7 WHERE id = 1")
                .actor(() -> grants(stand, 11).repair())
                .actor(() -> grants(stand, 12).finish(NaiveCredits.Form.DECIDING_ROW, 1));
    }

    // ---- the service

    private static Scenario finishedTwice(Attendance attendance) {
        Started course = attendance.started();
        return attendance
                .scenario("a course is finished twice")
                .actor(() -> attendance.finish(1, course))
                .actor(() -> attendance.finish(2, course));
    }

    private static Scenario finishedTwiceWithACrash(Stand stand) {
        Attendance attendance = new Attendance(stand).earned();
        Started course = attendance.started();
        return attendance
                .scenario("a course is finished twice, once by who may crash")
                .crashingActor(() -> attendance.finish(1, course))
                .actor(() -> attendance.finish(2, course));
    }

    private static Scenario finishedAndExpired(Stand stand) {
        Attendance attendance = new Attendance(stand).earned();
        Started course = attendance.started();
        return attendance
                .scenario("a course is finished and expires")
                .actor(() -> attendance.finish(1, course))
                .actor(() -> attendance.expire(2, course));
    }

    private static Scenario sharedLimit(Stand stand) {
        Attendance attendance = new Attendance(stand).earned();
        Started course = attendance.started();
        return attendance
                .scenario("a course is finished twice within two seconds")
                .actor(() -> attendance.finish(1, course, ONCE_IN_TWO_SECONDS))
                .actor(() -> attendance.finish(2, course, ONCE_IN_TWO_SECONDS));
    }

    private static Scenario requestOnce(Stand stand) {
        Attendance attendance = new Attendance(stand).earned();
        Started course = attendance.started();
        return attendance
                .scenario("a request comes twice")
                .actor(() -> once(Attendance.rowlock(stand, 1), course))
                .actor(() -> once(Attendance.rowlock(stand, 2), course));
    }

    private static String once(Rowlock node, Started course) {
        return node.once(
                        Key.of("credits-race", "request-1"),
                        Fingerprint.of(course.course()),
                        Codec.text(),
                        tx -> Attendance.finish(node, course, LimitOptions.OFF))
                .answer();
    }

    private static Scenario repairInUnits(Stand stand) {
        Attendance attendance = new Attendance(stand).earned();
        stand.execute("UPDATE student_credit SET amount_cents = amount_cents + 50");
        return attendance
                .scenario("amounts are repaired twice")
                .actor(() -> repair(stand, 1))
                .actor(() -> repair(stand, 2));
    }

    private static int repair(Stand stand, int node) {
        return new GrantRepair(Attendance.rowlock(stand, node), stand.dataSource())
                .repair(Attendance.STUDENT)
                .size();
    }
}
