package io.rowlock.app.mastery;

import io.rowlock.app.http.ApiException;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.mastery.MasteryBodies.Envelope;
import io.rowlock.app.mastery.MasteryBodies.Monitoring;
import io.rowlock.app.metrics.UnitTimes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
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

/** For those who run the mastery system. */
@Tag(name = "Mastery maintenance", description = "How it stands, whether everything agrees, and its repair")
@RestController
@RequestMapping(path = "/api/amas", produces = MediaType.APPLICATION_JSON_VALUE)
final class MasteryUpkeepController {
    private final MasteryQueries queries;
    private final Consistency consistency;
    private final Rollout rollout;
    private final UnitTimes times;
    private final Idempotent idempotent;

    MasteryUpkeepController(
            MasteryQueries queries,
            Consistency consistency,
            Rollout rollout,
            @Qualifier("amasUnitTimes") UnitTimes times,
            Idempotent idempotent) {
        this.queries = queries;
        this.consistency = consistency;
        this.rollout = rollout;
        this.times = times;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Show how the mastery system stands",
            description =
                    "overview: what there is. data-consistency: whether everything agrees, with every model computed anew from the"
                            + " log; reads whole tables. performance: how the operations fared on this node since it started, and how far"
                            + " transactional persistence is rolled out.")
    @GetMapping("/monitoring")
    Monitoring monitoring(
            @Schema(allowableValues = {"overview", "data-consistency", "performance"})
                    @RequestParam(defaultValue = "overview")
                    @Pattern(
                            regexp = "overview|data-consistency|performance",
                            message = "one of overview, data-consistency, performance")
                    String action) {
        return new Monitoring(
                action,
                switch (action) {
                    case "data-consistency" -> MasteryBodies.Audited.of(queries.audit());
                    case "performance" -> new MasteryBodies.Performance(times.all(), rollout.overview());
                    default -> queries.overview();
                });
    }

    @Operation(
            summary = "List users of whom state, model and log do not agree",
            description =
                    "Compares counts and times of those who have answered last. None, unless answers were stored in parts.")
    @GetMapping("/maintenance/drifts")
    Envelope<MasteryBodies.Drifts> drifts(
            @Schema(description = "How many users are compared")
                    @RequestParam(defaultValue = "1000")
                    @Min(value = 1, message = "a whole number from 1 to 10000")
                    @Max(value = 10_000, message = "a whole number from 1 to 10000")
                    int users) {
        List<Consistency.Drift> drifts = consistency.check(users);
        return Envelope.of(new MasteryBodies.Drifts(drifts, drifts.size()));
    }

    @Operation(
            summary = "Compute a user's model and counters anew from the log",
            description =
                    "In one commit, with the user held meanwhile. Changes nothing of a user of whom everything agrees.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/maintenance/repair", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Envelope<MasteryBodies.Drifts>> repair(@Valid @RequestBody MasteryBodies.User body) {
        return idempotent.post(body, () -> {
            if (!consistency.repair(body.userId())) {
                throw ApiException.unknown(new Refusal.UnknownLearner(body.userId()));
            }
            return ResponseEntity.ok(Envelope.of(new MasteryBodies.Drifts(List.of(), 0)));
        });
    }
}
