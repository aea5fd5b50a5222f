/**
 * Mastery: an adaptive learning engine. It sees how a user answers and decides how the user goes on: how long until a word comes back, how
 * many new ones there are, how hard they are, how many at once, with how many hints. A reference system that stands on Rowlock.
 *
 * <p><b>Reading order.</b> {@link io.rowlock.app.mastery.model} learns and decides, and knows no database. {@code MasteryTables} describes
 * the rows and in which order they are locked, {@code LearnerRows} is a learner as rows. {@code LearnerUnits} is what a unit does with a
 * learner: an answer, a delayed reward, beginning anew. {@code Mastery} is the way in: one at a time for a user, within the time for a
 * decision, with something to go on with in any case; {@code GuardedPersistence} and {@code PlainPersistence} are the two ways to store,
 * {@code Rollout} says whose answers go which way. {@code DelayedRewards} is the queue; {@code Consistency} compares and repairs. {@code
 * Learners} and {@code MasteryQueries} show without locking.
 *
 * <p><b>A learner is changed</b> under the lock of its state, with state, model, cold start, strategies, counters, word, reward and event in
 * one commit. A model is a sum over events, and the events are there: so it can be computed anew at any time.
 *
 * <p><b>Whether what is stored agrees with itself</b> is asked by {@link io.rowlock.app.mastery.audit}, which does compute it anew, in SQL
 * and arithmetic that know nothing of the units.
 */
@NullMarked
package io.rowlock.app.mastery;

import org.jspecify.annotations.NullMarked;
