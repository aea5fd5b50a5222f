/**
 * Many items as short transactions: {@link io.rowlock.Rowlock#batch} runs one body for each of a list of items, a chunk of them
 * per transaction, and answers what became of every one.
 *
 * <p>{@link io.rowlock.batch.Batch} says how: by which row or key the items are ordered, what is done with one, how many go
 * into a transaction, and whether a run can be taken up again. {@link io.rowlock.batch.ItemResult} is what became of an item,
 * {@link io.rowlock.batch.BatchReport} of all, {@link io.rowlock.batch.BatchProgress} how far a run is.
 */
package io.rowlock.batch;
