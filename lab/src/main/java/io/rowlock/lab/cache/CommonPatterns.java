package io.rowlock.lab.cache;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The ways in which caches are mostly kept beside a database, as examples of what a check finds: each of them leaves what is stale in some
 * run. {@link #check} runs one on any store.
 */
public enum CommonPatterns {
    /** Delete, then commit. */
    DELETE_FIRST("delete, commit", true, false),
    /** Commit, then delete: plain cache-aside, and what a cache that moves evictions behind the commit makes of it. */
    CACHE_ASIDE("commit, delete", false, true),
    /** Delete, commit, delete again after a while: however long the while, readers may be slower. */
    DOUBLE_DELETE("delete, commit, delete", true, true),
    /** Commit, then put the new value in. */
    WRITE_THROUGH("commit, set", false, true),
    /** As cache-aside, where a fill only puts in what is not there. */
    FILL_IF_ABSENT("commit, delete; fill if absent", false, true),
    /** As cache-aside, where a fill never replaces a newer version. */
    FILL_UNLESS_NEWER("commit, delete; fill unless newer", false, true),
    /** Write-through and fills that never replace a newer version. */
    SET_UNLESS_NEWER("commit, set unless newer", false, true),
    /** A deletion that leaves its version behind, which no older fill gets past. */
    TOMBSTONE("commit, tombstone", false, true);

    private final String how;
    private final boolean before;
    private final boolean after;

    CommonPatterns(String how, boolean before, boolean after) {
        this.how = how;
        this.before = before;
        this.after = after;
    }

    /** In a few words. */
    public String how() {
        return how;
    }

    /**
     * A check of it.
     *
     * @param stores an empty key for each run
     */
    public CacheCheck check(Supplier<? extends PatternStore> stores) {
        Set<WriterStep> steps = EnumSet.noneOf(WriterStep.class);
        if (before) {
            steps.add(WriterStep.BEFORE);
        }
        if (after) {
            steps.add(WriterStep.AFTER);
        }
        return CacheCheck.of(how, steps, () -> on(stores.get()));
    }

    /** The pattern on one key. */
    public CacheAdapter on(PatternStore store) {
        return new Adapter(store);
    }

    private final class Adapter implements CacheAdapter {
        private final PatternStore store;

        Adapter(PatternStore store) {
            this.store = store;
        }

        @Override
        public Lookup lookup() {
            OptionalLong value = store.get();
            return value.isPresent() ? new Lookup.Hit(value.getAsLong()) : Lookup.miss();
        }

        @Override
        public void fill(Lookup.Miss miss, long version, Snapshot snapshot) {
            switch (CommonPatterns.this) {
                case FILL_IF_ABSENT -> store.setIfAbsent(version);
                case FILL_UNLESS_NEWER, SET_UNLESS_NEWER, TOMBSTONE -> store.setUnlessNewer(version);
                case DELETE_FIRST, CACHE_ASIDE, DOUBLE_DELETE, WRITE_THROUGH -> store.set(version);
            }
        }

        @Override
        public void beforeCommit(int writer) {
            store.delete();
        }

        @Override
        public void afterCommit(int writer, long version) {
            switch (CommonPatterns.this) {
                case WRITE_THROUGH -> store.set(version);
                case SET_UNLESS_NEWER -> store.setUnlessNewer(version);
                case TOMBSTONE -> store.bury(version);
                default -> store.delete();
            }
        }

        @Override
        public void evict() {
            store.delete();
        }
    }
}
