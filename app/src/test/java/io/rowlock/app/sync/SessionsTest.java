package io.rowlock.app.sync;

import static io.rowlock.app.sync.Park.done;
import static io.rowlock.app.sync.Park.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.app.sync.remote.RemoteFailure;
import io.rowlock.app.sync.remote.RemoteInstance;
import io.rowlock.app.sync.remote.Stop;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Sessions from their begin to their end, and what is left when they are gone. */
class SessionsTest {
    @SuppressWarnings("NullAway.Init") // by open()
    private Park park;

    @BeforeEach
    void open(Database database) {
        park = new Park(database);
    }

    @AfterEach
    void close() {
        park.isRight();
        park.close();
    }

    private void sync(UUID session, UUID instance) {
        assertThat(park.first.sync.sync(park.record(session, instance), new Stop()))
                .isEqualTo(InstanceSync.Result.DONE);
    }

    @Databases
    void aSessionSyncsWhatItsInstancesHave(Database database) {
        UUID one = park.instance("ann", "bob");
        UUID two = park.instance("cid");
        UUID session = park.session(one, two);
        assertThat(park.told(session)).isEqualTo("running 2/0/0");

        sync(session, one);
        assertThat(park.told(session)).isEqualTo("running 2/1/0");
        sync(session, two);

        assertThat(park.told(session)).isEqualTo("completed 2/2/0");
        assertThat(park.row(session).completedAt()).isEqualTo(park.clock.instant());
        assertThat(park.stored(one)).containsExactly("ann", "bob");
        RecordRow record = park.record(session, one);
        assertThat(record.recordStatus()).isEqualTo(RecordStatus.COMPLETED);
        assertThat(record.accountsSynced()).isEqualTo(2);
        assertThat(record.accountsCreated()).isEqualTo(2);
        assertThat(record.attempts()).isOne();
        assertThat(park.queries.instance(one).orElseThrow().lastSyncedAt()).isEqualTo(park.clock.instant());
    }

    @Databases
    void whatChangedInAnInstanceIsStoredTheNextTime(Database database) {
        UUID instance = park.instance("ann", "bob", "cid");
        sync(park.session(instance), instance);
        park.change(instance, stop -> Park.accounts("ann=false", "cid", "dan"));
        UUID second = park.session(instance);
        sync(second, instance);

        assertThat(park.stored(instance)).containsExactly("ann", "-bob", "cid", "dan");
        RecordRow record = park.record(second, instance);
        assertThat(List.of(
                        record.accountsSynced(),
                        record.accountsCreated(),
                        record.accountsUpdated(),
                        record.accountsDeleted()))
                .containsExactly(3, 1, 1, 1);
        park.change(instance, stop -> Park.accounts("bob"));
        sync(park.session(instance), instance);
        assertThat(park.stored(instance)).containsExactly("-ann", "bob", "-cid", "-dan");
    }

    @Databases
    void whatCannotBeReadFailsAndTheSessionWithIt(Database database) {
        UUID well = park.instance("ann");
        UUID away = park.instance(stop -> {
            throw new RemoteFailure(RemoteFailure.Kind.UNREACHABLE, "");
        });
        UUID broken = park.instance(stop -> {
            throw new IllegalStateException("geheim");
        });
        UUID session = park.session(well, away, broken);
        for (UUID instance : List.of(away, well, broken)) {
            sync(session, instance);
        }

        assertThat(park.told(session)).isEqualTo("failed 3/1/2");
        assertThat(park.record(session, away).errorCode()).isEqualTo("UNREACHABLE");
        assertThat(park.record(session, broken).errorCode()).isEqualTo("BROKEN");
        assertThat(park.record(session, broken).errorMessage()).doesNotContain("geheim");
        assertThat(park.stored(away)).isEmpty();
        sync(session, well);
        assertThat(park.told(session)).as("what has ended stays").isEqualTo("failed 3/1/2");
    }

    /** Ten in a transaction; the unknown one is refused, and nothing of its ten is stored. */
    @Databases
    void recordsAreAddedInBatchesOfTen(Database database) {
        List<UUID> all = Stream.generate(() -> park.instance("ann")).limit(23).toList();
        UUID session = park.sessions
                .create(Optional.empty(), SyncType.SCHEDULED, SyncCategory.ACCOUNT, "test")
                .sessionId();
        UUID unknown = UUID.randomUUID();
        List<UUID> withUnknown =
                Stream.concat(all.subList(0, 15).stream(), Stream.of(unknown)).toList();

        assertThat(refused(park.sessions.add(session, withUnknown))).isEqualTo(new Refusal.UnknownInstance(unknown));
        assertThat(park.told(session)).isEqualTo("running 10/0/0");
        assertThat(park.row(session).isSealed()).isFalse();
        SessionRow filled = done(park.sessions.add(session, all));

        assertThat(filled.totalInstances()).isEqualTo(23);
        assertThat(filled.isSealed()).isTrue();
        assertThat(done(park.sessions.add(session, all)).totalInstances())
                .as("again")
                .isEqualTo(23);
        assertThat(park.number("SELECT COUNT(*) FROM sync_instance_records WHERE session_id = '" + session + "'"))
                .isEqualTo(23);
        assertThat(refused(park.sessions.add(UUID.randomUUID(), all))).isInstanceOf(Refusal.UnknownSession.class);
    }

