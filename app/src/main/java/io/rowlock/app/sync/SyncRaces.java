package io.rowlock.app.sync;

import static io.rowlock.app.races.Checks.noRow;
import static io.rowlock.app.races.Checks.told;

import io.rowlock.app.races.Checks;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.Stand;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.audit.SyncAudit;
import io.rowlock.lab.Outcome;
import io.rowlock.lab.Scenario;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The races of the sync. The forms without guards run on tables of their own ({@link io.rowlock.app.naive.NaiveSync}); the guarded
 * ones are the service's own, on its tables and its leases. That a lock's time-out passes is a step, and so is each remote call.
 */
public final class SyncRaces implements RaceSystem {
    private static final Scenario.Check NOTHING_OPEN =
            noRow("SELECT id FROM sync_instance_records WHERE status IN ('pending', 'running')");

    @Override
    public String name() {
        return "sync";
    }

    @Override
    public List<Race> races() {
        // By their numbers, the forms of one after the other.
        return Stream.concat(EarlySyncRaces.races().stream(), guarded().stream())
                .sorted(Comparator.comparingInt(
                                (Race race) -> Integer.parseInt(race.id().substring("sync-".length())))
                        .thenComparing(Race::form))
                .toList();
    }

    private static List<Race> guarded() {
        return List.of(
                Race.right(
                        "sync-1",
                        "A scheduled and a manual session ask for one instance",
                        stand -> twoBegin(stand, Duration.ZERO)),
                Race.right(
                        "sync-2",
                        "A process has died with an instance, its lock's time-out passes, and another session asks for it",
                        SyncRaces::holderDies),
                Race.right(
                        "sync-3",
                        "A holder stands still, the lock's time-out passes, another session takes the instance, and the holder stores",
                        SyncRaces::holderStandsStill),
                Race.right(
                        "sync-4",
                        "An instance is read in no transaction and stored in a short one, beside another writer",
                        SyncRaces::syncsBesideAWriter),
                Race.right(
                        "sync-5",
                        "A session meets an instance that is locked, beside another writer",
                        SyncRaces::isTurnedAway),
                Race.right("sync-6", "A sync breaks down, beside another writer", SyncRaces::breaksDown),
                Race.right(
                        "sync-7",
                        "The last instance ends the session while somebody cancels it",
                        SyncRaces::endsAndIsCancelled),
                Race.right("sync-8", "Two instances end, and each counts", SyncRaces::twoEnd),
                Race.right(
                        "sync-9",
                        "An instance is deleted while a session gets a record of it",
                        SyncRaces::deletedAndAdded),
                Race.right(
                        "sync-10",
                        "Two nodes whose clocks are an hour apart ask for one instance",
                        stand -> twoBegin(stand, Duration.ofHours(1))),
                Race.right("sync-11", "What has ended is removed while a session ends", SyncRaces::removedAndEnds));
    }

    private static Scenario twoBegin(Stand stand, Duration apart) {
        SyncScene scene = new SyncScene(stand);
        return scene.scenario("two sessions begin on an instance")
                .actor(() -> scene.take(1, scene.one, new UUID(0, 1), Duration.ZERO))
                .actor(() -> scene.take(2, scene.one, new UUID(0, 2), apart))
                .invariant(
                        "One has it, the other is told that it is locked",
                        right(results(results -> told(results, "has it") == 1 && told(results, "locked") == 1)));
    }

    /** The process that has the instance is gone: nobody renews its lock. */
    private static Scenario holderDies(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        scene.locked(scene.one);
        return scene.scenario("a lock's time-out passes while it is asked for")
                .actor(scene::lockTimeoutPasses)
                .actor(() -> scene.take(2, scene.one, new UUID(0, 2), Duration.ZERO))
                .invariant(
                        "It is locked, or had by whoever asks",
                        right(results(results -> told(results, "has it") + told(results, "locked") == 1)));
    }

    /** Another process takes the instance over before the first has stored what it found. */
    private static Scenario holderStandsStill(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        UUID session = scene.session(scene.one);
        RecordRow begun = scene.begun(session, scene.one, scene.nextToken(scene.one));
        return scene.scenario("a holder stands still")
                .actor(() -> scene.takeAndComplete(1, begun))
                .actor(scene::othersTakeOver)
                .invariant(
                        "What is stored was stored by the holder, and who lost it knows",
                        right((connection, results) -> {
                            boolean stored = noRow("SELECT id FROM instance_accounts")
                                    .violation(connection, results)
                                    .isPresent();
                            boolean completed = told(results, "completed") == 1;
                            return stored == completed
                                    ? Optional.empty()
                                    : Optional.of("stored: " + stored + ", told: " + results.results());
                        }));
    }

