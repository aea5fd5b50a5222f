/** How records map to rows: column types per engine, and the SQL of each single step on one row. */
package io.rowlock.internal.table;
