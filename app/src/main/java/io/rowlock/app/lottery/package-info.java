/**
 * The lottery: balances, shares of rounds, orders. A reference system that stands on Rowlock.
 *
 * <p><b>Reading order.</b> {@code LotteryTables} describes the rows and in which order they are locked;
 * {@code Users}, {@code Balances}, {@code FreePlays}, {@code Products}, {@code Rounds}, {@code Purchases} and {@code Orders}
 * have the operations, each one unit of work that answers an {@code Outcome}: done, refused by a {@code Refusal}, or in
 * conflict with somebody faster. What they decided on still holds when it is committed, with all its writes or with none. {@code LotteryQueries} shows without locking. The controllers turn
 * outcomes into HTTP ({@code Answers}) and rows into JSON ({@code UserBodies} and so on); they decide nothing.
 *
 * <p><b>What must never happen</b> is refused twice: by the units, and by constraints of the database that no unit should
 * ever meet (a negative balance, a round oversold, a number sold twice, an operation booked twice).
 *
 * <p><b>Whether the books are right</b> is asked by {@code io.rowlock.app.lottery.audit}, in SQL that knows nothing of the units.
 * Every change of a balance has a booking ({@code Ledger}), and every change of a balance, an order or a round a note of who
 * changed what ({@code AuditLog}), in the same unit.
 *
 * <p><b>Money</b> is {@code Money}: whole cents, text on the wire.
 */
@NullMarked
package io.rowlock.app.lottery;

import org.jspecify.annotations.NullMarked;
