package io.rowlock.app.load;

/** A kind of request that a system is driven with. Immutable. */
interface Kind {
    /** Method and path below the system's API, variables as <code>{}</code>: {@code POST /orders}. */
    String route();

    /** Whether it counts once by what it says, so that it may be sent again without a key. */
    default boolean countsByItself() {
        return false;
    }

    /** Whether its answer is made of parts, each kept for itself, so that a second answer may have more than the first. */
    default boolean isAnsweredInParts() {
        return false;
    }

    default boolean changes() {
        return !route().startsWith("GET ");
    }

    default String method() {
        return route().substring(0, route().indexOf(' '));
    }

    default String path() {
        return route().substring(route().indexOf(' ') + 1);
    }
}
