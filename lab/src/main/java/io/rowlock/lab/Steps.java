package io.rowlock.lab;

import io.rowlock.lab.internal.run.Stage;

/**
 * Steps that are none of a database: a call of a cache, a tick of a clock, a message. Code that is to be looked into, or the
 * test double that it uses, passes through here in front of each:
 *
 * <pre>{@code
 * Steps.pass("cache.put");
 * cache.put(key, value);
 * }</pre>
 *
 * <p>An actor stops there and goes on when it is its turn; any other thread passes. A step of this kind is taken to matter to
 * every other.
 */
public final class Steps {
    private Steps() {}

    /**
     * Stops an actor here.
     *
     * @param name what the step is called in schedules: letters, digits, dots, colons, plus, minus
     */
    public static void pass(String name) {
        Stage.named(name);
    }
}
