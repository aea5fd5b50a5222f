package io.rowlock.bench;

/** One thread's way of doing one operation again and again. Used by that thread alone. */
@FunctionalInterface
interface Op {
    /** Does it once. */
    void run() throws Exception;

    /** Before each slice, outside of the measured time. */
    default void prepare() throws Exception {}
}
