/**
 * Whether what the sync has stored agrees with itself, by SQL alone: {@link io.rowlock.app.sync.audit.SyncAudit}. Nothing here knows
 * Rowlock, Spring, or how the service changes things, so it can be run by whoever doubts the service.
 */
@NullMarked
package io.rowlock.app.sync.audit;

import org.jspecify.annotations.NullMarked;
