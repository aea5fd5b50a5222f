package io.rowlock.app.sync;

import static io.rowlock.app.races.Checks.noRow;

import io.rowlock.app.naive.NaiveSync;
import io.rowlock.app.races.Checks;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.Stand;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The races of the sync in the forms without guards, on the tables of {@link NaiveSync}. */
final class EarlySyncRaces {
    private static final String ONE_WRITER = "one writes at a time in the whole file: the second waits for the first";

    private EarlySyncRaces() {}

    static List<Race> races() {
        return List.of(
                Race.wrong(
                        "sync-1",
                        Form.NAIVE,
                        "A scheduled and a manual sync of one instance, neither of which locks it",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        stand -> naive(stand, "an instance is synced twice")
                                .actor(() -> sync(stand, 11).syncUnlocked(1))
                                .actor(() -> sync(stand, 12).syncUnlocked(1))
                                .invariant("An account is there once", oneAccount())),
                Race.wrong(
                        "sync-1",
                        Form.PUBLISHED,
                        "The manual sync takes the lock, the scheduled one was forgotten",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        stand -> naive(stand, "an instance is synced twice, once under its lock")
                                .actor(() -> sync(stand, 11).syncLocked(1, 1, 0))
                                .actor(() -> sync(stand, 12).syncUnlocked(1))
                                .invariant("An account is there once", oneAccount())),
                Race.wrong(
                        "sync-2",
                        Form.NAIVE,
                        "The holder of a lock without expiry dies",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        stand -> naive(stand, "a holder may crash")
                                .crashingActor(() -> sync(stand, 11).syncUnderFlag(1, 1))
                                .actor(() -> sync(stand, 12).touch(2))
                                .invariant(
                                        "No lock is left when nobody works",
                                        noRow("SELECT instance, session FROM naive_sync_lock"))),
                Race.wrong(
                        "sync-2",
                        Form.PUBLISHED,
                        "The lock is taken in one commit and the record begun in another, with a crash between them",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        stand -> naive(stand, "a record is begun by who may crash")
                                .crashingActor(() -> sync(stand, 11).startInTwoCommits(1, 1))
                                .actor(() -> sync(stand, 12).touch(2))
                                .invariant(
                                        "What is locked was begun",
                                        noRow("SELECT l.instance FROM naive_sync_lock l JOIN naive_sync_record r"
                                                + " ON r.instance = l.instance WHERE r.status <> 'started'"))),
                Race.wrong(
                        "sync-3",
                        Form.PUBLISHED,
                        "A holder stands still beyond its time-out, its successor stores, and it stores what it had read",
                        Set.of(Anomaly.NOT_SERIALIZABLE, Anomaly.SCOPE_SPLIT),
                        EarlySyncRaces::standsStill),
                Race.wrong(
                                "sync-4",
                                Form.NAIVE,
                                "Two sessions, each in one transaction over all its instances, remote calls included",
                                Set.of(Anomaly.DEADLOCK),
                                stand -> naive(stand, "two sessions in one transaction each")
                                        .actor(() -> sync(stand, 11).syncAllInOne(1, 2))
                                        .actor(() -> sync(stand, 12).syncAllInOne(2, 1))
                                        .invariant(
                                                "Both have stored",
                                                noRow("SELECT id, content FROM naive_instance WHERE content <> 2")))
                        .except(Engine.SQLITE, ONE_WRITER + ", however long its remote calls take"),
                Race.wrong(
                        "sync-5",
                        Form.PUBLISHED,
                        "A lock that somebody has is asked for, and the transaction that asked is left open",
                        Set.of(Anomaly.OPEN_ON_RETURN),
                        stand -> naive(stand, "a lock is not had", "INSERT INTO naive_sync_lock VALUES (1, 9, 999)")
                                .actor(() -> sync(stand, 11).acquireAndLeaveOpen(1))
                                .actor(() -> sync(stand, 12).touch(2))),
                Race.wrong(
                        "sync-6",
                        Form.NAIVE,
                        "A sync breaks down in the middle, and keeps its connection",
                        Set.of(Anomaly.OPEN_ON_RETURN),
                        stand -> naive(stand, "a sync breaks down")
                                .actor(() -> sync(stand, 11).breakDown(1))
                                .actor(() -> sync(stand, 12).touch(2))),
                Race.wrong(
                        "sync-7",
                        Form.NAIVE,
                        "Each instance that ends writes the session's end, the first success too",
                        Set.of(Anomaly.SCOPE_SPLIT, Anomaly.NOT_SERIALIZABLE, Anomaly.WRITE_SKEW),
                        stand -> naive(stand, "one instance is synced, the other fails")
                                .actor(() -> sync(stand, 11).finishFirst(1, true))
                                .actor(() -> sync(stand, 12).finishFirst(2, false))
                                .invariant(
                                        "A session with a failure has failed",
                                        noRow(
                                                "SELECT status FROM naive_sync_session WHERE id = 1 AND status = 'completed'"))),
                Race.wrong(
                        "sync-7",
                        Form.PUBLISHED,
                        "The last instance ends the session while somebody cancels it",
                        Set.of(Anomaly.SCOPE_SPLIT, Anomaly.NOT_SERIALIZABLE, Anomaly.LOST_UPDATE),
                        stand -> naive(
                                        stand,
                                        "a session ends and is cancelled",
                                        "UPDATE naive_sync_record SET status = 'completed' WHERE id = 2")
                                .actor(() -> sync(stand, 11).finishByCount(1))
                                .actor(() -> sync(stand, 12).cancel(1))
                                .invariant(
                                        "What was cancelled stays so",
                                        noRowIf(
                                                "cancelled",
                                                1,
                                                "SELECT status FROM naive_sync_session WHERE id = 1 AND status <> 'cancelled'"))),
                Race.wrong(
                                "sync-8",
                                Form.NAIVE,
                                "Two instances end; each counts, then writes the count",
                                Set.of(Anomaly.PHANTOM_GUARD, Anomaly.WRITE_SKEW, Anomaly.LOST_UPDATE),
                                stand -> naive(stand, "two instances are counted")
                                        .actor(() -> sync(stand, 11).completeAndCount(1))
                                        .actor(() -> sync(stand, 12).completeAndCount(2))
                                        .invariant("Both are counted", counted()))
                        .except(Engine.SQLITE, ONE_WRITER)
                        .except(Checks::secondWriterFails),
                Race.wrong(
                                "sync-8",
                                Form.PUBLISHED,
                                "Two instances end; each counts in the statement that writes the count",
                                Set.of(Anomaly.NOT_SERIALIZABLE),
                                stand -> naive(stand, "two instances are counted in one statement")
                                        .actor(() -> sync(stand, 11).completeAndCountInOne(1))
                                        .actor(() -> sync(stand, 12).completeAndCountInOne(2))
                                        .invariant("Both are counted", counted()))
                        .except(Engine.SQLITE, ONE_WRITER)
                        .except(EarlySyncRaces::countingLocks),
                Race.wrong(
                        "sync-9",
                        Form.NAIVE,
                        "A session is removed with its records, without a foreign key, while a record is added",
                        Set.of(Anomaly.PHANTOM_GUARD, Anomaly.SCOPE_SPLIT, Anomaly.WRITE_SKEW),
                        stand -> naive(stand, "a session is removed and gets a record")
                                .actor(() -> sync(stand, 11).remove(1))
                                .actor(() -> sync(stand, 12).add(1))
                                .invariant(
                                        "Each record has its session",
                                        noRow("SELECT r.id FROM naive_sync_record r LEFT JOIN naive_sync_session s"
                                                + " ON s.id = r.session WHERE s.id IS NULL"))),
                Race.wrong(
                        "sync-9",
                        Form.PUBLISHED,
                        "A session is removed, parent first, while one of its records ends, child first",
                        Set.of(Anomaly.DEADLOCK),
                        stand -> naive(stand, "a session is removed and a record of it ends")
                                .actor(() -> sync(stand, 11).completeChild(1, 1))
                                .actor(() -> sync(stand, 12).removeWithChildren(1))
                                .invariant("Nobody is turned away", Checks.nobodyThrew())),
                Race.wrong(
                        "sync-10",
                        Form.PUBLISHED,
                        "Two nodes whose clocks differ purge locks, each by its own",
                        Set.of(Anomaly.SCOPE_SPLIT),
                        stand -> naive(stand, "two nodes with their clocks")
                                .actor(() -> sync(stand, 11).syncLocked(1, 1, 0))
                                .actor(() -> sync(stand, 12).syncLocked(1, 2, 3600))
                                .invariant("An account is there once", oneAccount())),
                Race.wrong(
                        "sync-11",
                        Form.NAIVE,
                        "What is old is removed, also what still runs",
                        Set.of(Anomaly.IGNORED_OUTCOME, Anomaly.SCOPE_SPLIT, Anomaly.NOT_SERIALIZABLE),
                        stand -> naive(stand, "a session is removed while it runs")
                                .actor(() -> sync(stand, 11).cleanUpByAge(7))
                                .actor(() -> sync(stand, 12).complete(1))
                                .invariant(
                                        "What was completed is there",
                                        noRowIf(
                                                "completed",
                                                1,
                                                "SELECT i.id FROM naive_instance i WHERE i.id = 1 AND NOT EXISTS"
                                                        + " (SELECT 1 FROM naive_sync_record r WHERE r.id = 1)"))));
    }

