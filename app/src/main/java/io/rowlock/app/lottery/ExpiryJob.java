package io.rowlock.app.lottery;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** Ends unpaid orders from time to time, on each node; they do not get into each other's way. */
final class ExpiryJob implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryJob.class);
    private static final int BATCH = 100;

    private final Expiry expiry;
    private final Duration every;

    /** @param every how long to wait between two runs and before the first; zero does not run at all */
    ExpiryJob(Expiry expiry, Duration every) {
        this.expiry = expiry;
        this.every = every;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        if (every.compareTo(Duration.ZERO) > 0) {
            tasks.addFixedDelayTask(new FixedDelayTask(this::run, every, every));
        }
    }

    /** All that are due, a batch at a time, as long as there is progress. */
    void run() {
        try {
            Expiry.Expired done;
            do {
                done = expiry.expire(Limits.PAY_WITHIN, BATCH);
                if (done.expired() > 0) {
                    LOG.info(
                            "Unpaid orders expired (expired={}, lost={}, postponed={})",
                            done.expired(),
                            done.lost(),
                            done.postponed());
                }
            } while (done.expired() == BATCH);
        } catch (RuntimeException failed) {
            LOG.warn("Unpaid orders could not be looked through, they will be the next time", failed);
        }
    }
}
