package io.rowlock.app.story;

import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;

/** Who is told what becomes of stories, for metrics. Called by many threads; quick. */
public interface StoryEvents {
    /** Nobody. */
    StoryEvents NONE = new StoryEvents() {
        @Override
        public void moved(Role role, CoreStatus to) {}

        @Override
        public void conflict(Role role) {}

        @Override
        public void merged(Role role, boolean done) {}
    };

    /** A story was taken a step on, and that is committed. */
    void moved(Role role, CoreStatus to);

    /** Somebody came with a version that had passed. */
    void conflict(Role role);

    /** A change that was in conflict was brought together with what had come before it; or that was given up. */
    void merged(Role role, boolean done);
}
