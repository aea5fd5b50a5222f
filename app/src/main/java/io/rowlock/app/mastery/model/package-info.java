/**
 * How the mastery system learns: arithmetic and rules, without a database, a clock or a thread.
 *
 * <p><b>Reading order.</b> {@code Learner} is all that is known of one user; {@code Engine} makes of a learner and an {@code
 * LearningEvent} the next learner and a {@code Decision}. On the way: {@code Modelling} (attention, fatigue, motivation, cognition,
 * trend), {@code Features} (a user, an event and an action as 22 numbers), {@code Ensemble} (four members that each rate the {@code
 * Actions}, among them {@code LinUcb}), {@code Guardrails} (what a tired or discouraged user is spared), {@code RewardProfile} (what an
 * answer was worth), {@code ColdStart} and {@code Returning} (users who are new, and who were away).
 *
 * <p>Nothing here remembers anything between two calls: windows, probes and weights are parts of the learner, and are stored with it. So
 * whoever computes twice from the same learner, event and random numbers has the same twice, on any node.
 *
 * <p>Values are kept within their ranges wherever they come in; what is not finite never gets into a learner.
 */
@NullMarked
package io.rowlock.app.mastery.model;

import org.jspecify.annotations.NullMarked;
