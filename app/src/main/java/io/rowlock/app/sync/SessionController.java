package io.rowlock.app.sync;

import static io.rowlock.app.sync.Answers.require;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Sessions, whoever has begun them. */
@Tag(name = "Sync sessions", description = "Sessions of the sync: how they stand, what went wrong, and their end")
@RestController
@RequestMapping(path = "/sync_sessions/api", produces = MediaType.APPLICATION_JSON_VALUE)
final class SessionController {
    private final SyncService service;
    private final SyncQueries queries;
    private final Idempotent idempotent;

    SessionController(SyncService service, SyncQueries queries, Idempotent idempotent) {
        this.service = service;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(summary = "List sessions, newest first")
    @GetMapping("/sessions")
    List<SyncBodies.Session> sessions(
            @RequestParam(name = "sync_type", required = false) @Nullable SyncType type,
            @RequestParam(name = "sync_category", required = false) @Nullable SyncCategory category,
            @RequestParam(required = false) @Nullable SessionStatus status,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = SyncBodies.LIMIT)
                    @Max(value = SyncBodies.LIMIT_MAX, message = SyncBodies.LIMIT)
                    int limit) {
        return queries.sessions(type, category, status, limit).stream()
                .map(SyncBodies.Session::of)
                .toList();
    }

    @Operation(summary = "Show a session and its records")
    @GetMapping("/sessions/{sessionId}")
    SyncBodies.SessionRecords session(@PathVariable UUID sessionId) {
        return SyncBodies.SessionRecords.of(require(queries.session(sessionId), new Refusal.UnknownSession(sessionId)));
    }

    @Operation(
            summary = "Cancel a session that runs",
            description = "What has not ended is skipped, and what is read meanwhile is not stored.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping("/sessions/{sessionId}/cancel")
    ResponseEntity<SyncBodies.Session> cancel(@PathVariable UUID sessionId) {
        return idempotent.post(null, () -> {
            SessionRow cancelled = require(service.cancel(sessionId));
            return ResponseEntity.ok(SyncBodies.Session.of(cancelled));
        });
    }

    @Operation(summary = "List what was not synced in a session, and why")
    @GetMapping("/sessions/{sessionId}/error-logs")
    SyncBodies.ErrorLogs errorLogs(@PathVariable UUID sessionId) {
        return SyncBodies.ErrorLogs.of(require(queries.session(sessionId), new Refusal.UnknownSession(sessionId)));
    }

    @Operation(summary = "Show all sessions in numbers")
    @GetMapping("/statistics")
    SyncBodies.Statistics statistics() {
        return SyncBodies.Statistics.of(queries.statistics());
    }
}
