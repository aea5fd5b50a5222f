package io.rowlock.app.story;

import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.View;
import io.rowlock.app.races.Stand;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.lab.Scenario;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.UUID;

/** Stories in the middle of work, on a stand with no others: what races of the service begin with. */
final class Backlog {
    static final StoryPath EPIC = new StoryPath("epic.md");
    private static final Duration WAIT = Duration.ofSeconds(10);

    /** Stories and how they came to be what they are, without times and what tells incarnations apart. */
    private static final String[] STATE = {
        "SELECT story_path, status, phase, iteration, qa_result, error_message, version FROM stories ORDER BY story_path",
        "SELECT story_path, story_version, happened, from_status, to_status FROM story_history"
                + " ORDER BY story_path, story_version, happened, to_status"
    };

    private final Stand stand;
    private final Rowlock rowlock;

    /** Clears the tables of the stories. */
    Backlog(Stand stand) {
        this.stand = stand;
        stand.execute("DELETE FROM story_documents", "DELETE FROM story_history", "DELETE FROM stories");
        rowlock = inOrder(stand.setUp());
    }

    private static Rowlock inOrder(RowlockBuilder builder) {
        return builder.order(StoryTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    /** A story that is being worked on, at version 1. */
    View<StoryRow> inProgress(String name) {
        return new Stories(rowlock, StoryEvents.NONE)
                .create(
                        EPIC,
                        path(name),
                        Change.to(Role.SM, CoreStatus.IN_PROGRESS).as("create"))
                .fold(
                        done -> done,
                        refusal -> {
                            throw new IllegalStateException("Not set up (refusal=" + refusal + ")");
                        },
                        conflict -> {
                            throw new IllegalStateException("Not set up");
                        });
    }

    static StoryPath path(String name) {
        return new StoryPath(name + ".md");
    }

    /** A node of the service. */
    static Rowlock rowlock(Stand stand, int node) {
        return inOrder(stand.node(node));
    }

    Stories node(int number) {
        return node(rowlock(stand, number));
    }

    static Stories node(Rowlock rowlock) {
        return new Stories(rowlock, StoryEvents.NONE);
    }

    /** What brings changes together on a node; it does not wait. */
    MergeAndRetry merging(int number) {
        Rowlock node = rowlock(stand, number);
        Timing still = new Timing(
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                System::nanoTime,
                nanos -> {},
                new SplittableRandom(number));
        return new MergeAndRetry(node, node(node), RetryPolicy.STANDARD, still, StoryEvents.NONE);
    }

    static ManagedStories managed(Rowlock rowlock) {
        return new ManagedStories(rowlock, WAIT);
    }

    /** A scenario that begins here, without actors. */
    Scenario scenario(String name) {
        return stand.asItIs(name).state(STATE).contention(RetriesExhausted.class::isInstance);
    }

    /** A story as a node sees it now. */
    static View<StoryRow> look(Rowlock rowlock, UUID story) {
        return rowlock.read(tx -> tx.peek(STORIES, story).orElseThrow());
    }

    /** An outcome in a word. */
    static String told(Outcome<View<StoryRow>> outcome) {
        return outcome.fold(
                done -> StoryRaces.DONE, refusal -> refusal.getClass().getSimpleName(), conflict -> "Conflict");
    }
}
