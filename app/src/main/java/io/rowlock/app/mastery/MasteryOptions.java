package io.rowlock.app.mastery;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of the mastery system; {@code application.yaml} has their defaults.
 *
 * @param lockTimeout how long an answer waits for others to the same user on this node, 1 s to 5 min
 * @param decisionTimeout how long a decision may take before a fallback is answered, 50 ms to 5 s
 * @param transactionalPersistence whose answers are stored in one commit
 * @param rewards delayed ones
 * @param checkEvery how long between two times that state, model and log are compared; 0 for never, at most 1 day
 */
@ConfigurationProperties("rowlock.mastery")
record MasteryOptions(
        Duration lockTimeout,
        Duration decisionTimeout,
        TransactionalPersistence transactionalPersistence,
        Rewards rewards,
        Duration checkEvery) {
    private static final Duration DAY = Duration.ofDays(1);

    MasteryOptions {
        require("lock-timeout", lockTimeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
        require("decision-timeout", decisionTimeout, Duration.ofMillis(50), Duration.ofSeconds(5));
        require("check-every", checkEvery, Duration.ZERO, DAY);
    }

    /**
     * Whose answers are stored in one commit.
     *
     * @param enabled whether anybody's are
     * @param percent of how many users, 0 to 100
     */
    record TransactionalPersistence(boolean enabled, int percent) {
        TransactionalPersistence {
            if (percent < 0 || percent > 100) {
                throw new IllegalArgumentException(
                        "transactional-persistence.percent is a number from 0 to 100, not " + percent);
            }
        }
    }

    /**
     * Delayed rewards.
     *
     * @param every how long between two times that what is due is learned of; 0 for never, at most 1 day
     * @param delay after which a reward is due where nobody has said when the word comes up again, 1 min to 365 days
     */
    record Rewards(Duration every, Duration delay) {
        Rewards {
            require("rewards.every", every, Duration.ZERO, DAY);
            require("rewards.delay", delay, Duration.ofMinutes(1), Duration.ofDays(365));
        }
    }

    private static void require(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " is from " + min + " to " + max + ", not " + value);
        }
    }
}
