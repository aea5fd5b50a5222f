package io.rowlock.app.serve;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** What is done again and again while the service runs. */
public final class Repeated {
    private static final Logger LOG = LoggerFactory.getLogger(Repeated.class);

    private Repeated() {}

    /**
     * Has a job done from now on. One that fails is told to the log, and done the next time.
     *
     * @param every how long to wait between two times and before the first; zero does not do it at all
     */
    public static void add(ScheduledTaskRegistrar tasks, Duration every, String name, Runnable job) {
        if (every.compareTo(Duration.ZERO) > 0) {
            tasks.addFixedDelayTask(new FixedDelayTask(() -> once(name, job), every, every));
        }
    }

    private static void once(String name, Runnable job) {
        try {
            job.run();
        } catch (RuntimeException failed) {
            LOG.warn("Not done this time, the next run does it (job={})", name, failed);
        }
    }
}
