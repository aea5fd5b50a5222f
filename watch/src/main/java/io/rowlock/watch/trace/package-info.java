/** The vocabulary of what was seen at a database: units, transactions, accesses and their order. */
package io.rowlock.watch.trace;
