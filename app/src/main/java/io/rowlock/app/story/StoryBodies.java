package io.rowlock.app.story;

import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.http.Malformed;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.ProcessingStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.Happened;
import io.rowlock.app.story.model.StoryTables.HistoryRow;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON bodies of the stories. Messages of constraints say what has to stand there. */
final class StoryBodies {
    /** Text without control characters (but for line breaks and tabs) and half characters, which not every database can store. */
    static final String TEXT = "[^\\p{Cntrl}\\p{Cs}]*";

    static final String LINES = "(?:[^\\p{Cntrl}\\p{Cs}]|[\\n\\r\\t])*";

    static final int LIMIT_MAX = 500;
    static final String LIMIT = "a whole number from 1 to 500";

    static final int AT_ONCE_MAX = 100;
    private static final int INITIAL_MAX = 500;
    private static final int JSON_MAX = 16_384;
    private static final int ITERATION_MAX = 1_000_000;
    private static final String ITERATION = "a whole number from 0 to 1000000";
    private static final String OBJECT = "a JSON object of at most 16384 characters";
    private static final java.util.regex.Pattern UNSTORABLE = java.util.regex.Pattern.compile("[\\p{Cs}\\x00]");
    private static final List<String> VERDICTS = List.of("PASS", "CONCERNS", "FAIL", "WAIVED");
    private static final JsonMapper JSON = new JsonMapper();

    /** What to do if the story has gone on since the version that the change was made from. */
    enum OnConflict {
        /** Answer 409 with the story as it is now. */
        @com.fasterxml.jackson.annotation.JsonProperty("answer")
        ANSWER,
        /** Bring both together if they do not want something else of the same field. */
        @com.fasterxml.jackson.annotation.JsonProperty("merge")
        MERGE
    }

    @Schema(name = "NewStory")
    record NewStory(
            @NotNull(message = "the path of an epic") StoryPath epicPath,
            @NotNull(message = "the path of a story") StoryPath storyPath,

            @Schema(description = "Where it stands already; draft if left out") @Nullable
            CoreStatus status,

            @Nullable
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(max = 100, message = "up to 100 characters")
            String phase) {

        Change first() {
            return Change.to(Role.SM, status == null ? CoreStatus.DRAFT : status)
                    .as("create")
                    .withPhase(phase);
        }
    }

    @Schema(name = "StoryChange", description = "What is left out stays as it is")
    record NewChange(
            @NotNull(message = "one of sm, dev, qa") Role role,

            @Schema(description = "Where the story goes; where it is already, it stays") @Nullable
            CoreStatus status,

            @Nullable
            @Pattern(regexp = TEXT, message = "text without control characters")
            @Size(max = 100, message = "up to 100 characters")
            String phase,

            @Schema(description = "Rounds of work so far")
            @Nullable
            @Min(value = 0, message = ITERATION)
            @Max(value = ITERATION_MAX, message = ITERATION)
            Integer iteration,

            @Schema(
                    type = "object",
                    example = "{\"result\":\"CONCERNS\",\"notes\":\"no test for the empty case\"}",
                    description =
                            "What quality assurance has found; \"result\" in it is PASS, CONCERNS, FAIL or WAIVED")
            @Nullable
            JsonNode qaResult,

            @Schema(description = "What went wrong; empty text takes it away")
            @Nullable
            @Pattern(regexp = LINES, message = "text without control characters but line breaks and tabs")
            @Size(max = 4000, message = "up to 4000 characters")
            String error,

            @Schema(description = "What to do if the story has gone on since; answer if left out") @Nullable
            OnConflict onConflict) {

        Change change() {
            return new Change(role, "status", status, phase, iteration, found(qaResult), error, null);
        }

        boolean merges() {
            return onConflict == OnConflict.MERGE;
        }
    }

    @Schema(name = "StoryProcessing", description = "A change in the words of those who process stories")
    record NewProcessing(
            @NotNull(message = "one of sm, dev, qa") Role role,

            @Schema(allowableValues = {"in_progress", "review", "completed"})
            @NotNull(message = "one of in_progress, review, completed")
            ProcessingStatus status,

            @Schema(type = "object", description = "Kept with the line of the history") @Nullable
            JsonNode metadata) {

        Change change() {
            CoreStatus core = switch (status) {
                case IN_PROGRESS -> CoreStatus.IN_PROGRESS;
                case REVIEW -> CoreStatus.READY_FOR_REVIEW;
                case COMPLETED -> CoreStatus.DONE;
                case PENDING, FAILED, CANCELLED, ERROR ->
                    throw new Malformed("a status of in_progress, review, completed");
            };
            return Change.to(role, core).as("processing").withMetadata(object(metadata));
        }
    }

    @Schema(name = "StoryChangeOfMany")
    record OneOfMany(
            @NotNull(message = "the id of a story") UUID storyId,

            @NotNull(message = "a status such as \"in_progress\"")
            CoreStatus status,

            @Schema(description = "The version that the change is made from, as the ETag has it", example = "7-1f")
            @NotNull(message = "a version such as \"7-1f\"")
            String expectedVersion) {

        Stories.Wanted wanted(Role role) {
            return new Stories.Wanted(storyId, Change.to(role, status).as("bulk"), version());
        }

        private Version version() {
            try {
                return Version.parse(expectedVersion);
            } catch (IllegalArgumentException none) {
                throw new Malformed("an expectedVersion as an entity tag has it, such as \"7-1f\"");
            }
        }
    }

