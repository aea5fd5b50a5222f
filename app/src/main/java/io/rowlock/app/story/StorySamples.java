package io.rowlock.app.story;

import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.Key;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.util.List;
import java.util.Optional;

/** An epic of four stories to try things on. Their ids come of their paths, so that examples can name them. */
final class StorySamples {
    static final StoryPath EPIC = new StoryPath("docs/epics/epic-1.md");

    private static final Unit LOAD = Unit.named("story-samples");
    private static final Key ONCE = Key.of("story-samples");

    /** How far each of them has come. */
    private static final List<CoreStatus> STATUSES = List.of(
            CoreStatus.DONE, CoreStatus.READY_FOR_REVIEW, CoreStatus.IN_PROGRESS, CoreStatus.READY_FOR_DEVELOPMENT);

    private final Rowlock rowlock;

    StorySamples(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    static StoryPath path(int number) {
        return new StoryPath("docs/stories/1." + number + ".md");
    }

    /** Loads the samples into a database that has no stories. Safe to call from several nodes at once. */
    void loadIfEmpty() {
        rowlock.transact(LOAD, tx -> {
            tx.guard(ONCE);
            if (Sql.query(tx, row -> true, "SELECT 1 FROM stories LIMIT 1").isEmpty()) {
                for (int number = 1; number <= STATUSES.size(); number++) {
                    load(tx, path(number), STATUSES.get(number - 1));
                }
            }
            return true;
        });
    }

    private static void load(Tx tx, StoryPath path, CoreStatus to) {
        Row<StoryRow> unused =
                StoryUnits.create(tx, EPIC, path, Change.to(Role.SM, to).as("create"));
    }

    /** Lines to try: the samples if they are there, else what makes the first story. */
    List<String> commands(String url) {
        String json = " -H 'Content-Type: application/json' -d ";
        StoryPath inProgress = path(3);
        Optional<View<StoryRow>> there = rowlock.read(tx -> tx.peek(STORIES, inProgress.id()));
        if (there.isEmpty()) {
            return List.of("curl -s " + url + "/api/story/stories" + json + "'{\"epicPath\":\"" + EPIC
                    + "\",\"storyPath\":\"" + inProgress + "\"}'");
        }
        return List.of(
                "curl -s " + url + "/api/story/stories/" + inProgress.id() + "/status -H 'If-Match: "
                        + there.get().version().etag() + "'" + json
                        + "'{\"role\":\"dev\",\"status\":\"ready_for_review\"}'",
                "curl -s " + url + "/api/story/statistics");
    }
}
