package io.rowlock.app.sync;

import static io.rowlock.app.sync.Answers.require;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.http.Malformed;
import io.rowlock.app.http.Messages;
import io.rowlock.app.sync.SyncService.Begun;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Syncs at the paths and in the fields of the source. */
@Tag(name = "Sync", description = "Accounts of many database instances, read in sessions")
@RestController
@RequestMapping(path = "/account-sync-optimized", produces = MediaType.APPLICATION_JSON_VALUE)
final class OptimizedSyncController {
    private final SyncService service;
    private final Sessions sessions;
    private final SyncQueries queries;
    private final Idempotent idempotent;
    private final Duration answerWait;

    OptimizedSyncController(
            SyncService service, Sessions sessions, SyncQueries queries, Idempotent idempotent, SyncOptions options) {
        this.service = service;
        this.sessions = sessions;
        this.queries = queries;
        this.idempotent = idempotent;
        this.answerWait = options.answerWait();
    }

    @Operation(
            summary = "Sync all instances in a session",
            description =
                    "Answers when the session has ended, or after a while with what there is; then it runs on. An instance that"
                            + " another session works on is skipped and counts as failed. With an Idempotency-Key a repeat is the same session:"
                            + " it is gone on with if the process that ran it has died, and answered as it now stands.")
    @ApiResponse(
            responseCode = "429",
            description = "So many sessions run already",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @PostMapping("/sync-all")
    ResponseEntity<SyncBodies.SyncAll> syncAll() throws InterruptedException {
        Optional<UUID> wanted = idempotent.run(null).map(UUID::fromString);
        Begun begun = require(service.sync(wanted, SyncType.MANUAL_BATCH, "http", queries.enabledInstances()));
        begun.await(answerWait);
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (!begun.fresh()) {
            answer.header(Idempotent.REPLAYED, "true");
        }
        return answer.body(
                cameOf(require(queries.session(begun.sessionId()), new Refusal.UnknownSession(begun.sessionId()))));
    }

    /** What came of a session, as far as it is. */
    static SyncBodies.SyncAll cameOf(SyncQueries.Whole whole) {
        SessionStatus status = whole.session().sessionStatus();
        int done = whole.session().successfulInstances();
        int failed = whole.session().failedInstances();
        Map<String, Object> facts = Map.of("total", whole.session().totalInstances(), "done", done, "failed", failed);
        return new SyncBodies.SyncAll(
                status == SessionStatus.COMPLETED,
                Messages.say("SYNC." + status.text(), facts),
                whole.session().totalInstances(),
                done,
                failed,
                whole.records().stream().map(OptimizedSyncController::cameOf).toList(),
                whole.session().sessionId());
    }

    private static SyncBodies.SyncResult cameOf(RecordRow record) {
        RecordStatus status = record.recordStatus();
        // In English as it was stored; who reads Chinese has the code's own sentence.
        String message = record.errorMessage() == null
                ? Messages.say("SYNC_INSTANCE." + status.text(), Map.of("accounts", record.accountsSynced()))
                : Messages.say("SYNC_INSTANCE.error." + record.errorCode(), Map.of("message", record.errorMessage()));
        return new SyncBodies.SyncResult(
                record.instanceName(), status == RecordStatus.COMPLETED, message, record.accountsSynced());
    }

    @Operation(summary = "Show a session, its performance and its records")
    @GetMapping("/sync-details-batch")
    SyncBodies.Details details(
            @Schema(description = "Which session", requiredMode = Schema.RequiredMode.REQUIRED)
                    @RequestParam(name = "session_id", required = false)
                    @Nullable
                    UUID sessionId) {
        if (sessionId == null) {
            throw new Malformed("session_id, the id of a session");
        }
        return SyncBodies.Details.of(require(queries.details(sessionId), new Refusal.UnknownSession(sessionId)));
    }

    @Operation(
            summary = "Remove old sessions",
            description =
                    "Such as have ended so many days ago, with their records; those that run stay. Commits in parts of ten:"
                            + " sent again, it removes what is left.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/cleanup", consumes = MediaType.APPLICATION_JSON_VALUE)
    SyncBodies.CleanedUp cleanUp(@Valid @RequestBody SyncBodies.CleanUp body) {
        Optional<String> unused = idempotent.run(body);
        int days = body.days() == null ? SyncBodies.CleanUp.DAYS_IF_LEFT_OUT : body.days();
        int removed = sessions.cleanUp(Duration.ofDays(days));
        return new SyncBodies.CleanedUp(true, Messages.say("SYNC.cleaned_up", Map.of("count", removed)), removed);
    }
}
