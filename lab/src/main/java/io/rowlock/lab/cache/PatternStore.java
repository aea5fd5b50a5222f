package io.rowlock.lab.cache;

import java.util.OptionalLong;

/**
 * One key of a store, with what {@link CommonPatterns} want of it. Each method is atomic. One thread at a time.
 */
public interface PatternStore {
    /** The value, if there is one. */
    OptionalLong get();

    /** Sets it. */
    void set(long version);

    /** Sets it if there is none. */
    void setIfAbsent(long version);

    /** Sets it if what is there, a value or a tombstone, is not newer. */
    void setUnlessNewer(long version);

    /** Puts a tombstone of this version in the place of what is there, value or tombstone, if that is older. */
    void bury(long version);

    /** Deletes value and tombstone. */
    void delete();

    /** A key of this JVM's memory. */
    static PatternStore inMemory() {
        return new PatternStore() {
            private OptionalLong value = OptionalLong.empty();
            private long tombstone;

            private boolean isNewer(long version) {
                return tombstone > version || (value.isPresent() && value.getAsLong() > version);
            }

            @Override
            public OptionalLong get() {
                return value;
            }

            @Override
            public void set(long version) {
                value = OptionalLong.of(version);
            }

            @Override
            public void setIfAbsent(long version) {
                if (value.isEmpty()) {
                    set(version);
                }
            }

            @Override
            public void setUnlessNewer(long version) {
                if (!isNewer(version)) {
                    set(version);
                }
            }

            @Override
            public void bury(long version) {
                if (!isNewer(version - 1)) {
                    value = OptionalLong.empty();
                    tombstone = version;
                }
            }

            @Override
            public void delete() {
                value = OptionalLong.empty();
                tombstone = 0;
            }
        };
    }
}
