/**
 * Course credits: whoever finishes a course on the day it was started earns a credit, once. A reference system that stands on
 * Rowlock.
 *
 * <p><b>Reading order.</b> {@code CreditTables} describes the rows and in which order they are locked; {@code Majors} sets up
 * what can be learned; {@code Accesses} has a student's way through a course, each step one unit of work that answers an
 * {@code Outcome}. {@code Accesses.finish} is what the rest is for. {@code CreditQueries} shows without locking. The
 * controllers turn outcomes into HTTP and rows into JSON; they decide nothing.
 *
 * <p><b>What a grant is decided on</b> is the row of {@code course_access}, locked, and nothing that was read without its lock:
 * a lock on the credit that the grant changes would protect no decision. Behind it stand two unique keys: one credit for a
 * student and an application, one booking for a student, a course and a type. {@link io.rowlock.app.credits.GrantRepair}
 * brings them to a database that had neither, together with the order they need.
 *
 * <p><b>Whether the books are right</b> is asked by {@code io.rowlock.app.credits.audit}, in SQL that knows nothing of the
 * units.
 */
@NullMarked
package io.rowlock.app.credits;

import org.jspecify.annotations.NullMarked;
