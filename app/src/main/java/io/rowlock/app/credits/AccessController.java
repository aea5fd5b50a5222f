package io.rowlock.app.credits;

import static io.rowlock.app.credits.Answers.access;
import static io.rowlock.app.credits.Answers.require;

import io.rowlock.View;
import io.rowlock.app.credits.CreditTables.AccessRow;
import io.rowlock.app.http.Idempotent;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Courses that students take, and what they earn by it. */
@Tag(name = "Course credits", description = "Courses that students take, and the credit they earn")
@RestController
@RequestMapping(path = "/api", produces = MediaType.APPLICATION_JSON_VALUE)
final class AccessController {
    private final Accesses accesses;
    private final CreditQueries queries;
    private final Idempotent idempotent;

    AccessController(Accesses accesses, CreditQueries queries, Idempotent idempotent) {
        this.accesses = accesses;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(summary = "Let a student take a course")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/credits/accesses", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CreditBodies.Access> open(@Valid @RequestBody CreditBodies.StudentCourse body) {
        return idempotent.post(body, () -> {
            View<AccessRow> access = require(accesses.open(body.studentId(), body.courseId()));
            return ResponseEntity.created(
                            URI.create("/api/credits/accesses/" + access.value().id()))
                    .eTag(access.version().etag())
                    .body(CreditBodies.Access.of(access));
        });
    }

    @Operation(summary = "Show how a student stands with a course", description = "The ETag is the access's version.")
    @GetMapping("/credits/accesses/{accessId}")
    ResponseEntity<CreditBodies.Access> show(@PathVariable UUID accessId) {
        return access(require(queries.access(accessId), Refusal.UnknownAccess.of(accessId)));
    }

    @Operation(summary = "End an access that was not finished", description = "Nothing can be earned by it any more.")
    @PostMapping("/credits/accesses/{accessId}/expire")
    ResponseEntity<CreditBodies.Access> expire(@PathVariable UUID accessId) {
        return idempotent.post(null, () -> access(require(accesses.expire(accessId))));
    }

    @Operation(summary = "Start a course", description = "Its day is the one on which this happens.")
    @PostMapping(path = "/v1/course.start", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CreditBodies.Access> start(@Valid @RequestBody CreditBodies.StudentCourse body) {
        return idempotent.post(body, () -> access(require(accesses.start(body.studentId(), body.courseId()))));
    }

    @Operation(
            summary = "Finish a course",
            description =
                    "Once. A course that is finished on the day it was started (midnight to midnight where the service"
                            + " is) is finished on time and earns 1.00; status, ledger and credit change together or not at all. A"
                            + " student may call this once in two seconds.")
    @ApiResponse(
            responseCode = "429",
            description = "Too many calls of this student",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/v1/course.finish", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CreditBodies.Access> finish(@Valid @RequestBody CreditBodies.Finish body) {
        boolean finalTest = Boolean.TRUE.equals(body.isFinalTest());
        return idempotent.post(
                body,
                () -> access(
                        require(accesses.finish(body.studentId(), body.courseId(), body.isFinished(), finalTest))));
    }

    @Operation(summary = "List the courses that a student takes, newest first")
    @GetMapping("/credits/students/{studentId}/accesses")
    List<CreditBodies.Access> accesses(
            @PathVariable UUID studentId,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = CreditBodies.LIMIT)
                    @Max(value = CreditBodies.LIMIT_MAX, message = CreditBodies.LIMIT)
                    int limit) {
        return queries.accesses(studentId, limit).stream()
                .map(CreditBodies.Access::of)
                .toList();
    }

    @Operation(
            summary = "Show what a student has earned",
            description =
                    "For each application the amount and its bookings, newest first; nothing for somebody who has earned"
                            + " nothing. Limit is the number of bookings of each application.")
    @GetMapping("/credits/students/{studentId}/credits")
    List<CreditBodies.StudentCredit> credits(
            @PathVariable UUID studentId,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = CreditBodies.LIMIT)
                    @Max(value = CreditBodies.LIMIT_MAX, message = CreditBodies.LIMIT)
                    int limit) {
        return queries.earned(studentId, limit).stream()
                .map(CreditBodies.StudentCredit::of)
                .toList();
    }
}
