package io.rowlock.app.credits;

import static io.rowlock.app.credits.Answers.require;

import io.rowlock.app.http.Idempotent;
import io.swagger.v3.oas.annotations.Operation;
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

/** Majors and their courses. */
@Tag(name = "Majors", description = "What can be learned: majors of up to twelve courses")
@RestController
@RequestMapping(path = "/api/credits", produces = MediaType.APPLICATION_JSON_VALUE)
final class MajorController {
    private final Majors majors;
    private final CreditQueries queries;
    private final Idempotent idempotent;

    MajorController(Majors majors, CreditQueries queries, Idempotent idempotent) {
        this.majors = majors;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(summary = "Create a major")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/majors", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CreditBodies.Major> createMajor(@Valid @RequestBody CreditBodies.NewMajor body) {
        return idempotent.post(body, () -> {
            CreditBodies.Major major = CreditBodies.Major.of(majors.create(body.applicationId(), body.name()));
            return ResponseEntity.created(URI.create("/api/credits/majors/" + major.id()))
                    .body(major);
        });
    }

    @Operation(summary = "List majors, newest first")
    @GetMapping("/majors")
    List<CreditBodies.Major> majors(
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = CreditBodies.LIMIT)
                    @Max(value = CreditBodies.LIMIT_MAX, message = CreditBodies.LIMIT)
                    int limit) {
        return queries.majors(limit).stream().map(CreditBodies.Major::of).toList();
    }

    @Operation(summary = "Show a major and its courses")
    @GetMapping("/majors/{majorId}")
    CreditBodies.WithCourses major(@PathVariable UUID majorId) {
        return CreditBodies.WithCourses.of(require(queries.major(majorId), new Refusal.UnknownMajor(majorId)));
    }

    @Operation(summary = "Add a course to a major", description = "A major has up to twelve, one a lesson.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/courses", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<CreditBodies.Course> createCourse(@Valid @RequestBody CreditBodies.NewCourse body) {
        return idempotent.post(body, () -> {
            CreditBodies.Course course =
                    CreditBodies.Course.of(require(majors.addCourse(body.majorId(), body.lesson(), body.name())));
            return ResponseEntity.created(URI.create("/api/credits/courses/" + course.id()))
                    .body(course);
        });
    }

    @Operation(summary = "Show a course")
    @GetMapping("/courses/{courseId}")
    CreditBodies.Course course(@PathVariable UUID courseId) {
        return CreditBodies.Course.of(require(queries.course(courseId), new Refusal.UnknownCourse(courseId)));
    }
}
