package io.rowlock.cache;

import io.rowlock.Rowlock;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The options of a {@link Cache}. One thread at a time. */
public final class CacheBuilder {
    private final Rowlock rowlock;
    private @Nullable SharedTier tier;
    private CacheOptions options = CacheOptions.defaults();
    private boolean threads = true;

    CacheBuilder(Rowlock rowlock) {
        this.rowlock = Objects.requireNonNull(rowlock, "rowlock");
    }

    /** The tier that all processes share; default none: hits are this JVM's alone then. The cache closes it. */
    public CacheBuilder tier(SharedTier tier) {
        this.tier = Objects.requireNonNull(tier, "tier");
        return this;
    }

    /** Its bounds; default {@link CacheOptions#defaults}. */
    public CacheBuilder options(CacheOptions options) {
        this.options = Objects.requireNonNull(options, "options");
        return this;
    }

    /**
     * Nothing is done in the background, but by whoever calls {@link Cache#maintain}. For tests and the lab, where what happens when is
     * decided by somebody else; anywhere else nothing would be served from the shared tier for long.
     */
    public CacheBuilder withoutThreads() {
        this.threads = false;
        return this;
    }

    /** Makes the cache, and has it go along with the units of its Rowlock from now on. Asks the database nothing yet. */
    public Cache build() {
        return CoherentCache.begin(rowlock, tier, options, threads);
    }
}
