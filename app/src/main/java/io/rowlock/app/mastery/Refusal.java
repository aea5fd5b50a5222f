package io.rowlock.app.mastery;

import java.util.UUID;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code UNKNOWN_LEARNER}) and the components become the facts, so both are part of the API.
 * What it says to people stands under its code in {@code messages.properties}, in each language.
 */
sealed interface Refusal {

    /** Nobody of this id has answered anything. */
    record UnknownLearner(String userId) implements Refusal {}

    /** The id, or the {@code Idempotency-Key} that it is made of, came with another answer before. */
    record EventIdReused(UUID eventId) implements Refusal {}
}
