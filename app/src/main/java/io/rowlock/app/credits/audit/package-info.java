/**
 * Whether the books of the credits are right, by SQL alone: {@link io.rowlock.app.credits.audit.CreditAudit}. Nothing here knows
 * Rowlock, Spring, or how the service changes things, so it can be run by whoever doubts the service.
 */
@NullMarked
package io.rowlock.app.credits.audit;

import org.jspecify.annotations.NullMarked;
