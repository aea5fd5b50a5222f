package io.rowlock.app.lottery;

import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.Purchases.Purchase;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The JSON bodies about purchases of shares. Messages of constraints say what has to stand there. */
final class PurchaseBodies {
    @Schema(name = "NewParticipation")
    record NewParticipation(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = Bodies.SAMPLE_ROUND) @NotNull(message = "the id of a round")
            UUID roundId,

            @Schema(example = "3", description = "How many shares, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity,

            @Schema(
                    description =
                            "What they are paid with, paid (the balance) or free (the day's free plays); paid if left out")
            @Nullable
            ParticipationType useType) {}

    @Schema(name = "NewBulkParticipation")
    record NewBulkParticipation(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = Bodies.SAMPLE_ROUND) @NotNull(message = "the id of a round")
            UUID roundId,

            @Schema(example = "5", description = "How many shares, 1 to 10") @NotNull(message = "a whole number")
            Integer quantity) {}

    @Schema(name = "NewQuickParticipation")
    record NewQuickParticipation(
            @Schema(example = Bodies.SAMPLE_ID) @NotNull(message = "the id of a user")
            UUID userId,

            @Schema(example = "1", description = "How many shares, 1 to 100") @NotNull(message = "a whole number")
            Integer quantity) {}

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
            int remainingShares,

            @Schema(description = "The free plays left today; null if none were used") @Nullable
            Integer freePlaysLeft) {

        static Receipt of(Purchase purchase) {
            return new Receipt(
                    Participation.of(purchase.participation()),
                    purchase.wallet().value().balance(),
                    purchase.wallet().version().number(),
                    purchase.round().value().status(),
                    purchase.round().value().soldShares(),
                    purchase.round().value().remainingShares(),
                    purchase.freePlaysLeft());
        }
    }

    private PurchaseBodies() {}
}
