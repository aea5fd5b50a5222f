/** Records what any JDBC program does at its database. */
package io.rowlock.watch;
