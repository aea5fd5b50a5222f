package io.rowlock.lease;

import org.jspecify.annotations.Nullable;

/** What is done while a lease is held. */
@FunctionalInterface
public interface LeaseWork<R extends @Nullable Object, X extends Exception> {
    /** Does it; the lease is given back afterwards, whatever happens. */
    R run(Lease lease) throws X;
}
