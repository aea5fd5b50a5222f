package io.rowlock.lease;

/**
 * How a unit is tied to a lease. All three compare tokens and never times: what a holder has committed before somebody else
 * was granted the key is right, whenever its lease expired.
 *
 * @see io.rowlock.Tx#fence(Lease, Fence)
 */
public enum Fence {
    /**
     * The commit itself checks, under a lock on the lease's row, that the token is still the current one. The default: it
     * costs no round trip, and a holder that stands still keeps nobody waiting.
     *
     * <p>On SQLite, and at REPEATABLE READ and above on PostgreSQL, this is {@link #PIN}. On SQLite a unit keeps the whole file
     * from being written anyway; on PostgreSQL a lease that was renewed after the transaction's snapshot could not be
     * checked.
     */
    CHECK_AT_COMMIT,

    /**
     * A lock on the lease's row from here to the unit's end: nobody else is granted the key meanwhile, even when the lease
     * expires. For short units, since it keeps others waiting for as long as it lasts; the lease is not renewed meanwhile,
     * because the lock decides.
     */
    PIN,

    /**
     * Every row that the unit writes carries the token, in the {@linkplain io.rowlock.Table.Builder#fenceColumn column} that
     * its table names, and a row that carries a later one is not written. The lease's own row is not looked at: use it where
     * that is too hot, or where rows are also written from another database.
     *
     * <p><b>Holds when</b> each row is always written under the same lease key. <b>Breaks when</b> a row is written under
     * several keys, whose tokens say nothing about each other, for statements of the unit's own, and for rows that the later
     * holder has not touched yet or has deleted: those an earlier holder still writes, and the later one's versions notice.
     * Fence the unit before it sends anything.
     */
    STAMP_ROWS
}
