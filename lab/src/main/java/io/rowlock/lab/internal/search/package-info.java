/** Which schedules are run, and which need not be. */
package io.rowlock.lab.internal.search;
