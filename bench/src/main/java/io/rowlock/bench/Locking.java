package io.rowlock.bench;

/** One thread's way of taking a lock, being inside, and freeing the lock. Used by that thread alone. */
@FunctionalInterface
interface Locking {
    /** Waits for the lock, enters once, and frees the lock. */
    void hold(Inside inside) throws Exception;

    /** What is done under the lock. */
    @FunctionalInterface
    interface Inside {
        /** A lock whose holders have no token. */
        long NO_TOKEN = 0;

        /**
         * Is inside for as long as it takes.
         *
         * @param token the holder's, or {@link #NO_TOKEN}
         */
        void enter(long token);
    }
}
