/**
 * How often somebody may do something, counted in the database for all instances of the service together:
 * {@link io.rowlock.app.limit.CallLimit}.
 */
@NullMarked
package io.rowlock.app.limit;

import org.jspecify.annotations.NullMarked;
