/**
 * {@code rowlock load}: drives a service with many clients at once, kills its servers meanwhile, and then looks in the
 * database whether everything that was acknowledged is there, once.
 *
 * <p><b>Reading order.</b> {@link io.rowlock.app.load.LotteryLoadCommand} reads the options. {@code Mix} says what is asked
 * for how often; {@code LotteryRequests} makes a {@code Call} of it, with what its answer means beside it; {@code Caller}
 * sends it until there is an answer; {@code Driver} does that with many clients at the {@code Pace} that was asked for and
 * keeps a {@code Tally}. What answers promise is remembered in {@code Acknowledged}, and {@code AcknowledgedAudit} holds the
 * database to it, after the books themselves were audited. {@code Fleet} owns the servers: it starts them as processes of
 * their own, kills them, starts them again, and ends them.
 *
 * <p>Nothing here is part of the service: it knows the service by its HTTP interface and by its tables.
 */
@NullMarked
package io.rowlock.app.load;

import org.jspecify.annotations.NullMarked;
