package io.rowlock.app.sync.remote;

import java.time.Duration;

/**
 * How long an instance has, and how much of it is taken. Immutable.
 *
 * @param connect until there is a connection, 100 ms to 1 min
 * @param statement for the answer to one statement, 100 ms to 10 min
 * @param whole for all of it, 100 ms to 1 h
 * @param accountsMax the most accounts that are taken from one instance, 1 to 100,000
 */
public record RemoteLimits(Duration connect, Duration statement, Duration whole, int accountsMax) {
    private static final Duration MIN = Duration.ofMillis(100);
    private static final int ACCOUNTS_MAX = 100_000;

    public RemoteLimits {
        require("connect", connect, Duration.ofMinutes(1));
        require("statement", statement, Duration.ofMinutes(10));
        require("whole", whole, Duration.ofHours(1));
        if (accountsMax < 1 || accountsMax > ACCOUNTS_MAX) {
            throw new IllegalArgumentException(
                    "accounts-max is a number from 1 to " + ACCOUNTS_MAX + ", not " + accountsMax);
        }
    }

    private static void require(String name, Duration value, Duration max) {
        if (value.compareTo(MIN) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("limits." + name + " is from " + MIN + " to " + max + ", not " + value);
        }
    }
}
