/** Statements as accesses to rows. */
package io.rowlock.watch.sql;
