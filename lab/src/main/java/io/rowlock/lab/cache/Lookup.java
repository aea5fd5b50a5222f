package io.rowlock.lab.cache;

/** What a look finds. */
public sealed interface Lookup {
    /** A value, which is its version. */
    record Hit(long version) implements Lookup {}

    /**
     * Nothing that may be served.
     *
     * @param ticket what the adapter wants to have again at the fill; anything but null
     */
    record Miss(Object ticket) implements Lookup {}

    /** Nothing, and nothing to remember. */
    static Lookup miss() {
        return new Miss("");
    }
}
