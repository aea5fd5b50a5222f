/**
 * Answers that are given once: {@link io.rowlock.Rowlock#once} runs a unit of work under a key and stores what it answered in
 * the same transaction as its effects. Whoever comes again with the key gets that answer, and nothing runs.
 *
 * <p>{@link io.rowlock.once.Once} is what a caller gets: the first answer, the same again, or the refusal of a key that was
 * used for something else. {@link io.rowlock.once.Fingerprint} says what a call asks for, so that the last can be told from
 * the second. {@link io.rowlock.once.Codec} makes bytes of an answer and an answer of bytes.
 *
 * <p>Answers stand in the table {@code rowlock_once} ({@link io.rowlock.RowlockTables}) until they expire, and a while longer
 * until {@link io.rowlock.Rowlock#reapOnce} clears them away.
 */
package io.rowlock.once;
