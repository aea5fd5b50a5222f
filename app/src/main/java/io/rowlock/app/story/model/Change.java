package io.rowlock.app.story.model;

import org.jspecify.annotations.Nullable;

/**
 * What is to become of a story. What is null stays as it is: nothing is overwritten by being left out. Immutable.
 *
 * @param role who asks
 * @param operation what for, in a word, for the history
 * @param status where it is to go, or null; where it is already, it just stays
 * @param phase in which phase of work it is
 * @param iteration how many rounds of work it has been through, 0 or more
 * @param qaResult what quality assurance has found, a JSON object
 * @param error what went wrong; empty text takes it away
 * @param metadata what else is to be remembered of this change, a JSON object; the history has it, the story does not
 */
public record Change(
        Role role,
        String operation,
        @Nullable CoreStatus status,
        @Nullable String phase,
        @Nullable Integer iteration,
        @Nullable String qaResult,
        @Nullable String error,
        @Nullable String metadata) {

    /** A step and nothing else. */
    public static Change to(Role role, CoreStatus status) {
        return new Change(role, "status", status, null, null, null, null, null);
    }

    public Change as(String operation) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withStatus(@Nullable CoreStatus status) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withPhase(@Nullable String phase) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withIteration(@Nullable Integer iteration) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withQaResult(@Nullable String qaResult) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withError(@Nullable String error) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }

    public Change withMetadata(@Nullable String metadata) {
        return new Change(role, operation, status, phase, iteration, qaResult, error, metadata);
    }
}
