/** Measurements. */
package io.rowlock.bench;
