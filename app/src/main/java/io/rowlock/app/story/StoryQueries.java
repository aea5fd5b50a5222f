package io.rowlock.app.story;

import static io.rowlock.app.story.model.StoryTables.HISTORY;
import static io.rowlock.app.story.model.StoryTables.STORIES;

import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.ProcessingStatus;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.HistoryKey;
import io.rowlock.app.story.model.StoryTables.HistoryRow;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.dialect.Isolation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What can be looked at. Nothing here takes a lock, and nothing it answers can be written back; a failure is thrown and not answered
 * as nothing. Safe for use by many threads.
 */
public final class StoryQueries {
    private static final Unit LOOK = Unit.named("story-look");
    private static final Unit LIST = Unit.named("story-list");
    /** Counts that are shown together are of one moment. */
    private static final Unit COUNT = Unit.named("story-count").withIsolation(Isolation.REPEATABLE_READ);

    private final Rowlock rowlock;

    public StoryQueries(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * Which stories are looked for; null asks for any.
     *
     * @param folder those whose path begins with this and a slash
     * @param processing what they look like
     */
    public record Wanted(
            @Nullable StoryPath epic,
            @Nullable StoryPath folder,
            @Nullable CoreStatus status,
            @Nullable ProcessingStatus processing) {}

    public Optional<View<StoryRow>> story(UUID id) {
        return rowlock.read(LOOK, tx -> tx.peek(STORIES, id));
    }

    /** Those that are there, in the order in which they are named; of an epic, if one is named. */
    public List<View<StoryRow>> stories(Collection<UUID> ids, @Nullable StoryPath epic) {
        return rowlock.read(
                LOOK,
                tx -> tx.peekAll(STORIES, ids).values().stream()
                        .filter(story ->
                                epic == null || story.value().epicPath().equals(epic.text()))
                        .toList());
    }

    /** In the order of their paths, as the database compares them. */
    public List<View<StoryRow>> stories(Wanted wanted, int limit) {
        List<String> conditions = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        StoryPath epic = wanted.epic();
        if (epic != null) {
            conditions.add("epic_path = ?");
            values.add(epic.text());
        }
        StoryPath folder = wanted.folder();
        if (folder != null) {
            conditions.add(IN_FOLDER);
            values.addAll(inFolder(folder));
        }
        CoreStatus status = wanted.status();
        if (status != null) {
            conditions.add("status = ?");
            values.add(status.name());
        }
        ProcessingStatus processing = wanted.processing();
        if (processing != null) {
            conditions.add(PROCESSING + " = ?");
            values.add(processing.name());
        }
        values.add(limit);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return rowlock.read(
                LIST,
                tx -> views(
                        tx,
                        Sql.ids(
                                tx,
                                "SELECT id FROM stories" + where + " ORDER BY story_path LIMIT ?",
                                values.toArray())));
    }

    /** Holds for paths in a folder; compared as text, in which no character means anything but itself. */
    public static final String IN_FOLDER = "SUBSTR(story_path, 1, ?) = ?";

    /** The values of {@link #IN_FOLDER}. Databases count characters, Java counts halves of some. */
    public static List<Object> inFolder(StoryPath folder) {
        String prefix = folder.text() + "/";
        return List.of(prefix.codePointCount(0, prefix.length()), prefix);
    }

    /** {@link ProcessingStatus#of} in SQL. */
    private static final String PROCESSING = """
            CASE WHEN status IN ('DRAFT', 'READY_FOR_DEVELOPMENT') THEN 'PENDING'
                 WHEN status IN ('READY_FOR_REVIEW', 'READY_FOR_DONE') THEN 'REVIEW'
                 WHEN status = 'DONE' THEN 'COMPLETED'
                 WHEN status = 'FAILED' AND error_message IS NOT NULL THEN 'ERROR'
                 ELSE status END""";

    private static List<View<StoryRow>> views(ReadTx tx, List<UUID> ids) {
        return List.copyOf(tx.peekAll(STORIES, ids).values());
    }

    /** How a story came to be what it is, of all that stood under this id, newest first. */
    public List<HistoryRow> history(UUID id, int limit) {
        return rowlock.read(LIST, tx -> {
            List<HistoryKey> keys =
                    Sql.query(tx, row -> new HistoryKey(id, row.getLong(1), row.getLong(2)), """
                    SELECT incarnation, story_version
                      FROM story_history
                     WHERE story_id = ?
                     ORDER BY changed_at DESC, story_version DESC
                     LIMIT ?""", id, limit);
            return tx.peekAll(HISTORY, keys).values().stream().map(View::value).toList();
        });
    }

    /**
     * How many stories there are.
     *
     * @param core by status
     * @param processing by what they look like
     */
    public record Statistics(long total, Map<CoreStatus, Long> core, Map<ProcessingStatus, Long> processing) {}

    /** How many there are, of an epic or of all. Each status is named, those that nothing has with 0. */
    public Statistics statistics(@Nullable StoryPath epic) {
        String of = epic == null ? "" : " WHERE epic_path = ?";
        Object[] values = epic == null ? new Object[0] : new Object[] {epic.text()};
        return rowlock.read(COUNT, tx -> {
            Map<CoreStatus, Long> core = new EnumMap<>(CoreStatus.class);
            Map<ProcessingStatus, Long> processing = new EnumMap<>(ProcessingStatus.class);
            for (CoreStatus status : CoreStatus.values()) {
                core.put(status, 0L);
            }
            for (ProcessingStatus status : ProcessingStatus.values()) {
                processing.put(status, 0L);
            }
            long total = 0;
            for (Counted counted : Sql.query(
                    tx,
                    row -> new Counted(
                            CoreStatus.valueOf(row.getString(1)), row.getInt(2) == 1 ? "" : null, row.getLong(3)),
                    "SELECT status, CASE WHEN error_message IS NULL THEN 0 ELSE 1 END AS wrong, COUNT(*) FROM stories"
                            + of + " GROUP BY status, CASE WHEN error_message IS NULL THEN 0 ELSE 1 END",
                    values)) {
                core.merge(counted.status(), counted.stories(), Long::sum);
                processing.merge(ProcessingStatus.of(counted.status(), counted.error()), counted.stories(), Long::sum);
                total += counted.stories();
            }
            return new Statistics(total, core, processing);
        });
    }

    private record Counted(CoreStatus status, @Nullable String error, long stories) {}
}
