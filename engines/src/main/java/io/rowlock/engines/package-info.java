/** Placeholder. */
package io.rowlock.engines;
