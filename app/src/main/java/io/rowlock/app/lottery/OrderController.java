package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;
import static io.rowlock.app.lottery.Answers.versioned;

import io.rowlock.View;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.http.IfMatch;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Orders of goods. */
@Tag(name = "Orders", description = "Orders and their way from pending to delivered")
@RestController
@RequestMapping(path = "/api/lottery/orders", produces = MediaType.APPLICATION_JSON_VALUE)
final class OrderController {
    private final Orders orders;
    private final LotteryQueries queries;
    private final Idempotent idempotent;

    OrderController(Orders orders, LotteryQueries queries, Idempotent idempotent) {
        this.orders = orders;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(
            summary = "Order a product at its market price",
            description = "What is ordered is reserved at once; an order that is cancelled or expires gives it back.")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<OrderBodies.Order> place(@Valid @RequestBody OrderBodies.NewOrder body) {
        return idempotent.post(body, () -> {
            View<OrderRow> order = require(orders.place(body.userId(), body.productId(), body.quantity()));
            return ResponseEntity.created(
                            URI.create("/api/lottery/orders/" + order.value().id()))
                    .eTag(order.version().etag())
                    .body(OrderBodies.Order.of(order));
        });
    }

    @Operation(summary = "Show an order", description = "The ETag is its version.")
    @GetMapping("/{orderId}")
    ResponseEntity<OrderBodies.Order> show(@PathVariable UUID orderId) {
        View<OrderRow> order = require(queries.order(orderId), new Refusal.UnknownOrder(orderId));
        return versioned(OrderBodies.Order.of(order), order.version());
    }

    @Operation(
            summary = "Take an order one step on",
            description = "pending → confirmed or paid → pending_address → pending_shipment → shipped → delivered;"
                    + " pending → cancelled or expired. With If-Match only if the order still has that version.")
    @PutMapping(path = "/{orderId}/status", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<OrderBodies.Order> move(
            @PathVariable UUID orderId,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody OrderBodies.OrderStep body) {
        View<OrderRow> order =
                require(orders.move(orderId, body.status(), IfMatch.version(ifMatch)), OrderBodies.Order::of);
        return versioned(OrderBodies.Order.of(order), order.version());
    }
}
