package io.rowlock.lab.cache;

/** What a writer does at a cache, beside its commit. */
public enum WriterStep {
    /** {@link CacheAdapter#beforeCommit}. */
    BEFORE,
    /** {@link CacheAdapter#afterCommit}. */
    AFTER
}
