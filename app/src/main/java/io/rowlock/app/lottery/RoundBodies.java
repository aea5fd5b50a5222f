package io.rowlock.app.lottery;

import io.rowlock.app.lottery.LotteryQueries.NamedRound;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import io.rowlock.app.lottery.Purchases.Purchase;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;

/** The JSON bodies about products, rounds and purchases of shares. Messages of constraints say what has to stand there. */
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

    @Schema(name = "NewParticipation")
    record NewParticipation(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = Bodies.SAMPLE_ROUND) @NotNull(message = "the id of a round")
            UUID roundId,

            @Schema(example = "3", description = "How many shares, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity) {}

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

            Instant createdAt) {

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
                    row.createdAt());
        }
    }

    @Schema(name = "Participation", description = "A purchase of shares")
    record Participation(
            UUID id,
            UUID userId,
            UUID roundId,
            ParticipationType type,

            @Schema(description = "One number for each share, each sold once in its round")
            List<Long> numbers,

            Money cost,
            Instant createdAt) {

        static Participation of(ParticipationRow row) {
            return new Participation(
                    row.id(),
                    row.userId(),
                    row.roundId(),
                    row.type(),
                    LongStream.range(row.firstNumber(), row.firstNumber() + row.sharesCount())
                            .boxed()
                            .toList(),
                    Money.ofCents(row.costCents()),
                    row.createdAt());
        }
    }

    @Schema(name = "Receipt", description = "A purchase of shares, and what is left after it")
    record Receipt(
            Participation participation,
            Money balance,
            long balanceVersion,
            RoundStatus roundStatus,
            int soldShares,
            int remainingShares) {

        static Receipt of(Purchase purchase) {
            return new Receipt(
                    Participation.of(purchase.participation()),
                    purchase.wallet().value().balance(),
                    purchase.wallet().version().number(),
                    purchase.round().value().status(),
                    purchase.round().value().soldShares(),
                    purchase.round().value().remainingShares());
        }
    }

    private RoundBodies() {}
}
