/**
 * Whether the lottery's books are right, by SQL alone: {@code BookAudit} asks one question after the other and answers with
 * {@code Finding}s.
 *
 * <p>Nothing here knows Rowlock, Spring, or how the service changes things. So it can be run by whoever doubts the service:
 * beside it, after it, and against a database that something else has written.
 */
@NullMarked
package io.rowlock.app.lottery.audit;

import org.jspecify.annotations.NullMarked;
