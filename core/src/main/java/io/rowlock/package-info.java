/** Placeholder. */
package io.rowlock;
