/**
 * {@code rowlock load}: drives a service with many clients at once, kills its servers meanwhile, and then looks in the
 * database whether everything that was acknowledged is there, once.
 *
 * <p><b>Reading order.</b> {@code SystemLoadCommand} reads the options and {@code Load} is one run. A {@code LoadedSystem}
 * makes a {@code Call} of what is asked for, with what its answer means beside it; {@code Caller} sends it until there is an
 * answer; {@code Driver} does that with many clients at the {@code Pace} that was asked for and keeps a {@code Tally}. The
 * system remembers what answers promise, and holds the database to it after the books themselves were audited.
 *
 * <p>{@code LotteryLoad} is the first system: {@code Mix} says what is asked for how often, {@code LotteryRequests} makes the
 * calls, {@code Acknowledged} remembers and {@code AcknowledgedAudit} compares. {@code CreditLoad} is the second. {@code Fleet} owns the servers: it starts them as processes of
 * their own, kills them, starts them again, and ends them.
 *
 * <p>{@code rowlock compare mastery} is two loads that take turns: an {@code Alternation}, told {@code SideBySide}, with the {@code MasteryBooks}
 * of both.
 *
 * <p>Nothing here is part of the service: it knows the service by its HTTP interface and by its tables.
 */
@NullMarked
package io.rowlock.app.load;

import org.jspecify.annotations.NullMarked;
