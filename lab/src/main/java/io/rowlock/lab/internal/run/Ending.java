package io.rowlock.lab.internal.run;

import org.jspecify.annotations.Nullable;

/** How an actor's work ended. */
public sealed interface Ending {
    record Returned(@Nullable Object value) implements Ending {}

    record Threw(Throwable thrown) implements Ending {}

    record Crashed() implements Ending {}

    /** It was not let on to its end. */
    record Abandoned() implements Ending {}
}
