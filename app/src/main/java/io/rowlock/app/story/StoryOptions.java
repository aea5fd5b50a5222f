package io.rowlock.app.story;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of the stories; {@code application.yaml} has their defaults.
 *
 * @param lockTimeout how long to wait for a story that somebody else works on, 1 s to 5 min
 * @param retry how long a change is brought together with others and tried again
 */
@ConfigurationProperties("rowlock.story")
record StoryOptions(Duration lockTimeout, RetryPolicy retry) {
    private static final Duration MIN = Duration.ofSeconds(1);
    private static final Duration MAX = Duration.ofMinutes(5);

    StoryOptions {
        if (lockTimeout.compareTo(MIN) < 0 || lockTimeout.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("lock-timeout is from 1s to 5m, not " + lockTimeout);
        }
    }
}
