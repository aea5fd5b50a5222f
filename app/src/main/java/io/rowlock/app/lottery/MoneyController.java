package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;

import io.rowlock.View;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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

/** Money that comes and money that moves. */
@Tag(name = "Money", description = "Transfers, recharges, payments, batches")
@RestController
@RequestMapping(path = "/api/lottery", produces = MediaType.APPLICATION_JSON_VALUE)
final class MoneyController {
    private static final int EXPIRE_MAX = 100;

    private final Transfers transfers;
    private final Recharges recharges;
    private final Payments payments;
    private final Expiry expiry;
    private final BalanceBatches batches;
    private final LotteryQueries queries;
    private final Idempotent idempotent;

    MoneyController(
            Transfers transfers,
            Recharges recharges,
            Payments payments,
            Expiry expiry,
            BalanceBatches batches,
            LotteryQueries queries,
            Idempotent idempotent) {
        this.transfers = transfers;
        this.recharges = recharges;
        this.payments = payments;
        this.expiry = expiry;
        this.batches = batches;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Make lucky coins of a part of the balance",
            description = "One for one, from 0.01 to 10000.00. Both balances and their bookings change together.")
    @PostMapping(path = "/users/{userId}/transfer", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<MoneyBodies.Both> transfer(
            @PathVariable UUID userId, @Valid @RequestBody MoneyBodies.Transfer body) {
        return idempotent.post(
                body,
                () -> ResponseEntity.ok(MoneyBodies.Both.of(require(transfers.toLuckyCoins(userId, body.amount())))));
    }

    @Operation(
            summary = "Order a recharge of the balance",
            description = "Nothing is credited before the payment comes; it can come for 30 minutes.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(path = "/recharges", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<OrderBodies.Order> recharge(@Valid @RequestBody MoneyBodies.NewRecharge body) {
        return idempotent.post(body, () -> {
            View<OrderRow> order = require(recharges.place(body.userId(), body.amount()));
            return ResponseEntity.created(
                            URI.create("/api/lottery/orders/" + order.value().id()))
                    .eTag(order.version().etag())
                    .body(OrderBodies.Order.of(order));
        });
    }

    @Operation(
            summary = "Tell of a payment",
            description =
                    "For the provider of payments. A payment that was paid pays its order and credits a recharge, all"
                            + " in one commit. Told again, it is answered as the first time and happens once. Money for an order"
                            + " that cannot be paid is refused, and kept as unmatched.")
    @PostMapping(path = "/payments", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<MoneyBodies.Payment> pay(@Valid @RequestBody MoneyBodies.NewPayment body) {
        return idempotent.post(
                body,
                () -> ResponseEntity.ok(MoneyBodies.Payment.of(
                        require(payments.receive(body.paymentId(), body.orderId(), body.amount(), body.status())))));
    }

    @Operation(summary = "Show a payment")
    @GetMapping("/payments/{paymentId}")
    MoneyBodies.Payment payment(@PathVariable String paymentId) {
        return MoneyBodies.Payment.of(require(queries.payment(paymentId), new Refusal.UnknownPayment(paymentId))
                .value());
    }

    @Operation(
            summary = "List payments, newest first",
            description = "With status=unmatched those that somebody has to look at.")
    @GetMapping("/payments")
    List<MoneyBodies.Payment> payments(
            @RequestParam(required = false) @Nullable PaymentOutcome status,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = Bodies.LIMIT)
                    @Max(value = Bodies.LIMIT_MAX, message = Bodies.LIMIT)
                    int limit) {
        return queries.payments(status, limit).stream()
                .map(MoneyBodies.Payment::of)
                .toList();
    }

    @Operation(
            summary = "End orders that nobody paid",
            description = "The oldest that are due, each for itself; what they reserved goes back on sale. With an"
                    + " Idempotency-Key a repeat is about the same orders. The service does this by itself every ten"
                    + " minutes.")
    @PostMapping(path = "/orders/expire", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<MoneyBodies.Expired> expire(@Valid @RequestBody MoneyBodies.NewExpiry body) {
        Duration olderThan =
                body.olderThanMinutes() == null ? Limits.PAY_WITHIN : Duration.ofMinutes(body.olderThanMinutes());
        int limit = body.limit() == null ? EXPIRE_MAX : body.limit();
        Expiry.Expired done = idempotent
                .run(body)
                .map(run -> expiry.expire(run, olderThan, limit))
                .orElseGet(() -> expiry.expire(olderThan, limit));
        ResponseEntity.BodyBuilder answer = ResponseEntity.ok();
        if (done.repeated()) {
            answer.header(Idempotent.REPLAYED, "true");
        }
        return answer.body(MoneyBodies.Expired.of(done));
    }

    @Operation(
            summary = "Change many balances, each for itself",
            description =
                    "Up to 500 changes. One that is refused leaves the others alone: the results say what became of"
                            + " each, in the order of the items. Each is committed for itself; with an Idempotency-Key each is"
                            + " done once, and whoever comes again after a break gets their answers and the rest is done.")
    @PostMapping(path = "/balances/batch", consumes = MediaType.APPLICATION_JSON_VALUE)
    MoneyBodies.BatchResult batch(@Valid @RequestBody MoneyBodies.NewBatch body, Locale language) {
        List<BalanceBatches.Item> items =
                body.items().stream().map(MoneyBodies.NewItem::item).toList();
        return MoneyBodies.BatchResult.of(batches.run(idempotent.run(body), items), language);
    }
}
