package io.rowlock.app.serve;

import io.rowlock.redis.RedisTierOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which Redis the caches of a service share with other servers on its database. */
public sealed interface RedisChoice {

    /** None: what could be cached is read from the database each time. */
    record None() implements RedisChoice {}

    /** One that is started with the service, keeps nothing, and ends with it. */
    record Own() implements RedisChoice {}

    /**
     * One that is there, or will be: a service starts without it, and goes on if it goes.
     *
     * @param options how to reach it
     */
    record Given(RedisTierOptions options) implements RedisChoice {
        private static final String PASSWORD_VARIABLE = "ROWLOCK_REDIS_PASSWORD";

        /**
         * What the options of a command line say.
         *
         * @param url {@code redis://[USER@]HOST[:PORT][/DATABASE]}, of a cluster {@code redis://[USER@]HOST[:PORT][,HOST[:PORT]]}, or with
         *     {@code rediss}, {@code redis-sentinel} or {@code rediss-sentinel}
         * @param passwordFile the file whose first line is the password; without one it is that of the environment, if any
         * @param prefix of all keys, or null for the usual one
         * @throws IllegalArgumentException if they are none that can be used; the message says what they are to be
         * @throws CannotStart if the password file cannot be read
         */
        public static Given of(String url, @Nullable Path passwordFile, @Nullable String prefix) throws CannotStart {
            if (!url.matches("rediss?(-sentinel)?://\\S+")) {
                throw new IllegalArgumentException("--redis-url is such as redis://HOST:PORT");
            }
            if (url.matches("[a-z-]+://[^@]*:.*@.*")) {
                throw new IllegalArgumentException("--redis-url holds a password: leave it out and set "
                        + PASSWORD_VARIABLE + " or --redis-password-file");
            }
            RedisTierOptions options = RedisTierOptions.at(url);
            if (prefix != null) {
                options = options.withPrefix(prefix);
            }
            Optional<String> password = Passwords.of(passwordFile, PASSWORD_VARIABLE);
            return new Given(password.isPresent() ? options.withPassword(password.get()) : options);
        }

        /** Such as {@link #of} reads it, without a password. */
        public String url() {
            return String.valueOf(options.uri());
        }
    }
}
