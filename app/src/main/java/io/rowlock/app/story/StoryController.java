package io.rowlock.app.story;

import static io.rowlock.app.story.Answers.require;
import static io.rowlock.app.story.Answers.seen;
import static io.rowlock.app.story.Answers.story;

import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.http.ApiException;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.ProcessingStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Stories, and their way from draft to done. */
@Tag(name = "Stories", description = "Stories and their way from draft to done, with a version in every step")
@RestController
@RequestMapping(path = "/api/story", produces = MediaType.APPLICATION_JSON_VALUE)
final class StoryController {
    private static final String REQUIRED = "Without If-Match";

    private final Stories stories;
    private final MergeAndRetry merging;
    private final ManagedStories managed;
    private final StoryQueries queries;
    private final Idempotent idempotent;

    StoryController(
            Stories stories,
            MergeAndRetry merging,
            ManagedStories managed,
            StoryQueries queries,
            Idempotent idempotent) {
        this.stories = stories;
        this.merging = merging;
        this.managed = managed;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    // ---- one story

    @Operation(
            summary = "Make a story",
            description =
                    "At version 1. Its id is made of its path, so that there is one under a path, also if two make it"
                            + " at once.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/stories", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<StoryBodies.Story> create(@Valid @RequestBody StoryBodies.NewStory body) {
        return idempotent.post(body, () -> {
            View<StoryRow> made = require(stories.create(body.epicPath(), body.storyPath(), body.first()));
            return ResponseEntity.created(
                            URI.create("/api/story/stories/" + made.value().id()))
                    .eTag(made.version().etag())
                    .body(StoryBodies.Story.of(made));
        });
    }

    @Operation(summary = "Show a story", description = "The ETag is its version.")
    @GetMapping("/stories/{storyId}")
    ResponseEntity<StoryBodies.Story> show(@PathVariable UUID storyId) {
        return story(require(queries.story(storyId), new Refusal.UnknownStory(storyId)));
    }

    @Operation(
            summary = "Change a story",
            description =
                    "Status, phase, iteration, result of quality assurance, error; what is left out stays. If-Match has"
                            + " the version that the change was made from, or * for whatever is there. If the story has gone on since,"
                            + " nothing is changed and the answer is the story as it is now (409); with onConflict merge both are"
                            + " brought together, unless they want something else of the same field.")
    @ApiResponse(
            responseCode = "428",
            description = REQUIRED,
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/stories/{storyId}/status", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<StoryBodies.Story> change(
            @PathVariable UUID storyId,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody StoryBodies.NewChange body) {
        Version expected = seen(ifMatch);
        return managed.inOrder(
                storyId,
                () -> idempotent.post(
                        body,
                        () -> story(require(
                                body.merges() && expected != null
                                        ? merging.change(storyId, body.change(), expected)
                                        : stories.change(storyId, body.change(), expected)))));
    }

    @Operation(
            summary = "Change a story in the words of those who process stories",
            description = "in_progress, review or completed; the steps and whose they are stay the same.")
    @ApiResponse(
            responseCode = "428",
            description = REQUIRED,
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/stories/{storyId}/processing", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<StoryBodies.Story> processing(
            @PathVariable UUID storyId,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody StoryBodies.NewProcessing body) {
        Version expected = seen(ifMatch);
        return managed.inOrder(
                storyId,
                () -> idempotent.post(body, () -> story(require(stories.change(storyId, body.change(), expected)))));
    }

    @Operation(
            summary = "Delete a story",
            description =
                    "Its history stays. One that is made again under its path begins at version 1, and no version of"
                            + " the old one is taken for one of the new one's.")
    @ApiResponse(
            responseCode = "428",
            description = REQUIRED,
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @DeleteMapping("/stories/{storyId}")
    ResponseEntity<StoryBodies.Story> delete(
            @PathVariable UUID storyId,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        Version expected = seen(ifMatch);
        View<StoryRow> last = managed.inOrder(storyId, () -> require(stories.delete(storyId, Role.SM, expected)));
        return ResponseEntity.ok(StoryBodies.Story.of(last));
    }

    @Operation(
            summary = "Show how a story came to be what it is",
            description =
                    "Newest first, of all that stood under this id one after the other; also when there is none now.")
    @GetMapping("/stories/{storyId}/history")
    List<StoryBodies.Line> history(
            @PathVariable UUID storyId,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = StoryBodies.LIMIT)
                    @Max(value = StoryBodies.LIMIT_MAX, message = StoryBodies.LIMIT)
                    int limit) {
        List<StoryBodies.Line> lines = queries.history(storyId, limit).stream()
                .map(StoryBodies.Line::of)
                .toList();
        if (lines.isEmpty()) {
            throw Answers.refused(new Refusal.UnknownStory(storyId));
        }
        return lines;
    }

    // ---- several

    @Operation(
            summary = "List stories by their paths",
            description =
                    "Of an epic, in a folder, of a status. With id, given up to 100 times, these, in that order; those"
                            + " that are not there are left out.")
    @GetMapping("/stories")
    List<StoryBodies.Story> list(
            @RequestParam(required = false) @Nullable StoryPath epic,
            @RequestParam(required = false) @Nullable StoryPath folder,
            @RequestParam(required = false) @Nullable StoryPath path,
            @RequestParam(required = false) @Nullable CoreStatus status,
            @RequestParam(required = false) @Nullable ProcessingStatus processing,
            @RequestParam(required = false) @Size(max = StoryBodies.AT_ONCE_MAX, message = "up to 100 ids") @Nullable
                    List<UUID> id,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = StoryBodies.LIMIT)
                    @Max(value = StoryBodies.LIMIT_MAX, message = StoryBodies.LIMIT)
                    int limit) {
        List<View<StoryRow>> found;
        if (path != null) {
            found = queries.stories(List.of(path.id()), epic);
        } else if (id != null) {
            found = queries.stories(id, epic);
        } else {
            found = queries.stories(new StoryQueries.Wanted(epic, folder, status, processing), limit);
        }
        return found.stream().map(StoryBodies.Story::of).toList();
    }

    @Operation(
            summary = "Take several stories a step on, all or none",
            description =
                    "Each with the version that it was seen at. Meanwhile nobody else works on any of them; if one is in"
                            + " the way, nothing is changed and the answer is about the first of them by id.")
    @ApiResponse(
            responseCode = "409",
            description = "Made from an older version",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/stories/status", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<List<StoryBodies.Story>> changeAll(@Valid @RequestBody StoryBodies.NewBulk body) {
        List<Stories.Wanted> wanted = body.wanted();
        return managed.together(
                wanted.stream().map(Stories.Wanted::storyId).toList(),
                fence -> idempotent.post(body, () -> ResponseEntity.ok(all(stories.changeAll(wanted, fence)))));
    }

    private static List<StoryBodies.Story> all(Outcome<List<View<StoryRow>>> outcome) {
        return outcome.fold(
                done -> done.stream().map(StoryBodies.Story::of).toList(),
                refusal -> {
                    throw Answers.refused(refusal);
                },
                conflict -> {
                    throw ApiException.conflict(
                            StoryBodies.Story.of(conflict.current().get(0)), conflict.expected(), conflict.actual());
                });
    }

    @Operation(
            summary = "Make the stories of an epic that are not there yet",
            description = "As drafts. Those that are there stay as they are, whatever epic they belong to.")
    @PostMapping(path = "/epics/initialize", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<StoryBodies.Initialized> initialize(@Valid @RequestBody StoryBodies.NewEpic body) {
        return idempotent.post(
                body,
                () -> ResponseEntity.ok(
                        StoryBodies.Initialized.of(stories.initialize(body.epicPath(), body.storyPaths()))));
    }

    @Operation(summary = "Count the stories of each status", description = "Of an epic, or of all.")
    @GetMapping("/statistics")
    StoryBodies.Counts statistics(@RequestParam(required = false) @Nullable StoryPath epic) {
        return StoryBodies.Counts.of(queries.statistics(epic));
    }
}
