package io.rowlock.app.story.upkeep;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.story.Answers;
import io.rowlock.app.story.Outcome;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** For those who run the stories. */
@Tag(name = "Story upkeep", description = "How the stories stand, whether their books are right, cleanup, backups")
@RestController
@RequestMapping(path = "/api/story", produces = MediaType.APPLICATION_JSON_VALUE)
final class UpkeepController {
    private final Monitor monitor;
    private final UnitTimes times;
    private final Cleanup cleanup;
    private final StoryBackup backup;
    private final Idempotent idempotent;

    UpkeepController(
            Monitor monitor,
            @Qualifier("storyUnitTimes") UnitTimes times,
            Cleanup cleanup,
            StoryBackup backup,
            Idempotent idempotent) {
        this.monitor = monitor;
        this.times = times;
        this.cleanup = cleanup;
        this.backup = backup;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Show how this node is",
            description =
                    "The database, its connections, which stories are held by whom and who waits, how often waits have"
                            + " gone round in a circle.")
    @GetMapping("/health")
    Monitor.Health health() {
        return monitor.health();
    }

    @Operation(summary = "Ask whether the books are right", description = "Reads whole tables, as of one moment.")
    @GetMapping("/consistency")
    UpkeepBodies.Consistency consistency() {
        return UpkeepBodies.Consistency.of(monitor.audit());
    }

    @Operation(summary = "Show how the operations fared", description = "On this node, since it started.")
    @GetMapping("/performance")
    List<UnitTimes.Times> performance() {
        return times.all();
    }

    @Operation(
            summary = "Take away stories that have been over for long",
            description = "Completed and failed ones, 500 at a time; their history stays.")
    @PostMapping(path = "/maintenance/cleanup", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<UpkeepBodies.Cleaned> olderThan(@Valid @RequestBody UpkeepBodies.OlderThan body) {
        int days = body.days() == null ? UpkeepBodies.DAYS : body.days();
        return idempotent.post(
                body, () -> ResponseEntity.ok(UpkeepBodies.Cleaned.of(cleanup.olderThan(Duration.ofDays(days)))));
    }

    @Operation(
            summary = "Take away all stories of an epic",
            description = "Wherever they stand, 500 at a time; their history stays.")
    @PostMapping(path = "/maintenance/cleanup-epic", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<UpkeepBodies.Cleaned> ofEpic(@Valid @RequestBody UpkeepBodies.OfEpic body) {
        return idempotent.post(body, () -> ResponseEntity.ok(UpkeepBodies.Cleaned.of(cleanup.ofEpic(body.epicPath()))));
    }

    @Operation(
            summary = "Take away all stories in a folder",
            description = "Such as temp or test; wherever they stand, 500 at a time; their history stays.")
    @PostMapping(path = "/maintenance/cleanup-folder", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<UpkeepBodies.Cleaned> inFolder(@Valid @RequestBody UpkeepBodies.OfFolder body) {
        return idempotent.post(body, () -> ResponseEntity.ok(UpkeepBodies.Cleaned.of(cleanup.inFolder(body.folder()))));
    }

    @Operation(
            summary = "Make a backup of the database",
            description =
                    "SQLite's, with all systems in it, as of one moment and with what stands in the write-ahead log;"
                            + " opened and read before it is answered. May be sent again: one that is there is verified and never"
                            + " replaced. Of a server its own tool makes backups: 422 names it.")
    @PutMapping("/maintenance/backups/{name}")
    UpkeepBodies.Backup backup(
            @PathVariable
                    @Pattern(
                            regexp = StoryBackup.NAME,
                            message = "a name of 1 to 64 letters, digits, points, hyphens and underlines")
                    String name) {
        return made(backup.make(name));
    }

    private static UpkeepBodies.Backup made(Outcome<StoryBackup.Made> outcome) {
        return outcome.fold(
                UpkeepBodies.Backup::of,
                refusal -> {
                    throw Answers.refused(refusal);
                },
                conflict -> {
                    throw new IllegalStateException("A backup has no version");
                });
    }

    @Operation(summary = "List backups, newest first")
    @GetMapping("/maintenance/backups")
    List<StoryBackup.Kept> backups() {
        return backup.kept();
    }
}
