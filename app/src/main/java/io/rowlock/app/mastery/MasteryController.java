package io.rowlock.app.mastery;

import io.rowlock.Timing;
import io.rowlock.app.http.ApiException;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.http.Malformed;
import io.rowlock.app.mastery.MasteryBodies.Envelope;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.model.Strategy;
import io.rowlock.cache.Cached;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

/** Answers of users, and how they go on. */
@Tag(name = "Mastery", description = "Adaptive learning: how a user goes on after an answer")
@RestController
@RequestMapping(path = "/api/amas", produces = MediaType.APPLICATION_JSON_VALUE)
final class MasteryController {
    private final Mastery mastery;
    private final Learners learners;
    private final MasteryQueries queries;
    private final Idempotent idempotent;
    private final Timing timing = Timing.system();

    MasteryController(Mastery mastery, Learners learners, MasteryQueries queries, Idempotent idempotent) {
        this.mastery = mastery;
        this.learners = learners;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    // ---- answers

    @Operation(
            summary = "Decide how a user goes on after an answer",
            description =
                    "Answers of a user are decided on one after another, on all nodes together; all that one changes is stored in"
                            + " one commit. Where there is no decision in time, or at all, the answer says so (recorded is false,"
                            + " fallback says why), has a strategy to go on with, and nothing is stored: it may be sent again. With an"
                            + " eventId or an Idempotency-Key it is decided on once, and a repeat gets the first answer.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/process", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Envelope<MasteryBodies.Decided>> process(@Valid @RequestBody MasteryBodies.Event body) {
        String userId = body.userId();
        if (userId == null) {
            throw new Malformed("userId, " + MasteryBodies.ID_MESSAGE);
        }
        Asked asked = asked(userId, body, idempotent.name(), 0);
        Processed processed = mastery.process(userId, asked);
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (processed instanceof Processed.Recorded recorded && recorded.repeated()) {
            answer.header(Idempotent.REPLAYED, "true");
        }
        return answer.body(Envelope.of(told(asked, processed)));
    }

    @Operation(
            summary = "Decide on several answers of a user, one after another",
            description =
                    "Each is a commit of its own, and is told for itself: one that could not be recorded does not keep back those"
                            + " after it. Sent again with its Idempotency-Key, those that were decided on are answered as they were.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/batch-process", consumes = MediaType.APPLICATION_JSON_VALUE)
    Envelope<MasteryBodies.BatchResult> batch(@Valid @RequestBody MasteryBodies.Batch body) {
        if (body.events().stream().anyMatch(event -> event.userId() != null)) {
            throw new Malformed("userId once, for all events");
        }
        Optional<String> name = idempotent.name();
        List<MasteryBodies.Decided> results = new ArrayList<>();
        for (int i = 0; i < body.events().size(); i++) {
            Asked asked = asked(body.userId(), body.events().get(i), name, i);
            results.add(told(asked, mastery.process(body.userId(), asked)));
        }
        return Envelope.of(MasteryBodies.BatchResult.of(results));
    }

    private Asked asked(String userId, MasteryBodies.Event event, Optional<String> name, int place) {
        UUID id = name.map(key -> UUID.nameUUIDFromBytes(
                        ("amas:" + userId + ":" + place + ":" + key).getBytes(StandardCharsets.UTF_8)))
                .orElseGet(UUID::randomUUID);
        return event.asked(id, name.isPresent(), now());
    }

    private Instant now() {
        return timing.clock().instant();
    }

    private static MasteryBodies.Decided told(Asked asked, Processed processed) {
        return processed.fold(
                recorded -> MasteryBodies.Decided.of(asked, recorded),
                reused -> {
                    throw ApiException.refused(reused.why());
                },
                fallback -> MasteryBodies.Decided.of(asked, fallback));
    }

    @Operation(
            summary = "Forget what is known of a user",
            description =
                    "State, model, cold start, and rewards that are not learned of yet; the user is a new one then. How well words are"
                            + " mastered stays.")
    @ResponseStatus(HttpStatus.OK)
    @PostMapping(path = "/reset", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Envelope<MasteryBodies.ResetDone>> reset(@Valid @RequestBody MasteryBodies.User body) {
        return idempotent.post(
                body, () -> ResponseEntity.ok(Envelope.of(new MasteryBodies.ResetDone(mastery.reset(body.userId())))));
    }

    // ---- looking

    @Operation(summary = "Show how a user is", description = "The ETag is the version.")
    @GetMapping("/state")
    ResponseEntity<Envelope<MasteryBodies.State>> state(
            @RequestParam @Pattern(regexp = MasteryBodies.ID, message = MasteryBodies.ID_MESSAGE) String userId) {
        Cached<StateRow> state =
                learners.find(userId).orElseThrow(() -> ApiException.unknown(new Refusal.UnknownLearner(userId)));
        return ResponseEntity.ok()
                .eTag(state.version().etag())
                .body(Envelope.of(MasteryBodies.State.of(state.value())));
    }

    @Operation(
            summary = "Show how a user goes on",
            description = "For somebody who has not answered anything it is what everybody begins with.")
    @GetMapping("/strategy")
    Envelope<MasteryBodies.CurrentStrategy> strategy(
            @RequestParam @Pattern(regexp = MasteryBodies.ID, message = MasteryBodies.ID_MESSAGE) String userId) {
        List<Strategy> strategies = learners.find(userId)
                .map(state -> LearnerRows.strategies(state.value()))
                .orElse(List.of());
        return Envelope.of(
                strategies.isEmpty()
                        ? new MasteryBodies.CurrentStrategy(Strategy.DEFAULT, false)
                        : new MasteryBodies.CurrentStrategy(strategies.get(strategies.size() - 1), true));
    }

    @Operation(summary = "Show how far a new user is known")
    @GetMapping("/phase")
    Envelope<MasteryBodies.CurrentPhase> phase(
            @RequestParam @Pattern(regexp = MasteryBodies.ID, message = MasteryBodies.ID_MESSAGE) String userId) {
        return Envelope.of(MasteryBodies.CurrentPhase.of(learners.find(userId)
                .map(state -> LearnerRows.coldStart(state.value()))
                .orElse(io.rowlock.app.mastery.model.Learner.fresh(1).coldStart())));
    }

    @Operation(summary = "List rewards of a user that are learned of later, the first due first")
    @GetMapping("/delayed-rewards")
    Envelope<MasteryBodies.Rewards> delayedRewards(
            @RequestParam @Pattern(regexp = MasteryBodies.ID, message = MasteryBodies.ID_MESSAGE) String userId,
            @RequestParam(required = false) @Nullable RewardStatus status,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = MasteryBodies.LIMIT)
                    @Max(value = MasteryBodies.LIMIT_MAX, message = MasteryBodies.LIMIT)
                    int limit) {
        return Envelope.of(MasteryBodies.Rewards.of(queries.rewards(userId, status, limit)));
    }
}
