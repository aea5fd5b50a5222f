package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;

import io.rowlock.app.http.Idempotent;
import io.rowlock.app.lottery.Purchases.Purchase;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Purchases of shares. */
@Tag(name = "Purchases", description = "Shares of rounds")
@RestController
@RequestMapping(path = "/api/lottery/participations", produces = MediaType.APPLICATION_JSON_VALUE)
final class PurchaseController {
    private final Purchases purchases;
    private final LotteryQueries queries;
    private final Idempotent idempotent;

    PurchaseController(Purchases purchases, LotteryQueries queries, Idempotent idempotent) {
        this.purchases = purchases;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Buy shares of a round",
            description = "Balance or free plays, shares, numbers and ledger change together or not at all.")
    @ApiResponse(
            responseCode = "429",
            description = "Too many purchases",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<PurchaseBodies.Receipt> participate(@Valid @RequestBody PurchaseBodies.NewParticipation body) {
        ParticipationType type = body.useType() == null ? ParticipationType.PAID : body.useType();
        return idempotent.post(
                body, () -> bought(purchases.participate(body.userId(), body.roundId(), body.quantity(), type)));
    }

    @Operation(
            summary = "Buy up to ten shares of a round at a discount",
            description = "5 % less from five shares on, 10 % less for ten, rounded half up on the whole.")
    @ApiResponse(
            responseCode = "429",
            description = "Too many purchases",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/bulk", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<PurchaseBodies.Receipt> participateInBulk(
            @Valid @RequestBody PurchaseBodies.NewBulkParticipation body) {
        return idempotent.post(
                body, () -> bought(purchases.participateInBulk(body.userId(), body.roundId(), body.quantity())));
    }

    @Operation(
            summary = "Buy shares of the round that is nearest to full",
            description = "Of the rounds on sale that have enough shares left, the one with the fewest.")
    @ApiResponse(
            responseCode = "429",
            description = "Too many purchases",
            content = @Content(schema = @Schema(ref = "#/components/schemas/Error")))
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/quick", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<PurchaseBodies.Receipt> participateQuickly(
            @Valid @RequestBody PurchaseBodies.NewQuickParticipation body) {
        return purchases.participateQuickly(
                body.quantity(),
                choice -> idempotent.post(
                        body, () -> bought(purchases.participate(body.userId(), body.quantity(), choice))));
    }

    @Operation(summary = "Show a purchase of shares")
    @GetMapping("/{participationId}")
    PurchaseBodies.Participation participation(@PathVariable UUID participationId) {
        return PurchaseBodies.Participation.of(
                require(queries.participation(participationId), new Refusal.UnknownParticipation(participationId))
                        .value());
    }

    private static ResponseEntity<PurchaseBodies.Receipt> bought(Outcome<Purchase> outcome) {
        Purchase purchase = require(outcome);
        return ResponseEntity.created(URI.create("/api/lottery/participations/"
                        + purchase.participation().id()))
                .body(PurchaseBodies.Receipt.of(purchase));
    }
}