    /** Otherwise the first batch, done before the second is there, would end the session. */
    @Databases
    void aSessionDoesNotEndBeforeAllItsRecordsAreThere(Database database) {
        UUID session = park.sessions
                .create(Optional.empty(), SyncType.SCHEDULED, SyncCategory.ACCOUNT, "test")
                .sessionId();
        UUID unknown = UUID.randomUUID();
        UUID first = park.instance("ann");
        List<UUID> ten = Stream.concat(
                        Stream.of(first),
                        Stream.generate(() -> park.instance("ann")).limit(9))
                .toList();
        assertThat(refused(park.sessions.add(
                        session, Stream.concat(ten.stream(), Stream.of(unknown)).toList())))
                .isEqualTo(new Refusal.UnknownInstance(unknown));
        ten.forEach(instance -> sync(session, instance));
        assertThat(park.told(session)).isEqualTo("running 10/10/0");

        assertThat(done(park.sessions.add(session, ten)).sessionStatus()).isEqualTo(SessionStatus.COMPLETED);
    }

    @Databases
    void onlyWhatRunsIsCancelled(Database database) {
        UUID done = park.instance("ann");
        UUID open = park.instance("bob");
        UUID session = park.session(done, open);
        sync(session, done);

        SessionRow cancelled = done(park.sessions.cancel(session));

        assertThat(cancelled.sessionStatus()).isEqualTo(SessionStatus.CANCELLED);
        assertThat(park.told(session)).isEqualTo("cancelled 2/1/1");
        assertThat(park.record(session, open).recordStatus()).isEqualTo(RecordStatus.SKIPPED);
        assertThat(park.record(session, open).errorCode()).isEqualTo("CANCELLED");
        sync(session, open);
        assertThat(park.stored(open)).isEmpty();
        assertThat(park.told(session)).isEqualTo("cancelled 2/1/1");
        assertThat(refused(park.sessions.cancel(session)))
                .isEqualTo(new Refusal.SessionEnded(session, SessionStatus.CANCELLED));
        assertThat(refused(park.sessions.add(session, List.of(done)))).isInstanceOf(Refusal.SessionEnded.class);
        assertThat(refused(park.sessions.cancel(UUID.randomUUID()))).isInstanceOf(Refusal.UnknownSession.class);
    }

    /** A worker that is in the middle of reading when the session is cancelled stores nothing. */
    @Databases
    void aCancelledSessionIsHonouredByWhoeverWorks(Database database) {
        UUID[] session = new UUID[1];
        UUID instance = park.instance(stop -> {
            assertThat(done(park.sessions.cancel(session[0])).sessionStatus()).isEqualTo(SessionStatus.CANCELLED);
            return Park.accounts("ann");
        });
        session[0] = park.session(instance);
        sync(session[0], instance);

        assertThat(park.stored(instance)).isEmpty();
        assertThat(park.told(session[0])).isEqualTo("cancelled 1/0/1");
    }

    /** A session of two instances, of which all but this one is done. */
    private UUID halfDone(UUID rest) {
        UUID done = park.instance("ann");
        UUID session = park.session(done, rest);
        sync(session, done);
        return session;
    }

    /** A session that has not all its records. */
    private UUID unfilled() {
        return park.sessions
                .create(Optional.empty(), SyncType.SCHEDULED, SyncCategory.ACCOUNT, "test")
                .sessionId();
    }

    @Databases
    void whatAProcessHasLeftAnotherGoesOnWith(Database database) {
        UUID two = park.instance("bob");
        UUID left = halfDone(two);
        UUID unfilled = unfilled();
        park.clock.advance(Duration.ofMinutes(7));
        UUID lively = park.session(two);
        Park.Node other = park.node();

        assertThat(other.sessions.left(Duration.ofMinutes(6))).contains(left).doesNotContain(unfilled, lively);
        assertThat(other.service.takeOver(Duration.ofMinutes(6))).isPositive();

        Eventually.until(
                "it is over", Duration.ofSeconds(20), () -> !park.told(left).startsWith("running"));
        assertThat(park.told(left)).isEqualTo("completed 2/2/0");
        assertThat(park.stored(two)).containsExactly("bob");
        assertThat(park.told(lively)).isEqualTo("running 1/0/0");
        assertThat(other.service.takeOver(Duration.ofMinutes(6))).isZero();
    }

