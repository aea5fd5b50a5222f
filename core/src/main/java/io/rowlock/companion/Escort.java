package io.rowlock.companion;

import java.util.Collection;
import java.util.List;

/**
 * Goes with one unit, over all of its attempts, until it has ended. Called on the unit's thread, in this order: any number of
 * {@link #beforeRows} and {@link #atCommit}, attempt after attempt, then one of {@link #committed} and {@link #ended}.
 *
 * <p>What the first two throw is the unit's failure; what the last two throw is reported and otherwise ignored.
 */
public interface Escort {
    /**
     * Rows are about to be locked, or written in a flush. Row locks of an earlier call may be held already, and the unit has a
     * connection: whoever asks the database here, through the same pool, can wait for himself.
     *
     * @param rows of the tables that it has concern in, those of earlier calls among them
     */
    void beforeRows(Collection<TouchedRow> rows);

    /**
     * The commit is about to be sent. The statements run in the unit's transaction, after all of its own.
     *
     * @param rows what the unit writes in the tables that it has concern in; not what it wrote by SQL of its own
     * @return each changes exactly one row, or the unit ends with an {@link IllegalStateException}
     */
    List<Enclosed> atCommit(Collection<WrittenRow> rows);

    /**
     * The unit is committed. It has no connection any more; its caller, and its actions after commit, wait for this.
     *
     * @param wrote whether the statements of {@link #atCommit} were carried out; if not, the unit has only read
     */
    void committed(boolean wrote);

    /**
     * The unit has ended otherwise.
     *
     * @param unknown whether it may be stored all the same, now or in a while
     */
    void ended(boolean unknown);
}
