package io.rowlock.app.sync;

import static io.rowlock.app.sync.Outcome.done;
import static io.rowlock.app.sync.Outcome.refused;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.SyncTables.SessionRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins sessions, runs them here and ends them. The one entry for the clock, HTTP and the command line, so that they exclude each
 * other where they meet: at an instance.
 *
 * <p>Safe for use by many threads.
 */
final class SyncService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncService.class);
    private static final Unit SCHEDULE = Unit.named("sync-schedule");
    private static final Key SCHEDULED = Key.of("sync-schedule");

    private final Rowlock rowlock;
    private final Sessions sessions;
    private final SyncQueries queries;
    private final SyncRunner runner;
    private final int sessionsMax;
    private volatile boolean closing;

    SyncService(Rowlock rowlock, Sessions sessions, SyncQueries queries, SyncRunner runner, int sessionsMax) {
        this.rowlock = rowlock;
        this.sessions = sessions;
        this.queries = queries;
        this.runner = runner;
        this.sessionsMax = sessionsMax;
    }

    /**
     * A session that was begun, and its run here.
     *
     * @param fresh whether it was begun by this call
     * @param ended ends when the session has, or when nothing of it can be gone on with here
     */
    record Begun(UUID sessionId, boolean fresh, CompletableFuture<Void> ended) {

        /** Waits for the end of the run, so long and no longer. */
        void await(Duration wait) throws InterruptedException {
            try {
                Object unused = ended.get(wait.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException runsOn) {
                // Whoever asked looks at the session and sees that.
            } catch (ExecutionException never) {
                throw new IllegalStateException("A run ends without an exception", never);
            }
        }
    }

    /**
     * Syncs instances in a session of their own.
     *
     * @param wanted the id that the session is to have. If there is one of this id it is gone on with, wherever it was begun, and
     *     the rest of this call's parameters does not count
     * @param instances which ones; those that are deleted meanwhile are left out
     */
    Outcome<Begun> sync(Optional<UUID> wanted, SyncType type, String by, List<UUID> instances) {
        if (wanted.isPresent()) {
            Optional<SyncQueries.Whole> there = queries.session(wanted.get());
            if (there.isPresent() && there.get().session().isSealed()) {
                return done(new Begun(wanted.get(), false, runner.run(wanted.get())));
            }
        }
        if (instances.isEmpty()) {
            return refused(new Refusal.NoInstances());
        }
        if (closing || !runner.hasRoom()) {
            return refused(new Refusal.TooManySessions(sessionsMax));
        }
        SessionRow session = sessions.create(wanted, type, SyncCategory.ACCOUNT, by);
        return fill(session.sessionId(), instances)
                .map(refusal -> Outcome.<Begun>refused(refusal))
                .orElseGet(() -> done(new Begun(session.sessionId(), true, runner.run(session.sessionId()))));
    }

    /** Adds the records. */
    private Optional<Refusal> fill(UUID sessionId, List<UUID> instances) {
        List<UUID> left = new ArrayList<>(instances);
        while (true) {
            Optional<Refusal> refusal = sessions.add(sessionId, left).fold(done -> Optional.empty(), Optional::of);
            if (refusal.isPresent() && refusal.get() instanceof Refusal.UnknownInstance unknown) {
                // Deleted since it was looked for; or never there, which whoever named it has made sure of.
                boolean unused = left.remove(unknown.instanceId());
                continue;
            }
            // Cancelled before it was filled: then it has ended, and that is what is answered.
            return refusal.filter(why -> !(why instanceof Refusal.SessionEnded));
        }
    }

    /**
     * Begins what the clock asks for, unless another process has done so, or the last is not over.
     *
     * @param every how far apart these sessions are
     * @return the session that was begun
     */
    Optional<Begun> scheduled(Duration every) {
        List<UUID> instances = queries.enabledInstances();
        if (instances.isEmpty() || closing || !runner.hasRoom()) {
            return Optional.empty();
        }
        Optional<UUID> session = rowlock.transact(SCHEDULE, tx -> {
            tx.guard(SCHEDULED);
            List<UUID> last = Sql.ids(tx, """
                    SELECT session_id
                      FROM sync_sessions
                     WHERE sync_type = 'scheduled'
                     ORDER BY created_at DESC, session_id
                     LIMIT 1""");
            boolean due = tx.peekAll(SyncTables.SESSIONS, last).values().stream()
                    .noneMatch(view -> !view.value().sessionStatus().isEnd()
                            || view.value()
                                    .createdAt()
                                    // Clocks and timers are not that exact.
                                    .isAfter(tx.now().minus(every.dividedBy(2))));
            return due
                    ? Optional.of(Sessions.begin(
                                    tx, tx.newId("session"), SyncType.SCHEDULED, SyncCategory.ACCOUNT, "schedule")
                            .sessionId())
                    : Optional.empty();
        });
        return session.filter(id -> fill(id, instances).isEmpty()).map(id -> new Begun(id, true, runner.run(id)));
    }

    /**
     * Goes on with sessions that nobody has worked on for a while, because their processes are gone; as far as there is room here.
     *
     * @param after how long nothing has happened in them
     * @return with how many
     */
    int takeOver(Duration after) {
        int taken = 0;
        for (UUID sessionId : sessions.left(after)) {
            if (closing || !runner.hasRoom()) {
                break;
            }
            if (!runner.running().contains(sessionId)) {
                var unused = runner.run(sessionId);
                taken++;
            }
        }
        return taken;
    }

    /** Ends a session that runs, here or elsewhere. */
    Outcome<SessionRow> cancel(UUID sessionId) {
        Outcome<SessionRow> cancelled = sessions.cancel(sessionId);
        if (cancelled instanceof Outcome.Done) {
            runner.stop(sessionId);
        }
        return cancelled;
    }

    /** Ends what runs here: it is cancelled, and says so. */
    @Override
    public void close() {
        closing = true;
        for (UUID sessionId : runner.running()) {
            try {
                String what = sessions.cancel(sessionId)
                        .fold(done -> "cancelled", refusal -> refusal.getClass().getSimpleName());
                LOG.info("This process ends, and with it a session (session={}, outcome={})", sessionId, what);
            } catch (RuntimeException away) {
                LOG.warn("A session could not be cancelled, it is recovered later (session={})", sessionId, away);
            }
        }
        runner.close();
    }
}
