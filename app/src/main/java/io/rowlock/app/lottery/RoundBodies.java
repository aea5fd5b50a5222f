package io.rowlock.app.lottery;

import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON bodies about products, rounds and their draws. Messages of constraints say what has to stand there. */
final class RoundBodies {
    @Schema(name = "NewProduct")
    record NewProduct(
            @Schema(example = "Coffee machine")
            @NotNull(message = "a name")
            @Pattern(regexp = Bodies.TEXT, message = "text without control characters")
            @Size(min = 1, max = 200, message = "1 to 200 characters")
            String name,

            @Schema(example = "100", description = "Shares of each of its rounds")
            @NotNull(message = "a whole number from 1 to 1000000")
            @Min(value = 1, message = "a whole number from 1 to 1000000")
            @Max(value = 1_000_000, message = "a whole number from 1 to 1000000")
            Integer totalShares,

            @Schema(example = "1.00") @NotNull(message = Money.EXPECTED)
            Money pricePerShare,

            @Schema(example = "89.00", description = "What it costs when it is bought directly")
            @NotNull(message = Money.EXPECTED)
            Money marketPrice,

            @Schema(example = "10", description = "Pieces that can be ordered")
            @NotNull(message = "a whole number from 0 to 1000000")
            @Min(value = 0, message = "a whole number from 0 to 1000000")
            @Max(value = 1_000_000, message = "a whole number from 0 to 1000000")
            Integer stock) {}

    @Schema(name = "NewRound")
    record NewRound(
            @NotNull(message = "the id of a product") UUID productId) {}

    @Schema(name = "Product")
    record Product(
            UUID id,
            String name,
            int totalShares,
            Money pricePerShare,
            Money marketPrice,
            int stock,
            int roundsOpened,
            Instant createdAt) {

        static Product of(ProductRow row) {
            return new Product(
                    row.id(),
                    row.name(),
                    row.totalShares(),
                    Money.ofCents(row.pricePerShareCents()),
                    Money.ofCents(row.marketPriceCents()),
                    row.stock(),
                    row.roundsOpened(),
                    row.createdAt());
        }
    }

    @Schema(name = "Round")
    record Round(
            UUID id,
            UUID productId,
            String productName,
            int roundNumber,
            RoundStatus status,
            int totalShares,
            int soldShares,
            int remainingShares,
            Money pricePerShare,

            @Schema(description = "Counts the sales of this round")
            long version,

            Instant createdAt,

            @Schema(description = "Who won; null until it is drawn") @Nullable
            Winner winner) {

        static Round of(NamedRound named) {
            RoundRow row = named.round().value();
            return new Round(
                    row.id(),
                    row.productId(),
                    named.productName(),
                    row.roundNumber(),
                    row.status(),
                    row.totalShares(),
                    row.soldShares(),
                    row.remainingShares(),
                    row.pricePerShare(),
                    named.round().version().number(),
                    row.createdAt(),
                    Winner.of(row));
        }
    }

    @Schema(name = "Winner", description = "Who won a round, and what that can be computed again from")
    record Winner(
            UUID userId,

            @Schema(description = "The round's first number plus SHA-256(seed:roundId:soldShares) modulo soldShares")
            long number,

            UUID participationId,

            @Schema(description = "64 hexadecimal digits") String seed,

            Instant drawnAt,
            UUID prizeOrderId) {

        static @Nullable Winner of(RoundRow row) {
            return row.winnerUserId() == null
                            || row.winningNumber() == null
                            || row.winningParticipationId() == null
                            || row.drawSeed() == null
                            || row.drawnAt() == null
                            || row.prizeOrderId() == null
                    ? null
                    : new Winner(
                            row.winnerUserId(),
                            row.winningNumber(),
                            row.winningParticipationId(),
                            row.drawSeed(),
                            row.drawnAt(),
                            row.prizeOrderId());
        }
    }

    @Schema(name = "Draw", description = "The draw of a round")
    record Draw(UUID roundId, int soldShares, Winner winner, OrderBodies.Order prizeOrder) {

        static Draw of(Draws.Draw draw) {
            RoundRow round = draw.round().value();
            return new Draw(
                    round.id(),
                    round.soldShares(),
                    Objects.requireNonNull(Winner.of(round)),
                    OrderBodies.Order.of(draw.prize()));
        }
    }

    private RoundBodies() {}
}
