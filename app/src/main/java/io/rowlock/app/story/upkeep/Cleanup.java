package io.rowlock.app.story.upkeep;

import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.story.StoryQueries;
import io.rowlock.app.story.StoryUnits;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Takes away stories that nobody needs any more; their history stays.
 *
 * <p><b>Promise.</b> Each call is one unit of work and takes away {@value #AT_ONCE} at the most; it says whether there are more. What
 * a search has found is locked and looked at again before it goes, so that a story which somebody has just taken up stays, and
 * whoever meant to change one that goes finds it gone and nothing half done.
 *
 * <p>Epics and folders are compared as text, character by character: no character in them stands for others.
 *
 * <p>Safe for use by many threads, and many processes.
 */
public final class Cleanup {
    /** Stories that one call takes away at the most. */
    public static final int AT_ONCE = 500;

    private static final Unit CLEANUP = Unit.named("story-cleanup");

    private final Rowlock rowlock;

    public Cleanup(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /** How many have gone, and whether there are more to go. */
    public record Cleaned(int deleted, boolean more) {}

    /** Those that are completed or have failed, and were not changed for so long. */
    public Cleaned olderThan(Duration age) {
        return rowlock.transact(CLEANUP, tx -> {
            Instant before = tx.now().minus(age);
            List<UUID> oldest = Sql.ids(tx, """
                    SELECT id
                      FROM stories
                     WHERE status IN ('DONE', 'FAILED')
                     ORDER BY updated_at, id
                     LIMIT ?""", AT_ONCE + 1);
            return clean(tx, oldest, story -> isOver(story) && story.updatedAt().isBefore(before));
        });
    }

    private static boolean isOver(StoryRow story) {
        return story.status() == CoreStatus.DONE || story.status() == CoreStatus.FAILED;
    }

    /** All of an epic, wherever they stand. */
    public Cleaned ofEpic(StoryPath epic) {
        return rowlock.transact(
                CLEANUP,
                tx -> clean(
                        tx,
                        Sql.ids(
                                tx,
                                "SELECT id FROM stories WHERE epic_path = ? ORDER BY id LIMIT ?",
                                epic.text(),
                                AT_ONCE + 1),
                        story -> story.epicPath().equals(epic.text())));
    }

    /** All in a folder, wherever they stand: what was made for a trial, say. */
    public Cleaned inFolder(StoryPath folder) {
        return rowlock.transact(CLEANUP, tx -> {
            List<Object> values = new ArrayList<>(StoryQueries.inFolder(folder));
            values.add(AT_ONCE + 1);
            return clean(
                    tx,
                    Sql.ids(
                            tx,
                            "SELECT id FROM stories WHERE " + StoryQueries.IN_FOLDER + " ORDER BY id LIMIT ?",
                            values.toArray()),
                    story -> story.storyPath().startsWith(folder.text() + "/"));
        });
    }

    private static Cleaned clean(io.rowlock.Tx tx, List<UUID> found, Predicate<StoryRow> due) {
        List<Row<StoryRow>> held = tx.lockAll(STORIES, found).values().stream()
                .filter(story -> due.test(story.value()))
                .toList();
        List<Row<StoryRow>> going = held.size() > AT_ONCE ? held.subList(0, AT_ONCE) : held;
        going.forEach(story -> StoryUnits.delete(tx, story, "cleanup", null));
        return new Cleaned(going.size(), held.size() > AT_ONCE);
    }
}
