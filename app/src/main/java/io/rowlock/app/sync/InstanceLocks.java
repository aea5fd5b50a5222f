package io.rowlock.app.sync;

import io.rowlock.CheckReturnValue;
import io.rowlock.Tx;
import java.util.UUID;
import java.util.function.Function;

/** Who works on an instance: one session at a time, in all processes. Safe for use by many threads. */
interface InstanceLocks {
    /**
     * Tries once, and waits for nobody.
     *
     * @param sessionId who asks, for whoever is told that it is locked
     */
    Answer tryLock(UUID instanceId, UUID sessionId);

    /** What became of a try. */
    @CheckReturnValue
    sealed interface Answer {
        /** The caller has it, and gives it back by closing it. */
        record Had(Hold hold) implements Answer {}

        /**
         * Somebody else has it.
         *
         * @param holder who, for people
         */
        record Locked(String holder) implements Answer {}

        /** One function per case; both must be given. */
        default <R> R fold(Function<? super Hold, ? extends R> had, Function<? super String, ? extends R> locked) {
            return this instanceof Had yes ? had.apply(yes.hold()) : locked.apply(((Locked) this).holder());
        }
    }

    /** An instance that is held. */
    interface Hold extends AutoCloseable {
        /** Larger than that of every earlier hold of the instance. */
        long token();

        /**
         * Ties a unit to it: the unit commits only if nobody has been given the instance since.
         *
         * @throws io.rowlock.LeaseLost if it is lost already
         */
        void fence(Tx tx);

        /** Gives it back. Fails never; what cannot be given back expires. */
        @Override
        void close();
    }
}
