package io.rowlock.lab.cache;

/**
 * One key of a cache, as a check sees it. Each method is a step: what other actors do comes between steps and never inside one. A new one
 * is made for each run; one thread at a time.
 */
public interface CacheAdapter {
    /** A reader looks. */
    Lookup lookup();

    /**
     * A reader that found nothing puts in what it has read from the database since.
     *
     * @param miss what {@link #lookup} answered
     * @param version what was read: the value is its version
     * @param snapshot whether the reading saw the database as it was at the look or later, or as it was at some time before
     */
    void fill(Lookup.Miss miss, long version, Snapshot snapshot);

    /** What a writer does before it commits. */
    void beforeCommit(int writer);

    /**
     * What a writer does after it has committed.
     *
     * @param version what it has committed
     */
    void afterCommit(int writer, long version);

    /** The store forgets what it has under the key, all of it. */
    void evict();
}
