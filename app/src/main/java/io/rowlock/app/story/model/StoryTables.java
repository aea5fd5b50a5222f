package io.rowlock.app.story.model;

import io.rowlock.Row;
import io.rowlock.Table;
import io.rowlock.Version;
import io.rowlock.View;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The tables as the units see them; {@code db/migration} has their SQL. */
public final class StoryTables {

    /**
     * A story.
     *
     * @param id made of the path: {@link StoryPath#id}
     * @param iteration how many rounds of work it has been through
     * @param qaResult a JSON object, or null
     * @param errorMessage what went wrong, or null
     */
    public record StoryRow(
            UUID id,
            String epicPath,
            String storyPath,
            CoreStatus status,
            @Nullable String phase,
            int iteration,
            @Nullable String qaResult,
            @Nullable String errorMessage,
            Instant createdAt,
            Instant updatedAt) {

        /** A story that has just been made. */
        public static StoryRow made(StoryPath epic, StoryPath path, Change first, Instant now) {
            StoryRow empty =
                    new StoryRow(path.id(), epic.text(), path.text(), CoreStatus.DRAFT, null, 0, null, null, now, now);
            return empty.with(first, now);
        }

        /** What it looks like to those who process stories. */
        public ProcessingStatus processing() {
            return ProcessingStatus.of(status, errorMessage);
        }

        /** What a change makes of it. */
        public StoryRow with(Change change, Instant now) {
            return new StoryRow(
                    id,
                    epicPath,
                    storyPath,
                    change.status() == null ? status : change.status(),
                    change.phase() == null ? phase : change.phase(),
                    change.iteration() == null ? iteration : change.iteration(),
                    change.qaResult() == null ? qaResult : change.qaResult(),
                    change.error() == null ? errorMessage : change.error().isEmpty() ? null : change.error(),
                    createdAt,
                    now);
        }
    }

    /** What a line of the history tells. */
    public enum Happened {
        CREATED,
        CHANGED,
        DELETED
    }

    /**
     * Which version of which story: of all that stood under an id one after the other.
     *
     * @param incarnation tells those apart
     */
    public record HistoryKey(UUID storyId, long incarnation, long storyVersion) {
        public static HistoryKey of(UUID story, Version version) {
            return new HistoryKey(story, version.incarnation(), version.number());
        }
    }

    /**
     * How a story came to a version, and what it was then. Written with it in one commit, never changed.
     *
     * @param happened DELETED is the last line of an incarnation; its version is the one that never was
     * @param role who asked; null for what the service does by itself
     * @param fromStatus null at the beginning
     * @param toStatus null at the end
     */
    public record HistoryRow(
            UUID storyId,
            long incarnation,
            long storyVersion,
            String storyPath,
            Happened happened,
            String operation,
            @Nullable Role role,
            @Nullable CoreStatus fromStatus,
            @Nullable CoreStatus toStatus,
            @Nullable String phase,
            int iteration,
            @Nullable String qaResult,
            @Nullable String errorMessage,
            @Nullable String metadata,
            Instant changedAt) {

        public static HistoryRow created(Row<StoryRow> made, Change first) {
            return of(Happened.CREATED, made.value(), made.version(), null, first);
        }

        public static HistoryRow changed(CoreStatus from, Row<StoryRow> after, Change change) {
            return of(Happened.CHANGED, after.value(), after.version(), from, change);
        }

        private static HistoryRow of(
                Happened happened, StoryRow story, Version version, @Nullable CoreStatus from, Change change) {
            return new HistoryRow(
                    story.id(),
                    version.incarnation(),
                    version.number(),
                    story.storyPath(),
                    happened,
                    change.operation(),
                    change.role(),
                    from,
                    story.status(),
                    story.phase(),
                    story.iteration(),
                    story.qaResult(),
                    story.errorMessage(),
                    change.metadata(),
                    story.updatedAt());
        }

        public static HistoryRow deleted(Row<StoryRow> last, String operation, @Nullable Role role, Instant now) {
            StoryRow story = last.value();
            Version end = last.version().next();
            return new HistoryRow(
                    story.id(),
                    end.incarnation(),
                    end.number(),
                    story.storyPath(),
                    Happened.DELETED,
                    operation,
                    role,
                    story.status(),
                    null,
                    story.phase(),
                    story.iteration(),
                    story.qaResult(),
                    story.errorMessage(),
                    null,
                    now);
        }
    }

    /** The document that a story was read from, as it was read. */
    public record DocumentRow(UUID storyId, String content, Instant updatedAt) {}

    public static final Table<StoryRow, UUID> STORIES = Table.of("stories", StoryRow.class)
            .key("id", UUID.class)
            .incarnation("incarnation")
            .build();

    public static final Table<HistoryRow, HistoryKey> HISTORY =
            Table.of("story_history", HistoryRow.class).key(HistoryKey.class).build();

    public static final Table<DocumentRow, UUID> DOCUMENTS = Table.of("story_documents", DocumentRow.class)
            .key("storyId", UUID.class)
            .incarnation("incarnation")
            .build();

    /** The deciding row before what follows from it: every unit locks and writes in this order. */
    public static final List<Table<?, ?>> ORDER = List.of(STORIES, HISTORY, DOCUMENTS);

    /** A row as something to show. */
    public static View<StoryRow> view(Row<StoryRow> row) {
        return new View<>(row.value(), row.version());
    }

    private StoryTables() {}
}
