package io.rowlock.app.lottery;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws rounds soon after they are sold out, on a thread of its own and by the same operation as anybody who asks: two
 * instances, or an instance and a person, draw a round once between them.
 *
 * <p>A round whose announcement was lost (the process died after the commit, the database was away, too many waited) is
 * found by a look at the rounds that are full, at the start and every minute.
 */
final class AutomaticDraw implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AutomaticDraw.class);
    private static final Unit SEARCH = Unit.named("lottery-draw-search");

    /** Rounds that wait; those beyond are found by the next look. */
    private static final int WAITING_MAX = 256;

    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);

    /** For the draw that runs when the service ends; above the deadline of its unit. */
    private static final Duration END = Duration.ofSeconds(12);

    private final Rowlock rowlock;
    private final Draws draws;
    private final boolean active;
    private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor thread;

    /** @param active whether it draws; if not, it does nothing at all */
    AutomaticDraw(Rowlock rowlock, Draws draws, boolean active) {
        this.rowlock = rowlock;
        this.draws = draws;
        this.active = active;
        this.thread = new ScheduledThreadPoolExecutor(1, run -> {
            Thread daemon = new Thread(run, "rowlock-lottery-draw");
            daemon.setDaemon(true);
            return daemon;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Begins to look for rounds that nobody announces. */
    void start() {
        if (active) {
            // What a look throws it catches itself, so its future tells nothing.
            Future<?> unused = thread.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Draws a round soon. Never waits. */
    void soon(UUID roundId) {
        if (!active || waiting.size() >= WAITING_MAX || !waiting.add(roundId)) {
            return;
        }
        try {
            thread.execute(() -> draw(roundId));
        } catch (RejectedExecutionException ending) {
            // The next start draws it.
            waiting.remove(roundId);
        }
    }

    private void draw(UUID roundId) {
        waiting.remove(roundId);
        try {
            String outcome = draws.draw(roundId)
                    .fold(
                            draw -> "drawn",
                            refusal -> refusal.getClass().getSimpleName(),
                            conflict -> conflict.getClass().getSimpleName());
            LOG.info("A round was full (round={}, outcome={})", roundId, outcome);
        } catch (RuntimeException failed) {
            LOG.warn("A round was not drawn, the next look finds it (round={}, error={})", roundId, failed.toString());
        }
    }

    private void look() {
        try {
            rowlock.read(SEARCH, tx -> Sql.ids(tx, """
                            SELECT id
                              FROM lottery_rounds
                             WHERE status = 'FULL'
                             ORDER BY created_at, id
                             LIMIT ?""", WAITING_MAX)).forEach(this::soon);
        } catch (RuntimeException failed) {
            // Thrown on, it would be the last look.
            LOG.warn("Could not look for rounds to draw (error={})", failed.toString());
        }
    }

    /** Ends the draw that runs, and begins no other; those left are drawn after the next start. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(END.toNanos(), TimeUnit.NANOSECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
