/**
 * Statements as accesses to rows.
 *
 * <p>{@link io.rowlock.watch.sql.StatementAnalyzer} tells for an engine and a {@link io.rowlock.watch.sql.Schema} what a
 * statement does: JSqlParser reads the text, once for each; what it cannot read is read by its words and said to be.
 */
package io.rowlock.watch.sql;
