package io.rowlock.lab.cache;

/** As of when a reader has read from the database. */
public enum Snapshot {
    /** As of a moment after its look. */
    AFTER_LOOKUP,
    /** As of a moment that may lie before its look: a transaction that began earlier, or a replica. */
    BEFORE_LOOKUP
}
