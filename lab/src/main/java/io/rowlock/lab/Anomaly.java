package io.rowlock.lab;

/**
 * What went wrong in a run, by the name that the field has for it. Told from the steps: {@link Run#anomaly()}.
 *
 * <p>Told in this order. A run in which an actor kept its connection is {@link #OPEN_ON_RETURN}. Next come contradictions: a read
 * is <em>stale</em> if another actor committed a change of what it read and the read did not see it; it is part of a
 * contradiction if the reader's own work must nevertheless come after that change. Among those that a run has, the one named
 * first here is taken: {@link #EMPTY_LOCK}, {@link #STALE_SNAPSHOT}, {@link #WRONG_ROW_LOCK}, {@link #DUPLICATE_INSERT}, {@link
 * #LOST_UPDATE}, {@link #PHANTOM_GUARD}, {@link #SCOPE_SPLIT}, {@link #WRITE_SKEW}, {@link #READ_SKEW}. Then, from how the actors
 * ended, {@link #PARTIAL_COMMIT}, {@link #DEADLOCK}, {@link #IGNORED_OUTCOME}; and {@link #NOT_SERIALIZABLE} for the rest.
 *
 * <p><b>Holds when</b> statements were understood: contradictions are told from what they do to rows. <b>Breaks when</b> they were
 * not, or rows changed by what no statement says, such as triggers: then the name is one of the last four.
 */
public enum Anomaly {
    /**
     * An actor read a row, another changed it and committed, and the first wrote the same row in the transaction in which it had
     * read.
     */
    LOST_UPDATE(
            "Two read the same row, and the later write was computed from what the earlier had already replaced.",
            "Let the write say what it was computed from (a version in its condition, and look at the count), compute it in the"
                    + " statement, or read under a lock."),
    /** Each of two read what the other then changed, and they wrote different rows: neither write met the other. */
    WRITE_SKEW(
            "Each decided on rows that the other changed, and they wrote different ones, so neither met the other.",
            "Lock the rows that are decided on, check their versions at the commit, or use SERIALIZABLE."),
    /** A transaction read one thing from before another's commit and one from after it. */
    READ_SKEW(
            "What was read is half from before the other's commit and half from after it.",
            "Read it in one statement, or in one transaction at REPEATABLE READ."),
    /** Each of two looked for a row, found none, and inserted one; no unique index refused the second. */
    DUPLICATE_INSERT(
            "Both looked, both found nothing, both inserted.",
            "A unique index over what was looked for, and treat its refusal as: it is there."),
    /**
     * A transaction decided on a set of rows, such as their count or sum, to which another added or from which it removed.
     */
    PHANTOM_GUARD(
            "It was decided on a count or set of rows, and meanwhile rows came or went.",
            "Lock a row that stands for the set in front of counting, let a constraint say it, or use SERIALIZABLE."),
    /**
     * A transaction locked a row, decided on another one that it read without a lock, and another actor changed that one: the lock
     * kept nobody out.
     */
    WRONG_ROW_LOCK("A row was locked, and it was decided on another.", "Lock the row that is decided on."),
    /** A locking read found no row, so that it locked nothing, and a row was inserted on the strength of that. */
    EMPTY_LOCK(
            "The locking read found no row: there was nothing to lock.",
            "A unique index, or lock a row that always exists."),
    /**
     * A read under a lock that came after the other's commit saw what was before it: the transaction's snapshot was fixed by an
     * earlier read, in front of the lock.
     */
    STALE_SNAPSHOT(
            "A lock was had, and what was read under it was from an older snapshot.",
            "Take the lock in front of the transaction's first plain read, read again with a lock, or use READ COMMITTED."),
    /** The read and the write that was decided on it are in different transactions of one actor. */
    SCOPE_SPLIT(
            "The read and the write that was decided on it are in different transactions.",
            "One transaction around both, with a lock or a version; or the version carried from the one to the other."),
    /**
     * An actor was lost to a deadlock and its work was not done again. On SQLite a statement that is told BUSY because all wait for
     * each other.
     */
    DEADLOCK(
            "Each waited for a lock of the other, and one was ended.",
            "Take locks in one order everywhere, and run the whole transaction again."),
    /** An actor returned as if all was well though one of its statements changed no row, or failed. */
    IGNORED_OUTCOME(
            "A statement changed nothing or failed, and the actor went on as if it had worked.",
            "Look at the count of changed rows, and let failures end the transaction."),
    /** An actor ended and kept a connection. */
    OPEN_ON_RETURN("A connection was not given back.", "Close connections by try-with-resources."),
    /** An actor crashed or failed after one of its commits, and what was to follow that commit is missing. */
    PARTIAL_COMMIT(
            "It ended between two commits: the first is stored, the second is not.",
            "One transaction for both, or a record of what is still to be done, written with the first."),
    /** None of the others, or the statements were not understood: no serial order comes to this outcome, or the invariant broke. */
    NOT_SERIALIZABLE(
            "No order of one after the other comes to this.",
            "Look at which step would have had to see another's commit.");

    private final String meaning;
    private final String remedy;

    Anomaly(String meaning, String remedy) {
        this.meaning = meaning;
        this.remedy = remedy;
    }

    /** What it is, in a sentence. */
    public String meaning() {
        return meaning;
    }

    /** What mends it, in a sentence. */
    public String remedy() {
        return remedy;
    }
}
