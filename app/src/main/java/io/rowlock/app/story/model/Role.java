package io.rowlock.app.story.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.EnumSet;
import java.util.Set;

/** Who works on stories, and which steps are theirs. */
public enum Role {
    /** Manages stories: makes them ready, moves them in bulk, takes any step that there is. */
    @JsonProperty("sm")
    SM,
    /** Develops: begins, hands over for review, gives up. */
    @JsonProperty("dev")
    DEV,
    /** Assures quality: says that it is as good as done, that it is done, that it has failed. */
    @JsonProperty("qa")
    QA;

    /** Whether it may take a story to there. */
    public boolean mayMoveTo(CoreStatus next) {
        return switch (this) {
            case SM -> true;
            case DEV ->
                next == CoreStatus.IN_PROGRESS || next == CoreStatus.READY_FOR_REVIEW || next == CoreStatus.FAILED;
            case QA -> next == CoreStatus.READY_FOR_DONE || next == CoreStatus.DONE || next == CoreStatus.FAILED;
        };
    }

    /** All that may take a story to there. */
    public static Set<Role> whoMayMoveTo(CoreStatus next) {
        Set<Role> roles = EnumSet.noneOf(Role.class);
        for (Role role : values()) {
            if (role.mayMoveTo(next)) {
                roles.add(role);
            }
        }
        return roles;
    }
}
