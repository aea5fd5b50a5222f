package io.rowlock.cache;

import io.rowlock.Version;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tier that all processes share, as a cache needs it. {@code rowlock-redis} has one on Redis; a third party may write others.
 *
 * <p>Each method is one step: what it does to a key is done at once or not at all, whatever others do to the key at the same time. The
 * store keeps, for each key: a value with its version, the token of at most one loader, the operations of writers that are under way,
 * and a floor, which is the version of the last write it was told of. It may forget any key as a whole at any time. Deadlines are judged
 * by the store's own clock.
 *
 * <p>Every method ends within a bound of the tier's, and answers or throws {@link TierAway}. After that nobody knows whether the step was
 * done; each of them may be done twice, or late.
 *
 * <p>Implementations are used by many threads at once.
 */
public interface SharedTier extends AutoCloseable {

    /**
     * A key of the tier.
     *
     * @param store which one it is meant for, by its {@linkplain SharedTier#identity identity}: where another has taken its place meanwhile, the
     *     step is not done, and whoever asked for it is told {@link TierAway}. It is no part of what the key is called there
     * @param region of the cache
     * @param epoch of the region: with another one it is another key
     * @param key within the region
     */
    record TierKey(String store, String region, long epoch, String key) {
        public TierKey {
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(region, "region");
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * A write that is over.
     *
     * @param version what is committed now; null if it has no version, or the row is gone
     */
    record Change(TierKey key, @Nullable Version version) {}

    /** What a look finds. */
    sealed interface Looked {}

    /** A value. */
    final class Hit implements Looked {
        private final byte[] bytes;
        private final Version version;
        private final Duration age;

        /**
         * As it was found.
         *
         * @param bytes handed on as they are, not copied
         * @param age since it was read from the database
         */
        public Hit(byte[] bytes, Version version, Duration age) {
            this.bytes = Objects.requireNonNull(bytes, "bytes");
            this.version = Objects.requireNonNull(version, "version");
            this.age = Objects.requireNonNull(age, "age");
        }

        public byte[] bytes() {
            return bytes;
        }

        public Version version() {
            return version;
        }

        /** Since it was read from the database. */
        public Duration age() {
            return age;
        }
    }

    /** Nothing: whoever looked may load and fill with the token he brought. */
    record Granted() implements Looked {}

    /** Somebody is writing the key: read the database, fill nothing. */
    record Writing() implements Looked {}

    /** Somebody else is loading the key. */
    record Loading() implements Looked {}

    /** Who is told of what happens at the tier. Called on a thread of the tier's. */
    interface Listener {
        /** A write of this key is over. */
        void changed(String region, String key);

        /** From here on {@link #changed} is told of each write. */
        void connected();

        /** Writes may have been missed, from now or from a moment ago on. */
        void disconnected();
    }

    /**
     * Which store this is: another one, always, if it may lack a step that it had said was done. A store that was started again, or has
     * taken another's place, has another identity.
     *
     * @return at most 200 characters of ASCII
     */
    String identity();

    /** Says who is told; once, before anything else. */
    void listen(Listener listener);

    /**
     * Looks for a value. Where there is none, no writer and no loader, the token becomes that of the loader.
     *
     * @param token the caller's own, never used before
     * @param loadFor how long the loader has
     */
    Looked look(TierKey key, String token, Duration loadFor);

    /**
     * Puts a value in, if the token is still the loader's, no writer is under way, and no write of a later version is known.
     *
     * @param age how long ago its reading began
     * @param keepFor how long it is kept
     * @return whether it was put in
     */
    boolean fill(TierKey key, String token, byte[] bytes, Version version, Duration age, Duration keepFor);

    /**
     * Announces a write of each key: takes value and loader's token away, and counts the operation among the key's writers until it is
     * over or the time has passed.
     */
    void intend(Collection<TierKey> keys, String operation, Duration lasts);

    /**
     * A write is committed: takes value and loader's token away, raises the floor, takes the operation from the writers, and tells the
     * listeners of all processes.
     *
     * @param floorFor how long the floor is remembered
     */
    void release(Collection<Change> changes, String operation, Duration floorFor);

    /** A write has come to nothing: takes the operation from the writers. */
    void withdraw(Collection<TierKey> keys, String operation);

    /** The version of the value that a look would find; changes nothing. */
    Optional<Version> peek(TierKey key);

    @Override
    void close();
}