    @Schema(name = "StoryChanges")
    record NewBulk(
            @NotNull(message = "one of sm, dev, qa") Role role,

            @NotNull(message = "1 to 100 changes") @Size(min = 1, max = AT_ONCE_MAX, message = "1 to 100 changes")
            List<@Valid @NotNull(message = "a change") OneOfMany> changes) {

        List<Stories.Wanted> wanted() {
            if (changes.stream().map(OneOfMany::storyId).distinct().count() < changes.size()) {
                throw new Malformed("each story once");
            }
            return changes.stream().map(change -> change.wanted(role)).toList();
        }
    }

    @Schema(name = "EpicStories")
    record NewEpic(
            @NotNull(message = "the path of an epic") StoryPath epicPath,

            @NotNull(message = "1 to 500 paths") @Size(min = 1, max = INITIAL_MAX, message = "1 to 500 paths")
            List<@NotNull(message = "the path of a story") StoryPath> storyPaths) {}

    @Schema(name = "EpicInitialized")
    record Initialized(int created, int existing) {
        static Initialized of(Stories.Initialized done) {
            return new Initialized(done.created(), done.existing());
        }
    }

    @Schema(name = "Story")
    record Story(
            UUID id,
            String epicPath,
            String storyPath,
            CoreStatus status,

            @Schema(description = "As documents write it", example = "Ready for Review")
            String statusTitle,

            @Schema(description = "What it looks like to those who process stories")
            ProcessingStatus processingStatus,

            @Nullable String phase,
            int iteration,
            @Schema(type = "object") @Nullable JsonNode qaResult,
            @Nullable String error,
            Instant createdAt,
            Instant updatedAt,

            @Schema(description = "Counts the changes of this story; the ETag tells it from one that was there before")
            long version,

            @Schema(
                    description = "The ETag without its quotes, as If-Match and expectedVersion take it",
                    example = "7-1f")
            String etag) {

        static Story of(View<StoryRow> view) {
            StoryRow row = view.value();
            return new Story(
                    row.id(),
                    row.epicPath(),
                    row.storyPath(),
                    row.status(),
                    row.status().title(),
                    row.processing(),
                    row.phase(),
                    row.iteration(),
                    json(row.qaResult()),
                    row.errorMessage(),
                    row.createdAt(),
                    row.updatedAt(),
                    view.version().number(),
                    view.version().toString());
        }
    }

    @Schema(name = "StoryHistory", description = "How a story came to a version, and what it was then")
    record Line(
            @Schema(description = "The version, as the ETag had it", example = "7-1f")
            String version,

            Happened happened,

            @Schema(description = "What for: create, status, processing, bulk, initialize, import, delete, cleanup")
            String operation,

            @Nullable Role role,
            @Nullable CoreStatus from,
            @Nullable CoreStatus to,
            @Nullable String phase,
            int iteration,
            @Schema(type = "object") @Nullable JsonNode qaResult,
            @Nullable String error,
            @Schema(type = "object") @Nullable JsonNode metadata,
            Instant changedAt) {

        static Line of(HistoryRow row) {
            return new Line(
                    new Version(row.storyVersion(), row.incarnation()).toString(),
                    row.happened(),
                    row.operation(),
                    row.role(),
                    row.fromStatus(),
                    row.toStatus(),
                    row.phase(),
                    row.iteration(),
                    json(row.qaResult()),
                    row.errorMessage(),
                    json(row.metadata()),
                    row.changedAt());
        }
    }

    @Schema(name = "StoryStatistics", description = "How many stories have each status")
    record Counts(
            long total,
            @Schema(description = "By status") Map<String, Long> status,

            @Schema(description = "By what they look like to those who process stories")
            Map<String, Long> processingStatus) {

        static Counts of(StoryQueries.Statistics statistics) {
            return new Counts(statistics.total(), named(statistics.core()), named(statistics.processing()));
        }

        private static Map<String, Long> named(Map<? extends Enum<?>, Long> counts) {
            return counts.entrySet().stream()
                    .collect(Collectors.toMap(
                            each -> each.getKey().name().toLowerCase(java.util.Locale.ROOT),
                            Map.Entry::getValue,
                            Long::sum,
                            java.util.LinkedHashMap::new));
        }
    }

    /** What quality assurance has found, as it is stored. */
    private static @Nullable String found(@Nullable JsonNode found) {
        JsonNode result = found == null ? null : found.get("result");
        if (result != null && !(result.isString() && VERDICTS.contains(result.asString()))) {
            throw new Malformed("a result of PASS, CONCERNS, FAIL, WAIVED");
        }
        return object(found);
    }

    private static @Nullable String object(@Nullable JsonNode json) {
        if (json == null || json.isNull()) {
            return null;
        }
        String text = json.toString();
        if (!json.isObject()
                || text.length() > JSON_MAX
                || UNSTORABLE.matcher(text).find()) {
            throw new Malformed(OBJECT);
        }
        return text;
    }

    private static @Nullable JsonNode json(@Nullable String stored) {
        return stored == null ? null : JSON.readTree(stored);
    }

    private StoryBodies() {}
}
