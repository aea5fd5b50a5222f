package io.rowlock.app.story;

import static io.rowlock.app.story.Outcome.done;
import static io.rowlock.app.story.Outcome.refused;
import static io.rowlock.app.story.model.StoryTables.STORIES;
import static io.rowlock.app.story.model.StoryTables.view;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to stories: made, changed, deleted; each operation one unit of work, its line of the history included.
 *
 * <p><b>Promise.</b> Whoever passes the version it has seen changes that version or nothing: a story that has gone on since is
 * answered as it is now, and so is one that was deleted and made again, whatever numbers the versions have. A version rises by one
 * with each success and with nothing else. A status only goes where {@link CoreStatus} says, at the request of whom
 * {@link Role} lets. A story that is not there is not made by changing it.
 *
 * <p><b>Holds when</b> whoever writes these rows does it here. <b>Breaks when</b> a caller passes no version: then it changes what
 * is there, and the rules are all that is left.
 *
 * <p>Safe for use by many threads, and many processes.
 */
public final class Stories {
    private static final Unit CREATE = Unit.named("story-create");
    private static final Unit CHANGE = Unit.named("story-change");
    private static final Unit CHANGE_ALL = Unit.named("story-change-all");
    private static final Unit DELETE = Unit.named("story-delete");
    private static final Unit INITIALIZE = Unit.named("story-initialize");

    private final Rowlock rowlock;
    private final StoryEvents events;

    public Stories(Rowlock rowlock, StoryEvents events) {
        this.rowlock = rowlock;
        this.events = events;
    }

    /** One of several changes that are made together. */
    public record Wanted(
            UUID storyId, Change change, @Nullable Version expected) {}

    /** How many stories of an epic were made, and how many were there. */
    public record Initialized(int created, int existing) {}

    /**
     * Makes a story, at version 1.
     *
     * @param first its beginning; without a status it is a draft
     * @return the story, or that there is one under this path; also if two make it at once
     */
    public Outcome<View<StoryRow>> create(StoryPath epic, StoryPath path, Change first) {
        return rowlock.transact(CREATE, tx -> {
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds it here.
            Optional<Row<StoryRow>> there = tx.read(STORIES, path.id());
            if (there.isPresent()) {
                StoryRow story = there.get().value();
                return refused(new Refusal.StoryExists(
                        story.id(),
                        story.storyPath(),
                        story.status(),
                        there.get().version().number()));
            }
            return done(view(StoryUnits.create(tx, epic, path, first)));
        });
    }

    /**
     * Changes a story.
     *
     * @param expected the version that the change was made from, or null for whatever is there
     */
    public Outcome<View<StoryRow>> change(UUID id, Change change, @Nullable Version expected) {
        Outcome<View<StoryRow>> outcome = rowlock.transact(CHANGE, tx -> change(tx, id, change, expected));
        if (outcome instanceof Outcome.Conflict) {
            events.conflict(change.role());
        }
        return outcome;
    }

    private Outcome<View<StoryRow>> change(Tx tx, UUID id, Change change, @Nullable Version expected) {
        Optional<Row<StoryRow>> found = tx.read(STORIES, id);
        if (found.isEmpty()) {
            return refused(new Refusal.UnknownStory(id));
        }
        Row<StoryRow> story = found.get();
        if (expected != null && !expected.equals(story.version())) {
            return new Outcome.Conflict<>(view(story), expected, story.version());
        }
        Optional<Refusal> why = StoryUnits.refusal(story.value(), change);
        if (why.isPresent()) {
            return refused(why.get());
        }
        Row<StoryRow> changed = StoryUnits.change(tx, story, change);
        if (changed.value().status() != story.value().status()) {
            tx.afterCommit(() -> events.moved(change.role(), changed.value().status()));
        }
        return done(view(changed));
    }

    /**
     * Changes several stories, all of them or none.
     *
     * @param fence run first in the unit: holds it to what the caller has taken for it, such as leases
     * @return the stories in the order in which they were asked for; or what is in the way of the first, in the order of their ids
     */
    public Outcome<List<View<StoryRow>>> changeAll(List<Wanted> all, Consumer<Tx> fence) {
        return rowlock.transact(CHANGE_ALL, tx -> {
            fence.accept(tx);
            List<Wanted> ordered =
                    all.stream().sorted(Comparator.comparing(Wanted::storyId)).toList();
            // What is refused further on must not leave behind what came before it.
            for (Wanted each : ordered) {
                Optional<Outcome<List<View<StoryRow>>>> obstacle = obstacle(tx, each);
                if (obstacle.isPresent()) {
                    return obstacle.get();
                }
            }
            List<View<StoryRow>> changed = new ArrayList<>();
            for (Wanted each : all) {
                changed.add(change(tx, each.storyId(), each.change(), each.expected())
                        .fold(
                                story -> story,
                                refusal -> {
                                    throw new IllegalStateException("Refused after it was not (why=" + refusal + ")");
                                },
                                conflict -> {
                                    throw new IllegalStateException("In conflict after it was not");
                                }));
            }
            return done(changed);
        });
    }

    private static Optional<Outcome<List<View<StoryRow>>>> obstacle(Tx tx, Wanted wanted) {
        Optional<Row<StoryRow>> found = tx.read(STORIES, wanted.storyId());
        if (found.isEmpty()) {
            return Optional.of(refused(new Refusal.UnknownStory(wanted.storyId())));
        }
        Row<StoryRow> story = found.get();
        Version expected = wanted.expected();
        if (expected != null && !expected.equals(story.version())) {
            return Optional.of(new Outcome.Conflict<>(List.of(view(story)), expected, story.version()));
        }
        return StoryUnits.refusal(story.value(), wanted.change()).map(Outcome::refused);
    }

    /**
     * Deletes a story and its document; its history stays.
     *
     * @param expected the version the caller has seen, or null for whatever is there
     * @return the story as it last was
     */
    public Outcome<View<StoryRow>> delete(UUID id, @Nullable Role role, @Nullable Version expected) {
        return rowlock.transact(DELETE, tx -> {
            Optional<Row<StoryRow>> found = tx.read(STORIES, id);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownStory(id));
            }
            Row<StoryRow> story = found.get();
            if (expected != null && !expected.equals(story.version())) {
                return new Outcome.Conflict<>(view(story), expected, story.version());
            }
            StoryUnits.delete(tx, story, "delete", role);
            return done(view(story));
        });
    }

    /** Makes the stories of an epic that are not there yet, as drafts; those that are there stay as they are. */
    public Initialized initialize(StoryPath epic, List<StoryPath> paths) {
        return rowlock.transact(INITIALIZE, tx -> {
            int created = 0;
            List<StoryPath> ordered = paths.stream()
                    .distinct()
                    .sorted(Comparator.comparing(StoryPath::id))
                    .toList();
            for (StoryPath path : ordered) {
                if (tx.read(STORIES, path.id()).isEmpty()) {
                    Row<StoryRow> unused = StoryUnits.create(
                            tx, epic, path, Change.to(Role.SM, CoreStatus.DRAFT).as("initialize"));
                    created++;
                }
            }
            return new Initialized(created, ordered.size() - created);
        });
    }
}