    @Databases
    void stuckSessionsAreEndedAndOthersAreNot(Database database) {
        UUID two = park.instance("bob");
        UUID stuck = halfDone(two);
        UUID unfilled = unfilled();
        park.clock.advance(Duration.ofMinutes(9));
        UUID lively = park.session(two);
        park.clock.advance(Duration.ofMinutes(2));

        int recovered = park.sessions.recover(Duration.ofMinutes(10));

        assertThat(recovered).isGreaterThanOrEqualTo(2);
        assertThat(park.told(stuck)).isEqualTo("failed 2/1/1");
        assertThat(park.record(stuck, two).errorCode()).isEqualTo("STUCK");
        assertThat(park.told(unfilled)).isEqualTo("failed 0/0/0");
        assertThat(park.told(lively)).isEqualTo("running 1/0/0");
        sync(stuck, two);
        assertThat(park.stored(two)).isEmpty();
        assertThat(park.sessions.recover(Duration.ofMinutes(10))).isZero();
    }

    @Databases
    void onlyWhatEndedLongAgoIsRemovedAndNothingIsLeftOfIt(Database database) {
        List<UUID> instances =
                Stream.generate(() -> park.instance("ann")).limit(12).toList();
        List<UUID> old = instances.stream()
                .map(instance -> {
                    UUID session = park.session(instance);
                    sync(session, instance);
                    return session;
                })
                .toList();
        UUID oldButRunning = park.session(instances.get(0));
        park.clock.advance(Duration.ofDays(7));
        UUID recent = park.session(instances.get(1));
        sync(recent, instances.get(1));
        park.clock.advance(Duration.ofSeconds(1));

        assertThat(park.sessions.cleanUp(Duration.ofDays(7))).isGreaterThanOrEqualTo(12);

        old.forEach(session -> assertThat(park.queries.session(session)).isEmpty());
        assertThat(park.told(oldButRunning)).isEqualTo("running 1/0/0");
        assertThat(park.told(recent)).isEqualTo("completed 1/1/0");
        assertThat(park.stored(instances.get(0))).as("accounts stay").containsExactly("ann");
        assertThat(park.number("SELECT COUNT(*) FROM sync_transitions t LEFT JOIN sync_sessions s"
                        + " ON s.session_id = t.session_id WHERE s.session_id IS NULL"))
                .isZero();
        assertThat(park.sessions.cleanUp(Duration.ofDays(7))).isZero();
    }

    @Databases
    void anInstanceGoesWithWhatBelongsToItAndItsSessionsAreCountedAnew(Database database) {
        UUID stays = park.instance("ann");
        UUID goes = park.instance("bob");
        UUID ended = park.session(stays, goes);
        sync(ended, stays);
        sync(ended, goes);
        UUID running = park.session(stays, goes);
        sync(running, stays);

        assertThat(done(park.instances.delete(goes)).id()).isEqualTo(goes);

        assertThat(park.told(ended)).isEqualTo("completed 1/1/0");
        assertThat(park.told(running)).as("it waited for nothing else").isEqualTo("completed 1/1/0");
        assertThat(park.queries.instance(goes)).isEmpty();
        assertThat(park.number("SELECT COUNT(*) FROM instance_accounts WHERE instance_id = '" + goes + "'"))
                .isZero();
        assertThat(refused(park.instances.delete(goes))).isEqualTo(new Refusal.UnknownInstance(goes));
    }

    @Databases
    void aNameIsThereOnceAndAnAddressMustBeAllowed(Database database) {
        UUID there = park.instance("ann");
        String name = park.queries.instance(there).orElseThrow().name();

        assertThat(refused(park.instances.register(name, new RemoteInstance("jdbc:mariadb://h/d", null, null))))
                .isEqualTo(new Refusal.InstanceExists(there, name));
        assertThat(refused(park.instances.register("other", new RemoteInstance("jdbc:sqlite:x.db", null, null))))
                .isInstanceOf(Refusal.AddressNotAllowed.class);
        assertThat(park.queries.instance(name).orElseThrow().id()).isEqualTo(there);
    }

    @Databases
    void theViewSaysWhatTheTablesSay(Database database) {
        UUID one = park.instance("ann");
        UUID two = park.instance("bob");
        UUID session = park.session(one, two);
        park.clock.advance(Duration.ofMillis(1500));
        sync(session, one);

        SyncQueries.Performance running =
                park.queries.details(session).orElseThrow().performance();
        assertThat(running.totalRecords()).isEqualTo(2);
        assertThat(running.completedRecords()).isOne();
        assertThat(running.session().status()).isEqualTo("running");
        SessionRow unused = done(park.sessions.cancel(session));
        SyncQueries.Performance ended =
                park.queries.details(session).orElseThrow().performance();
        assertThat(ended.durationSeconds()).isCloseTo(1.5, org.assertj.core.data.Offset.offset(0.01));
        assertThat(ended.failedRecords()).isOne();
        assertThat(ended.runningRecords()).isZero();
        assertThat(park.queries.details(UUID.randomUUID())).isEmpty();
    }
}
