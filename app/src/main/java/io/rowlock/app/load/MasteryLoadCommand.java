package io.rowlock.app.load;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rowlock load mastery}. */
@Command(
        name = "mastery",
        description = {
            "Drive the mastery system with many clients at once, then audit the database.",
            "",
            "Without --url it starts the service itself, on a fresh database in a temporary folder,",
            "in processes of their own that end with it."
        })
final class MasteryLoadCommand extends SystemLoadCommand {
    private static final int USERS_MAX = 1_000_000;

    @Option(names = "--users", paramLabel = "N", description = "Simulated learners, 10 to 1000000 (default: 1000).")
    private int users = 1000;

    @Option(names = "--redis", description = "Start a Redis too, of which the servers make a cache that they share.")
    private boolean redis;

    @Option(
            names = "--kill-redis-every",
            paramLabel = "TIME",
            converter = Quantities.Time.class,
            description = "Kill that Redis (signal 9) so long after it was there, start an empty one, and so on.")
    private @Nullable Duration killRedisEvery;

    @Override
    LoadedSystem system() {
        require(
                users >= MasteryLoad.USERS_MIN && users <= USERS_MAX,
                "--users is a number from " + MasteryLoad.USERS_MIN + " to " + USERS_MAX + ", not " + users);
        require(killRedisEvery == null || redis, "--kill-redis-every goes with --redis");
        require(!redis || !isGiven(), "--redis starts a Redis and --url names what runs: give one of them");
        return new MasteryLoad(users);
    }

    @Override
    boolean startsRedis() {
        return redis;
    }

    @Override
    Optional<Duration> killsRedisEvery() {
        return Optional.ofNullable(killRedisEvery);
    }
}
