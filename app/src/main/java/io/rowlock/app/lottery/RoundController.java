package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;
import static io.rowlock.app.lottery.Answers.versioned;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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

/** Products, their rounds, and the draw. */
@Tag(name = "Rounds", description = "Products, rounds, draws")
@RestController
@RequestMapping(path = "/api/lottery", produces = MediaType.APPLICATION_JSON_VALUE)
final class RoundController {
    private static final String LIMIT = "a whole number from 1 to 500";

    private final Products products;
    private final Rounds rounds;
    private final Draws draws;
    private final LotteryQueries queries;
    private final Idempotent idempotent;

    RoundController(Products products, Rounds rounds, Draws draws, LotteryQueries queries, Idempotent idempotent) {
        this.products = products;
        this.rounds = rounds;
        this.draws = draws;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(summary = "Create a product")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/products", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RoundBodies.Product> createProduct(@Valid @RequestBody RoundBodies.NewProduct body) {
        return idempotent.post(body, () -> {
            RoundBodies.Product product = RoundBodies.Product.of(require(products.create(
                    body.name(), body.totalShares(), body.pricePerShare(), body.marketPrice(), body.stock())));
            return ResponseEntity.created(URI.create("/api/lottery/products/" + product.id()))
                    .body(product);
        });
    }

    @Operation(summary = "List products, newest first")
    @GetMapping("/products")
    List<RoundBodies.Product> products(
            @RequestParam(defaultValue = "50") @Min(value = 1, message = LIMIT) @Max(value = 500, message = LIMIT)
                    int limit) {
        return queries.products(limit).stream()
                .map(view -> RoundBodies.Product.of(view.value()))
                .toList();
    }

    @Operation(summary = "Show a product")
    @GetMapping("/products/{productId}")
    RoundBodies.Product product(@PathVariable UUID productId) {
        return RoundBodies.Product.of(require(queries.product(productId), new Refusal.UnknownProduct(productId))
                .value());
    }

    @Operation(summary = "Open the next round of a product")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/rounds", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RoundBodies.Round> openRound(@Valid @RequestBody RoundBodies.NewRound body) {
        return idempotent.post(body, () -> {
            NamedRound round = require(rounds.open(body.productId()));
            return ResponseEntity.created(URI.create(
                            "/api/lottery/rounds/" + round.round().value().id()))
                    .eTag(round.round().version().etag())
                    .body(RoundBodies.Round.of(round));
        });
    }

    @Operation(summary = "List rounds, newest first")
    @GetMapping("/rounds")
    List<RoundBodies.Round> rounds(
            @RequestParam(required = false) @Nullable RoundStatus status,
            @RequestParam(defaultValue = "50") @Min(value = 1, message = LIMIT) @Max(value = 500, message = LIMIT)
                    int limit) {
        return queries.rounds(status, limit).stream().map(RoundBodies.Round::of).toList();
    }

    @Operation(summary = "Show a round", description = "The ETag is the version of its sold shares.")
    @GetMapping("/rounds/{roundId}")
    ResponseEntity<RoundBodies.Round> round(@PathVariable UUID roundId) {
        NamedRound round = require(queries.round(roundId), new Refusal.UnknownRound(roundId));
        return versioned(RoundBodies.Round.of(round), round.round().version());
    }

    @Operation(summary = "List the purchases of a round in the order of their numbers")
    @GetMapping("/rounds/{roundId}/participations")
    List<PurchaseBodies.Participation> participations(
            @PathVariable UUID roundId,
            @RequestParam(defaultValue = "50") @Min(value = 1, message = LIMIT) @Max(value = 500, message = LIMIT)
                    int limit) {
        return require(queries.participations(roundId, limit), new Refusal.UnknownRound(roundId)).stream()
                .map(view -> PurchaseBodies.Participation.of(view.value()))
                .toList();
    }

    @Operation(
            summary = "Draw the winner of a round that is sold out",
            description =
                    "Once: a round has one winner and one prize however many draw it at once. The winning number is"
                            + " the round's first plus SHA-256(seed:roundId:soldShares) modulo soldShares.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping("/rounds/{roundId}/draw")
    ResponseEntity<RoundBodies.Draw> draw(@PathVariable UUID roundId) {
        return idempotent.post(null, () -> {
            RoundBodies.Draw draw = RoundBodies.Draw.of(require(draws.draw(roundId)));
            return ResponseEntity.created(URI.create(
                            "/api/lottery/orders/" + draw.prizeOrder().id()))
                    .body(draw);
        });
    }
}
