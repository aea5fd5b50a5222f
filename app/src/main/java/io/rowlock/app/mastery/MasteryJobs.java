package io.rowlock.app.mastery;

import io.rowlock.app.mastery.Consistency.Drift;
import io.rowlock.app.serve.Repeated;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** What the clock does, on each node; they do not get into each other's way. */
final class MasteryJobs implements SchedulingConfigurer {
    private static final Logger LOG = LoggerFactory.getLogger(MasteryJobs.class);

    /** How many users are compared each time: those who have answered last. */
    private static final int USERS = 1000;

    private final DelayedRewards rewards;
    private final Consistency consistency;
    private final MasteryOptions options;

    MasteryJobs(DelayedRewards rewards, Consistency consistency, MasteryOptions options) {
        this.rewards = rewards;
        this.consistency = consistency;
        this.options = options;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        Repeated.add(tasks, options.rewards().every(), "mastery-rewards", this::reward);
        Repeated.add(tasks, options.checkEvery(), "mastery-check", this::check);
    }

    private void reward() {
        DelayedRewards.Report report = rewards.applyDue();
        rewards.count();
        if (report.taken() > 0) {
            LOG.info("Delayed rewards were worked on ({})", report);
        }
        if (report.failed() > 0) {
            LOG.warn(
                    "Delayed rewards have failed for good (failed={}): reward_queue.claim_reason says why",
                    report.failed());
        }
    }

    private void check() {
        List<Drift> drifts = consistency.checkAndCount(USERS);
        if (!drifts.isEmpty()) {
            LOG.warn(
                    "State, model and log of users do not agree (drifts={}, such as {}): POST"
                            + " /api/amas/maintenance/repair computes a user anew",
                    drifts.size(),
                    drifts.get(0));
        }
    }
}
