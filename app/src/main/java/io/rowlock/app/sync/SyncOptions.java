package io.rowlock.app.sync;

import io.rowlock.app.sync.remote.RemoteLimits;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of the sync; {@code application.yaml} has their defaults.
 *
 * @param lockTimeout how long an instance stays locked when nobody renews, which is after its holder has died; 1 s to 1 h
 * @param parallel instances of one session at once, 1 to 64
 * @param workers instances of all sessions at once on a node, 1 to 64
 * @param sessionsAtOnce sessions at once on a node, 1 to 1000
 * @param answerWait how long a request waits for the end of its session before it is answered with what there is; 0 to 10 min
 * @param scheduleEvery how far apart sessions are that the clock begins; 0 for none, at most 1 day
 * @param cleanUpEvery how long between two times that old sessions are removed; 0 for never, at most 1 day
 * @param retention how long ended sessions are kept, 1 h to 10 years
 * @param recoverEvery how long between two times that sessions are looked for that nobody works on; 0 for never, at most 1 day
 * @param takeOverAfter how long nothing has happened in a session before another node goes on with it, 1 s to 1 day
 * @param recoverAfter how long nothing has happened in a session before it counts as stuck and is ended, 1 s to 1 day
 * @param allowedHosts on which servers may be read; {@code *} for any
 * @param sqliteFolders in which files may be read; empty for {@code instances} in the data folder
 * @param credentialsFile where passwords are; empty for {@code credentials.properties} in the data folder
 * @param limits how long an instance has
 */
@ConfigurationProperties("rowlock.sync")
record SyncOptions(
        Duration lockTimeout,
        int parallel,
        int workers,
        int sessionsAtOnce,
        Duration answerWait,
        Duration scheduleEvery,
        Duration cleanUpEvery,
        Duration retention,
        Duration recoverEvery,
        Duration takeOverAfter,
        Duration recoverAfter,
        Set<String> allowedHosts,
        List<String> sqliteFolders,
        String credentialsFile,
        RemoteLimits limits) {
    private static final Duration DAY = Duration.ofDays(1);

    SyncOptions {
        require("lock-timeout", lockTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
        require("parallel", parallel, 64);
        require("workers", workers, 64);
        require("sessions-at-once", sessionsAtOnce, 1000);
        require("answer-wait", answerWait, Duration.ZERO, Duration.ofMinutes(10));
        require("schedule-every", scheduleEvery, Duration.ZERO, DAY);
        require("clean-up-every", cleanUpEvery, Duration.ZERO, DAY);
        require("retention", retention, Duration.ofHours(1), Duration.ofDays(3650));
        require("recover-every", recoverEvery, Duration.ZERO, DAY);
        require("take-over-after", takeOverAfter, Duration.ofSeconds(1), DAY);
        require("recover-after", recoverAfter, Duration.ofSeconds(1), DAY);
        allowedHosts = Set.copyOf(allowedHosts);
        sqliteFolders = List.copyOf(sqliteFolders);
    }

    private static void require(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + " is from " + min + " to " + max + ", not " + value);
        }
    }

    private static void require(String name, int value, int max) {
        if (value < 1 || value > max) {
            throw new IllegalArgumentException(name + " is a number from 1 to " + max + ", not " + value);
        }
    }
}
