package io.rowlock.app.story;

import static io.rowlock.app.story.model.StoryTables.DOCUMENTS;
import static io.rowlock.app.story.model.StoryTables.HISTORY;
import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.Row;
import io.rowlock.Tx;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.DocumentRow;
import io.rowlock.app.story.model.StoryTables.HistoryRow;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts that units are made of: whatever is done to a story is written together with the line of its history, in the one
 * commit of the unit that is running.
 */
public final class StoryUnits {
    private StoryUnits() {}

    /** Makes a story where this unit has found none. */
    public static Row<StoryRow> create(Tx tx, StoryPath epic, StoryPath path, Change first) {
        Row<StoryRow> made = tx.insert(STORIES, StoryRow.made(epic, path, first, tx.now()));
        tx.insert(HISTORY, HistoryRow.created(made, first));
        return made;
    }

    /** Why a story may not be changed like this, or empty if it may. */
    public static Optional<Refusal> refusal(StoryRow story, Change change) {
        CoreStatus from = story.status();
        CoreStatus to = change.status();
        if (to == null || to == from) {
            return Optional.empty();
        }
        if (!from.leadsTo(to)) {
            return Optional.of(new Refusal.IllegalTransition(story.id(), from, to, from.steps()));
        }
        if (!change.role().mayMoveTo(to)) {
            return Optional.of(new Refusal.RoleNotAllowed(story.id(), change.role(), from, to, Role.whoMayMoveTo(to)));
        }
        return Optional.empty();
    }

    /** Changes a story in a way that nothing {@linkplain #refusal refuses}. */
    public static Row<StoryRow> change(Tx tx, Row<StoryRow> story, Change change) {
        CoreStatus from = story.value().status();
        Row<StoryRow> changed = tx.update(story, s -> s.with(change, tx.now()));
        tx.insert(HISTORY, HistoryRow.changed(from, changed, change));
        return changed;
    }

    /** Ends a story; its history stays. */
    public static void delete(Tx tx, Row<StoryRow> story, String operation, @Nullable Role role) {
        tx.insert(HISTORY, HistoryRow.deleted(story, operation, role, tx.now()));
        tx.read(DOCUMENTS, story.value().id()).ifPresent(tx::delete);
        tx.delete(story);
    }

    /** Keeps the document of a story; answers whether it is another than was kept. */
    public static boolean keepDocument(Tx tx, StoryRow story, String content) {
        Optional<Row<DocumentRow>> kept = tx.read(DOCUMENTS, story.id());
        if (kept.isEmpty()) {
            tx.insert(DOCUMENTS, new DocumentRow(story.id(), content, tx.now()));
            return true;
        }
        if (kept.get().value().content().equals(content)) {
            return false;
        }
        tx.update(kept.get(), d -> new DocumentRow(d.storyId(), content, tx.now()));
        return true;
    }
}