    /** What is in the instance is newer each time it is read. */
    private static Scenario standsStill(Stand stand) {
        AtomicInteger content = new AtomicInteger();
        return naive(stand, "a holder stands still")
                .reset(connection -> content.set(0))
                .actor(() -> sync(stand, 11).syncUntilExpiry(1, 1, content::incrementAndGet, 0))
                .actor(() -> sync(stand, 12).syncUntilExpiry(1, 2, content::incrementAndGet, NaiveSync.LOCK_TICKS + 1))
                .invariant(
                        "What was stored last was read last",
                        noRowIf("stored", 2, "SELECT content FROM naive_instance WHERE id = 1 AND content <> 2"));
    }

    private static Optional<String> countingLocks(Engine engine, Isolation level) {
        return Checks.isInnoDb(engine)
                ? Optional.of("the statement locks the session before it counts, and counts what is committed by then")
                : Checks.secondWriterFails(engine, level);
    }

    private static Scenario naive(Stand stand, String name, String... moreRows) {
        stand.execute(NaiveSync.TABLES.toArray(String[]::new));
        return Scenario.named(name)
                .reset(NaiveSync.ROWS.toArray(String[]::new))
                .reset(moreRows)
                .state(
                        "SELECT id, content FROM naive_instance ORDER BY id",
                        "SELECT instance, name FROM naive_account ORDER BY instance, name",
                        "SELECT id, status, successful FROM naive_sync_session ORDER BY id",
                        "SELECT session, instance, status FROM naive_sync_record ORDER BY session, instance, status",
                        "SELECT instance, session FROM naive_sync_lock ORDER BY instance");
    }

    private static NaiveSync sync(Stand stand, int node) {
        return new NaiveSync(stand.dataSource(), stand.engine(), node);
    }

    private static Scenario.Check oneAccount() {
        return noRow("SELECT instance, name, COUNT(*) FROM naive_account GROUP BY instance, name HAVING COUNT(*) > 1");
    }

    private static Scenario.Check counted() {
        return noRow("SELECT id, successful FROM naive_sync_session WHERE id = 1 AND successful <> (SELECT COUNT(*)"
                + " FROM naive_sync_record WHERE session = 1 AND status = 'completed')");
    }

    /** A query finds nothing, in a run in which so many actors were answered with this. */
    private static Scenario.Check noRowIf(String answer, int times, String sql) {
        return (connection, results) ->
                Checks.told(results, answer) >= times ? noRow(sql).violation(connection, results) : Optional.empty();
    }
}
