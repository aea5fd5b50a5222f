package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;
import static io.rowlock.app.lottery.Answers.versioned;

import io.rowlock.View;
import io.rowlock.app.http.Idempotent;
import io.rowlock.app.http.IfMatch;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Users and their balances. */
@Tag(name = "Users", description = "Users, balances, free plays")
@RestController
@RequestMapping(path = "/api/lottery/users", produces = MediaType.APPLICATION_JSON_VALUE)
final class UserController {
    private final Users users;
    private final Balances balances;
    private final FreePlays freePlays;
    private final LotteryQueries queries;
    private final Idempotent idempotent;

    UserController(Users users, Balances balances, FreePlays freePlays, LotteryQueries queries, Idempotent idempotent) {
        this.users = users;
        this.balances = balances;
        this.freePlays = freePlays;
        this.queries = queries;
        this.idempotent = idempotent;
    }

    @Operation(summary = "Create a user")
    @ResponseStatus(HttpStatus.CREATED)
    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<UserBodies.User> create(@Valid @RequestBody UserBodies.NewUser body) {
        return idempotent.post(body, () -> {
            UserBodies.User user = UserBodies.User.of(require(users.create(body.telegramId())));
            return ResponseEntity.created(URI.create("/api/lottery/users/" + user.id()))
                    .body(user);
        });
    }

    @Operation(summary = "Show a user")
    @GetMapping("/{userId}")
    UserBodies.User show(@PathVariable UUID userId) {
        return UserBodies.User.of(
                require(queries.user(userId), new Refusal.UnknownUser(userId)).value());
    }

    @Operation(summary = "Show a balance", description = "The ETag is the version of this balance.")
    @GetMapping("/{userId}/balances/{type}")
    ResponseEntity<UserBodies.Balance> balance(@PathVariable UUID userId, @PathVariable BalanceType type) {
        return answer(type, require(queries.balance(userId, type), new Refusal.UnknownUser(userId)));
    }

    @Operation(
            summary = "Add to a balance or deduct from it",
            description = "From 0.01 to 10000.00. Balance and ledger change together. With If-Match only if the balance"
                    + " still has that version.")
    @PostMapping(path = "/{userId}/balances/{type}", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<UserBodies.Balance> change(
            @PathVariable UUID userId,
            @PathVariable BalanceType type,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @Valid @RequestBody UserBodies.BalanceChange body) {
        return idempotent.post(body, () -> {
            Outcome<View<BalanceRow>> outcome = balances.change(
                    userId, type, body.operation(), body.amount(), body.description(), IfMatch.version(ifMatch));
            return answer(type, require(outcome, current -> UserBodies.Balance.of(type, current)));
        });
    }

    @Operation(summary = "List a user's transactions, newest first")
    @GetMapping("/{userId}/transactions")
    List<UserBodies.Transaction> transactions(
            @PathVariable UUID userId,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = "a whole number from 1 to 500")
                    @Max(value = 500, message = "a whole number from 1 to 500")
                    int limit) {
        return require(queries.ledger(userId, limit), new Refusal.UnknownUser(userId)).stream()
                .map(view -> UserBodies.Transaction.of(view.value()))
                .toList();
    }

    @Operation(
            summary = "Give a user the day's free plays",
            description = "Sets the count to 3, once a day; the day begins at midnight where the shop is.")
    @PostMapping("/{userId}/free-count/reset")
    ResponseEntity<UserBodies.FreeCountReset> resetFreeCount(@PathVariable UUID userId) {
        return idempotent.post(
                null, () -> ResponseEntity.ok(UserBodies.FreeCountReset.of(require(freePlays.reset(userId)))));
    }

    private static ResponseEntity<UserBodies.Balance> answer(BalanceType type, View<BalanceRow> balance) {
        return versioned(UserBodies.Balance.of(type, balance), balance.version());
    }
}
