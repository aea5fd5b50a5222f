package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.Answers.require;

import io.rowlock.View;
import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryTables.BalanceRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.MonitoringBodies.Monitoring;
import io.rowlock.app.metrics.UnitTimes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** For those who run the lottery, and for those who want to know before they try. */
@Tag(
        name = "Monitoring",
        description = "How the lottery stands, whether its books are right, and what would probably work")
@RestController
@RequestMapping(path = "/api/lottery", produces = MediaType.APPLICATION_JSON_VALUE)
final class MonitoringController {
    private static final String ACTIONS =
            "one of overview, full-rounds, pending-draws, recent-draws, data-consistency, performance";
    private static final String QUANTITY = "a whole number from 1 to 1000000";

    private final Monitor monitor;
    private final UnitTimes times;
    private final LotteryQueries queries;

    MonitoringController(Monitor monitor, @Qualifier("lotteryUnitTimes") UnitTimes times, LotteryQueries queries) {
        this.monitor = monitor;
        this.times = times;
        this.queries = queries;
    }

    @Operation(
            summary = "Show how the lottery stands",
            description =
                    "overview: what there is and what waits. full-rounds: sold out, newest first. pending-draws: sold out"
                            + " and not drawn, the longest first. recent-draws: the last winners. data-consistency: whether the"
                            + " books are right; reads whole tables. performance: how the operations fared on this node since it"
                            + " started.")
    @GetMapping("/monitoring")
    Monitoring monitoring(
            @Schema(
                            allowableValues = {
                                "overview",
                                "full-rounds",
                                "pending-draws",
                                "recent-draws",
                                "data-consistency",
                                "performance"
                            })
                    @RequestParam(defaultValue = "overview")
                    @Pattern(
                            regexp = "overview|full-rounds|pending-draws|recent-draws|data-consistency|performance",
                            message = ACTIONS)
                    String action,
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = Bodies.LIMIT)
                    @Max(value = Bodies.LIMIT_MAX, message = Bodies.LIMIT)
                    int limit) {
        return new Monitoring(
                action,
                switch (action) {
                    case "full-rounds" -> rounds(queries.rounds(RoundStatus.FULL, limit));
                    case "pending-draws" -> rounds(queries.pendingDraws(limit));
                    case "recent-draws" -> rounds(queries.recentDraws(limit));
                    case "data-consistency" -> MonitoringBodies.Consistency.of(monitor.audit());
                    case "performance" -> times.all();
                    default -> monitor.overview();
                });
    }

    private static List<RoundBodies.Round> rounds(List<NamedRound> rounds) {
        return rounds.stream().map(RoundBodies.Round::of).toList();
    }

    @Operation(
            summary = "Show versions and locks",
            description =
                    "Versions of the rows that changed last. On PostgreSQL also the locks that other sessions hold on"
                            + " tables and the rows they wait for; on MariaDB the row locks that are waited for and those that wait;"
                            + " SQLite keeps no list of locks.")
    @GetMapping("/monitoring/locks")
    MonitoringBodies.Locks locks() {
        return MonitoringBodies.Locks.of(monitor.locks());
    }

    @Operation(summary = "List what was changed, newest first", description = "Changes of balances, orders and rounds.")
    @GetMapping("/audit-log")
    List<MonitoringBodies.Change> changes(
            @RequestParam(defaultValue = "50")
                    @Min(value = 1, message = Bodies.LIMIT)
                    @Max(value = Bodies.LIMIT_MAX, message = Bodies.LIMIT)
                    int limit) {
        return queries.changes(limit).stream().map(MonitoringBodies.Change::of).toList();
    }

    @Operation(summary = "Show how much there was of everything")
    @GetMapping("/statistics")
    Monitor.Statistics statistics() {
        return monitor.statistics();
    }

    @Operation(
            summary = "Ask whether a balance would be enough",
            description = "Advice and no promise: only the operation itself decides.")
    @GetMapping("/users/{userId}/balances/{type}/precheck")
    MonitoringBodies.BalancePrecheck precheck(
            @PathVariable UUID userId, @PathVariable BalanceType type, @RequestParam String amount) {
        Money required = Money.parse(amount);
        require(Limits.refuses(required) ? Outcome.refused(Limits.outOfRange(required)) : Outcome.done(required));
        View<BalanceRow> balance = require(queries.balance(userId, type), new Refusal.UnknownUser(userId));
        Money current = balance.value().amount();
        return new MonitoringBodies.BalancePrecheck(
                current.compareTo(required) >= 0,
                current,
                required,
                balance.version().number(),
                true);
    }

    @Operation(
            summary = "Ask whether a round would have enough shares",
            description = "Advice and no promise: only the operation itself decides.")
    @GetMapping("/rounds/{roundId}/precheck")
    MonitoringBodies.RoundPrecheck precheck(
            @PathVariable UUID roundId,
            @RequestParam @Min(value = 1, message = QUANTITY) @Max(value = 1_000_000, message = QUANTITY)
                    int quantity) {
        NamedRound named = require(queries.round(roundId), new Refusal.UnknownRound(roundId));
        RoundRow round = named.round().value();
        return new MonitoringBodies.RoundPrecheck(
                round.status() == RoundStatus.ACTIVE && round.remainingShares() >= quantity,
                round.status(),
                round.remainingShares(),
                round.soldShares(),
                round.totalShares(),
                quantity,
                named.round().version().number(),
                true);
    }
}
