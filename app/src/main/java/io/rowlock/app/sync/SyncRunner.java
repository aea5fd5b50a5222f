package io.rowlock.app.sync;

import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.remote.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works sessions off: on threads of its own, some instances of a session at once and no more.
 *
 * <p>A session may be run where it was begun and anywhere else, also at once: each record is begun under its instance's hold. So
 * whoever asks again after a crash goes on with what is left: records that nobody has begun, and such as were begun by a process
 * that is gone, as soon as its hold has expired.
 *
 * <p>Safe for use by many threads.
 */
final class SyncRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SyncRunner.class);

    /** Between two looks at records that somebody else has begun. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private static final Duration END_WAIT = Duration.ofSeconds(5);

    private final InstanceSync sync;
    private final SyncQueries queries;
    private final SyncListener listener;
    private final Limits limits;
    private final ScheduledThreadPoolExecutor workers;
    private final Map<UUID, Run> runs = new ConcurrentHashMap<>();

    /**
     * How much runs at once.
     *
     * @param parallel instances of one session
     * @param workers instances of all sessions here
     * @param sessions sessions here
     * @param patience how long a session is held on to when nothing of it can be gone on with: longer than a hold lasts that
     *     nobody renews
     */
    record Limits(int parallel, int workers, int sessions, Duration patience) {}

    SyncRunner(InstanceSync sync, SyncQueries queries, SyncListener listener, Limits limits) {
        this.sync = sync;
        this.queries = queries;
        this.listener = listener;
        this.limits = limits;
        AtomicInteger number = new AtomicInteger();
        workers = new ScheduledThreadPoolExecutor(limits.workers(), work -> {
            Thread thread = new Thread(work, "sync-worker-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        workers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Whether another session may be begun here. */
    boolean hasRoom() {
        return runs.size() < limits.sessions();
    }

    /** The sessions that run here. */
    Set<UUID> running() {
        return Set.copyOf(runs.keySet());
    }

    /**
     * Runs a session, unless it runs here already.
     *
     * @return ends when the session has, or when nothing of it can be gone on with here; never with an exception
     */
    CompletableFuture<Void> run(UUID sessionId) {
        Run mine = new Run(sessionId);
        Run there = runs.putIfAbsent(sessionId, mine);
        if (there != null) {
            return there.ended;
        }
        mine.submit(Duration.ZERO, mine::round);
        return mine.ended;
    }

    /** Ends reading that is under way for a session. That nothing of it is stored is the session's matter. */
    void stop(UUID sessionId) {
        Run run = runs.get(sessionId);
        if (run != null) {
            run.stop.now();
        }
    }

    /** Takes no more, and waits a little for what is under way. Whoever closes it cancels the sessions first. */
    @Override
    public void close() {
        runs.values().forEach(run -> run.stop.now());
        workers.shutdown();
        try {
            if (!workers.awaitTermination(END_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
        runs.values().forEach(Run::end);
    }

    /** One session here. Goes in rounds: all records that are open, then those that are still. */
    private final class Run {
        private final UUID sessionId;
        private final Stop stop = new Stop();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();
        private final Queue<RecordRow> open = new ConcurrentLinkedQueue<>();
        private final AtomicInteger pulling = new AtomicInteger();
        private volatile boolean progress = true;
        private volatile long progressedAt = System.nanoTime();

        Run(UUID sessionId) {
            this.sessionId = sessionId;
        }

        void submit(Duration delay, Runnable work) {
            try {
                var unused = workers.schedule(() -> guarded(work), delay.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closed) {
                end();
            }
        }

        /** What goes wrong with the database ends a round and not the run, until patience ends. */
        private void guarded(Runnable work) {
            try {
                work.run();
            } catch (RuntimeException failed) {
                LOG.warn("A session is gone on with later (session={})", sessionId, failed);
                if (isOutOfPatience()) {
                    end();
                } else {
                    submit(LOOK_AGAIN, this::round);
                }
            }
        }

        private boolean isOutOfPatience() {
            return System.nanoTime() - progressedAt > limits.patience().toNanos();
        }

        private void round() {
            List<RecordRow> records = stop.isStopped() ? List.of() : queries.open(sessionId);
            if (records.isEmpty()) {
                end();
                return;
            }
            if (progress) {
                progress = false;
                progressedAt = System.nanoTime();
            } else if (isOutOfPatience()) {
                LOG.info("A session is left to those who hold what is open of it (session={})", sessionId);
                end();
                return;
            }
            open.addAll(records);
            int pullers = Math.min(limits.parallel(), records.size());
            pulling.set(pullers);
            for (int i = 0; i < pullers; i++) {
                submit(Duration.ZERO, this::pull);
            }
        }

        private void pull() {
            try {
                for (RecordRow record = open.poll(); record != null && !stop.isStopped(); record = open.poll()) {
                    if (sync.sync(record, stop) == InstanceSync.Result.DONE) {
                        progress = true;
                    }
                }
            } catch (RuntimeException failed) {
                LOG.warn("An instance is gone on with later (session={})", sessionId, failed);
            } finally {
                if (pulling.decrementAndGet() == 0) {
                    open.clear();
                    again();
                }
            }
        }

        private void again() {
            submit(progress ? Duration.ZERO : LOOK_AGAIN, this::round);
        }

        void end() {
            if (runs.remove(sessionId, this)) {
                told();
                ended.complete(null);
            }
        }

        private void told() {
            try {
                queries.session(sessionId)
                        .map(SyncQueries.Whole::session)
                        .filter(session -> session.completedAt() != null)
                        .ifPresent(session -> listener.session(
                                session.sessionStatus(), Duration.between(session.startedAt(), session.completedAt())));
            } catch (RuntimeException away) {
                LOG.debug("Nobody is told of the end of a session (session={})", sessionId, away);
            }
        }
    }
}
