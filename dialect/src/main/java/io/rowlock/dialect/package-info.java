/** Placeholder. */
package io.rowlock.dialect;
