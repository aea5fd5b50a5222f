package io.rowlock.app.story;

import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import java.util.Set;
import java.util.UUID;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code ILLEGAL_TRANSITION}) and the components become the facts, so both are part of
 * the API. What it says to people stands under its code in {@code messages.properties}, in each language.
 */
public sealed interface Refusal {

    /** Something the request names does not exist. */
    sealed interface Unknown extends Refusal {}

    record UnknownStory(UUID storyId) implements Unknown {}

    record UnknownBackup(String name) implements Unknown {}

    /** A rule forbids it. */
    sealed interface Forbidden extends Refusal {}

    record StoryExists(UUID storyId, String storyPath, CoreStatus status, long version) implements Forbidden {}

    record IllegalTransition(UUID storyId, CoreStatus from, CoreStatus to, Set<CoreStatus> allowed)
            implements Forbidden {}

    record RoleNotAllowed(UUID storyId, Role role, CoreStatus from, CoreStatus to, Set<Role> allowed)
            implements Forbidden {}

    /** The engine's own tool makes a backup, and not the service. */
    record BackupByServer(String engine, String tool) implements Forbidden {}
}