    /** Whatever comes between its statements, the other program is not turned away, and waits for no remote call. */
    private static Scenario syncsBesideAWriter(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        RecordRow record = scene.record(scene.session(scene.one), scene.one);
        return scene.scenario("an instance is synced beside another writer")
                .actor(() -> scene.sync(1, record))
                .actor(scene::otherWrites)
                .invariant(
                        "It is synced, and the other has written",
                        right(results(results -> told(results, "completed") == 1 && told(results, "touched 1") == 1)));
    }

    private static Scenario isTurnedAway(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        scene.locked(scene.one);
        RecordRow record = scene.record(scene.session(scene.one), scene.one);
        return scene.scenario("an instance is locked")
                .actor(() -> scene.sync(1, record))
                .actor(scene::otherWrites)
                .invariant(
                        "It is skipped and nothing is open, and the other has written",
                        right((connection, results) ->
                                told(results, "skipped LOCKED") == 1 && told(results, "touched 1") == 1
                                        ? NOTHING_OPEN.violation(connection, results)
                                        : Optional.of("told: " + results.results())));
    }

    private static Scenario breaksDown(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        RecordRow broken = scene.record(scene.session(scene.one), scene.one);
        return scene.scenario("a sync breaks down")
                .actor(() -> scene.syncBroken(1, broken))
                .actor(scene::otherWrites)
                .invariant(
                        "It has failed and says so, and the other has written",
                        right(results(
                                results -> told(results, "failed BROKEN") == 1 && told(results, "touched 1") == 1)));
    }

    private static Scenario endsAndIsCancelled(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        UUID session = scene.session(scene.one);
        RecordRow last = scene.begun(session, scene.one, 1);
        return scene.scenario("a session ends and is cancelled")
                .actor(() -> scene.complete(1, last, 1))
                .actor(() -> scene.cancel(2, session))
                .invariant(
                        "It is one or the other, and both were told which",
                        right(results(results -> (told(results, "completed") == 1 && told(results, "SessionEnded") == 1)
                                || (told(results, "not stored") == 1 && told(results, "cancelled") == 1))));
    }

    private static Scenario twoEnd(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        UUID session = scene.session(scene.one, scene.two);
        RecordRow first = scene.begun(session, scene.one, 1);
        RecordRow second = scene.begun(session, scene.two, 2);
        return scene.scenario("two instances end")
                .actor(() -> scene.complete(1, first, 1))
                .actor(() -> scene.complete(2, second, 2))
                .invariant(
                        "The session has completed, with both",
                        right(noRow("SELECT status FROM sync_sessions WHERE status <> 'completed' OR"
                                + " successful_instances <> 2")));
    }

    private static Scenario deletedAndAdded(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        UUID filled = scene.session(scene.one);
        return scene.scenario("an instance is deleted and gets a record")
                .actor(() -> scene.delete(1, scene.two))
                .actor(() -> scene.add(2, filled, scene.two))
                .invariant(
                        "It is gone with all that belongs to it",
                        right(results(results -> told(results, "deleted") == 1)));
    }

    private static Scenario removedAndEnds(Stand stand) {
        SyncScene scene = new SyncScene(stand);
        UUID session = scene.session(scene.one);
        RecordRow last = scene.begun(session, scene.one, 1);
        return scene.scenario("sessions are removed while one ends")
                .actor(() -> scene.cleanUp(1))
                .actor(() -> scene.complete(2, last, 1))
                .invariant("While it runs it stays", right(results(results -> told(results, "completed") == 1)));
    }

    /** What is stored agrees with itself, each came to its end, and something else is so as well. */
    private static Scenario.Check right(Scenario.Check more) {
        return Checks.right(SyncAudit::run, Checks.both(Checks.allEnded(), more));
    }

    private static Scenario.Check results(Predicate<Outcome> expected) {
        return (connection, results) ->
                expected.test(results) ? Optional.empty() : Optional.of("told: " + results.results());
    }
}
