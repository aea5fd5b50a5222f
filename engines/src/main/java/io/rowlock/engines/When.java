package io.rowlock.engines;

/** On which side of a request to the database a fault happens. */
public enum When {
    /** The request never reaches the database. */
    BEFORE,
    /** The database has done what was asked; its answer is lost. */
    AFTER
}
