/** One run: actors held back at gates, and let on one at a time. */
package io.rowlock.lab.internal.run;
