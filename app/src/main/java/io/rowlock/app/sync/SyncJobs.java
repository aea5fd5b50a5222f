package io.rowlock.app.sync;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
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
        add(tasks, options.scheduleEvery(), this::sync);
        add(tasks, options.recoverEvery(), this::recover);
        add(tasks, options.cleanUpEvery(), this::cleanUp);
    }

    private static void add(ScheduledTaskRegistrar tasks, Duration every, Runnable job) {
        if (every.compareTo(Duration.ZERO) > 0) {
            tasks.addFixedDelayTask(new FixedDelayTask(
                    () -> {
                        try {
                            job.run();
                        } catch (RuntimeException failed) {
                            LOG.warn("Not done this time, the next run does it", failed);
                        }
                    },
                    every,
                    every));
        }
    }

    private void sync() {
        service.scheduled(options.scheduleEvery())
                .ifPresent(begun -> LOG.info("A session was begun by the clock (session={})", begun.sessionId()));
    }

    private void recover() {
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
