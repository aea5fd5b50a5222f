package io.rowlock.app.sync;

import io.rowlock.app.serve.Repeated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** What the clock does, on each node; they do not get into each other's way. */
final class SyncJobs implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(SyncJobs.class);

    private final SyncService service;
    private final Sessions sessions;
    private final SyncOptions options;

    SyncJobs(SyncService service, Sessions sessions, SyncOptions options) {
        this.service = service;
        this.sessions = sessions;
        this.options = options;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        Repeated.add(tasks, options.scheduleEvery(), "sync-schedule", this::sync);
        Repeated.add(tasks, options.recoverEvery(), "sync-recover", this::recover);
        Repeated.add(tasks, options.cleanUpEvery(), "sync-clean-up", this::cleanUp);
    }

    private void sync() {
        service.scheduled(options.scheduleEvery())
                .ifPresent(begun -> LOG.info("A session was begun by the clock (session={})", begun.sessionId()));
    }

    /** Goes on with what others have left, and ends what nobody can go on with. */
    private void recover() {
        int taken = service.takeOver(options.takeOverAfter());
        if (taken > 0) {
            LOG.info("Sessions that nobody worked on are gone on with (sessions={})", taken);
        }
        int recovered = sessions.recover(options.recoverAfter());
        if (recovered > 0) {
            LOG.info("Stuck sessions were ended (sessions={})", recovered);
        }
    }

    private void cleanUp() {
        int removed = sessions.cleanUp(options.retention());
        if (removed > 0) {
            LOG.info("Old sessions were removed (sessions={})", removed);
        }
    }
}
