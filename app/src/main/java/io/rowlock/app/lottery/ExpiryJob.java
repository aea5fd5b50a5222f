package io.rowlock.app.lottery;

import io.rowlock.app.serve.Repeated;
import io.rowlock.claim.WorkReport;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** Ends unpaid orders from time to time, on each node; they do not get into each other's way. */
final class ExpiryJob implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(ExpiryJob.class);

    private final Expiry expiry;
    private final Duration every;

    /** @param every how long to wait between two runs and before the first; zero does not run at all */
    ExpiryJob(Expiry expiry, Duration every) {
        this.expiry = expiry;
        this.every = every;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        Repeated.add(tasks, every, "lottery-expiry", this::run);
    }

    /** All that are due. */
    void run() {
        WorkReport done = expiry.expireDue();
        if (done.taken() > 0) {
            LOG.info(
                    "Unpaid orders expired (expired={}, retried={}, lost={}, left={})",
                    done.completed(),
                    done.retried(),
                    done.lost(),
                    done.left());
        }
        if (done.parked() > 0) {
            LOG.warn(
                    "Unpaid orders could not be ended and are parked (parked={}): orders.expiry_reason says why",
                    done.parked());
        }
    }
}
