package io.rowlock.app.story.document;

import static io.rowlock.app.story.model.StoryTables.DOCUMENTS;
import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.http.Malformed;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.story.ManagedStories;
import io.rowlock.app.story.Refusal;
import io.rowlock.app.story.StoryUnits;
import io.rowlock.app.story.document.FileReport.Line;
import io.rowlock.app.story.document.FileReport.What;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.DocumentRow;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stories from a folder of Markdown, and back.
 *
 * <p><b>Promise.</b> Each document is one unit of work: its story is made where there is none, taken a step on if the document says
 * so, left alone if it stands there already; the text is kept with it. A step that there is not is refused and told, as for
 * everybody else. A document that is broken is told and holds up no other. What is exported is the text as it was kept, with the
 * status of the story in it; a story without a text gets a short one. Exported and imported again nothing changes.
 *
 * <p><b>Holds when</b> others work on the same stories meanwhile: what is decided on is what is committed over.
 *
 * <p>Safe for use by many threads, each with a folder of its own.
 */
public final class StoryDocuments {
    private static final Unit IMPORT = Unit.named("story-import");
    private static final Unit EXPORT = Unit.named("story-export");

    /** Stories looked at at once. */
    private static final int PAGE = 200;

    private static final Duration WAIT = Duration.ofSeconds(30);

    private final Rowlock rowlock;
    private final ManagedStories managed;

    /** Of the stories of a database. */
    public StoryDocuments(Rowlock rowlock) {
        this.rowlock = rowlock;
        this.managed = new ManagedStories(rowlock, WAIT);
    }

    /**
     * Takes in what a folder has.
     *
     * @param epic the epic of stories that are made, or null for the folder that each document is in
     * @param told each file as it is dealt with, for those who watch
     * @throws IOException if the folder cannot be read
     */
    public FileReport importFrom(StoryFolder folder, @Nullable StoryPath epic, Consumer<Line> told) throws IOException {
        List<Line> lines = new ArrayList<>();
        folder.read(new StoryFolder.Found() {
            @Override
            public void document(StoryDocument document) {
                tell(take(document, epic == null ? epicOf(document.path()) : epic));
            }

            @Override
            public void broken(String file, String why) {
                tell(new Line(file, What.BROKEN, why));
            }

            private void tell(Line line) {
                lines.add(line);
                told.accept(line);
            }
        });
        return new FileReport(lines);
    }

    /** The folder that it is in; those at the top belong to an epic of that name. */
    private static StoryPath epicOf(StoryPath path) {
        int slash = path.text().lastIndexOf('/');
        return new StoryPath(slash < 0 ? "stories" : path.text().substring(0, slash));
    }

    /** Takes in one document. */
    Line take(StoryDocument document, StoryPath epic) {
        CoreStatus status;
        try {
            status = document.status();
        } catch (NotAStory broken) {
            return new Line(document.path().text(), What.BROKEN, broken.why());
        }
        Change change = Change.to(Role.SM, status).as("import");
        return managed.inOrder(
                document.path().id(), () -> rowlock.transact(IMPORT, tx -> take(tx, document, epic, change)));
    }

    private static Line take(Tx tx, StoryDocument document, StoryPath epic, Change change) {
        String file = document.path().text();
        Optional<Row<StoryRow>> there = tx.read(STORIES, document.path().id());
        if (there.isEmpty()) {
            StoryRow made = StoryUnits.create(tx, epic, document.path(), change).value();
            boolean unused = StoryUnits.keepDocument(tx, made, document.content());
            return new Line(file, What.CREATED, made.status().title());
        }
        StoryRow story = there.get().value();
        Optional<Refusal> refusal = StoryUnits.refusal(story, change);
        if (refusal.isPresent()) {
            return new Line(file, What.REFUSED, why(story, refusal.get()));
        }
        boolean another = StoryUnits.keepDocument(tx, story, document.content());
        if (story.status() == change.status()) {
            return new Line(
                    file, another ? What.KEPT : What.SAME, story.status().title());
        }
        StoryRow moved = StoryUnits.change(tx, there.get(), change).value();
        return new Line(
                file,
                What.MOVED,
                story.status().title() + " to " + moved.status().title());
    }

    private static String why(StoryRow story, Refusal refusal) {
        return refusal instanceof Refusal.IllegalTransition illegal
                ? "from " + story.status().title() + " no step leads to "
                        + illegal.to().title()
                : refusal.getClass().getSimpleName();
    }

    /**
     * Writes stories to a folder.
     *
     * @param epic those of an epic, or null for all
     * @param told each file as it is dealt with, for those who watch
     */
    public FileReport exportTo(StoryFolder folder, @Nullable StoryPath epic, Consumer<Line> told) {
        List<Line> lines = new ArrayList<>();
        String after = "";
        while (true) {
            List<Exported> page = page(epic, after);
            for (Exported each : page) {
                Line line = write(folder, each);
                lines.add(line);
                told.accept(line);
                after = each.story().storyPath();
            }
            if (page.size() < PAGE) {
                return new FileReport(lines);
            }
        }
    }

    private record Exported(StoryRow story, @Nullable String content) {}

    private List<Exported> page(@Nullable StoryPath epic, String after) {
        return rowlock.read(EXPORT, tx -> {
            String of = epic == null ? "" : " AND epic_path = ?";
            List<Object> values = new ArrayList<>(List.of(after));
            if (epic != null) {
                values.add(epic.text());
            }
            values.add(PAGE);
            List<UUID> ids = Sql.ids(
                    tx,
                    "SELECT id FROM stories WHERE story_path > ?" + of + " ORDER BY story_path LIMIT ?",
                    values.toArray());
            var documents = tx.peekAll(DOCUMENTS, ids);
            return tx.peekAll(STORIES, ids).values().stream()
                    .map(View::value)
                    .map(story -> {
                        View<DocumentRow> document = documents.get(story.id());
                        return new Exported(
                                story,
                                document == null ? null : document.value().content());
                    })
                    .toList();
        });
    }

    private static Line write(StoryFolder folder, Exported exported) {
        StoryRow story = exported.story();
        String[] broken = new String[1];
        try {
            StoryPath path = new StoryPath(story.storyPath());
            StoryDocument document = exported.content() == null
                    ? StoryDocument.made(path, story.status())
                    : new StoryDocument(path, exported.content()).with(story.status());
            boolean written = folder.write(document, why -> broken[0] = why);
            return broken[0] == null
                    ? new Line(
                            path.text(),
                            written ? What.WRITTEN : What.SAME,
                            story.status().title())
                    : new Line(path.text(), What.BROKEN, broken[0]);
        } catch (NotAStory changed) {
            return new Line(story.storyPath(), What.BROKEN, changed.why());
        } catch (Malformed noPath) {
            return new Line(story.storyPath(), What.BROKEN, "no path below a folder");
        }
    }
}
