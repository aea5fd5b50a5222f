/**
 * Leases: at most one holder of a key among all processes, told apart by tokens that only rise, and checked where the data is.
 *
 * <p>A lease promises <em>effect</em> exclusion, not execution exclusion. After a long pause two processes may both believe
 * that they hold a key, and both run; with {@link io.rowlock.Tx#fence} only the later of them commits. No lock service can
 * promise more, since a process may always stop between its last look at the lock and its write.
 *
 * <p>{@link io.rowlock.Rowlock#leases()} hands out {@link io.rowlock.lease.Leases}; a {@link io.rowlock.lease.Lease} is one
 * grant and a value: it never becomes another one. {@link io.rowlock.lease.LeaseOptions} says how long it runs and who renews
 * it. {@link io.rowlock.lease.LeaseHolder}, {@link io.rowlock.lease.LeaseWaiter} and {@link io.rowlock.lease.WaitGraph} show
 * who holds and who waits, across processes.
 */
package io.rowlock.lease;
