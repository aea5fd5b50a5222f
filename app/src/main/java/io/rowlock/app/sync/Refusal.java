package io.rowlock.app.sync;

import java.util.UUID;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code SESSION_ENDED}) and the components become the facts, so both are part of the
 * API. What it says to people stands under its code in {@code messages.properties}, in each language.
 */
sealed interface Refusal {

    /** Something the request names does not exist. */
    sealed interface Unknown extends Refusal {}

    record UnknownSession(UUID sessionId) implements Unknown {}

    record UnknownInstance(UUID instanceId) implements Unknown {}

    /** There is nothing to do it to: the request is malformed as things stand. */
    record NoInstances() implements Refusal {}

    /** So much runs already that this has to wait. */
    record TooManySessions(int max) implements Refusal {}

    /** A rule forbids it. */
    sealed interface Forbidden extends Refusal {}

    record SessionEnded(UUID sessionId, SessionStatus status) implements Forbidden {}

    record InstanceExists(UUID instanceId, String name) implements Forbidden {}

    record AddressNotAllowed(String forms) implements Forbidden {}
}
