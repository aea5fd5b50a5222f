package io.rowlock.lease;

import io.rowlock.CheckReturnValue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What became of one try to acquire a lease. */
@CheckReturnValue
public sealed interface Acquired {

    /** It was granted. */
    record Granted(Lease lease) implements Acquired {}

    /**
     * Somebody else has it.
     *
     * @param holder who, as far as could be seen; between the try and the look it may have been given back
     */
    record Held(LeaseHolder holder) implements Acquired {}

    /** One function per case. */
    default <R extends @Nullable Object> R fold(
            Function<? super Granted, ? extends R> granted, Function<? super Held, ? extends R> held) {
        if (this instanceof Granted yes) {
            return granted.apply(yes);
        }
        return held.apply((Held) this);
    }
}
