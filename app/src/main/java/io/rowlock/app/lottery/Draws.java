package io.rowlock.app.lottery;

import static io.rowlock.app.lottery.LotteryTables.NUMBERS;
import static io.rowlock.app.lottery.LotteryTables.ORDERS;
import static io.rowlock.app.lottery.LotteryTables.PARTICIPATIONS;
import static io.rowlock.app.lottery.LotteryTables.PRODUCTS;
import static io.rowlock.app.lottery.LotteryTables.ROUNDS;
import static io.rowlock.app.lottery.LotteryTables.view;
import static io.rowlock.app.lottery.Outcome.done;
import static io.rowlock.app.lottery.Outcome.refused;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.lottery.LotteryTables.NumberKey;
import io.rowlock.app.lottery.LotteryTables.OrderRow;
import io.rowlock.app.lottery.LotteryTables.ParticipationRow;
import io.rowlock.app.lottery.LotteryTables.ProductRow;
import io.rowlock.app.lottery.LotteryTables.RoundRow;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * Draws the winners of rounds that are sold out.
 *
 * <p>That a round is full, that nobody has drawn it, the winner and the order of the prize are one unit under the round's
 * lock, so a round has one winner however many draw it at once. The database refuses a round that is half drawn.
 *
 * <p>Safe for use by many threads.
 */
final class Draws {
    private static final Unit DRAW = Unit.named("lottery-draw");
    private static final int SEED_BYTES = 32;

    private final Rowlock rowlock;
    private final SecureRandom random;

    /** @param random where seeds come from: nobody may be able to foresee them */
    Draws(Rowlock rowlock, SecureRandom random) {
        this.rowlock = rowlock;
        this.random = random;
    }

    /** Draws a round and orders the prize for its winner. */
    Outcome<Draw> draw(UUID roundId) {
        return rowlock.transact(DRAW, tx -> {
            Optional<Row<RoundRow>> found = tx.lock(ROUNDS, roundId);
            if (found.isEmpty()) {
                return refused(new Refusal.UnknownRound(roundId));
            }
            RoundRow round = found.get().value();
            return switch (round.status()) {
                case ACTIVE -> refused(new Refusal.RoundNotFull(roundId, round.soldShares(), round.remainingShares()));
                case COMPLETED -> refused(alreadyDrawn(round));
                case FULL -> done(draw(tx, found.get()));
            };
        });
    }

    /** A round that was drawn, and the order of its prize. */
    record Draw(View<RoundRow> round, View<OrderRow> prize) {}

    private Draw draw(Tx tx, Row<RoundRow> full) {
        RoundRow round = full.value();
        String seed = newSeed();
        long number = winningNumber(seed, round.id(), round.soldShares());
        // What these three say never changes, so it is enough to look.
        ParticipationRow winning = tx.peek(NUMBERS, new NumberKey(round.id(), number))
                .flatMap(sold -> tx.peek(PARTICIPATIONS, sold.value().participationId()))
                .orElseThrow()
                .value();
        ProductRow product = tx.peek(PRODUCTS, round.productId()).orElseThrow().value();
        OrderRow prize = Orders.newPrize(tx.newId("prize"), winning.userId(), round, product, tx.now());
        Row<RoundRow> drawn = tx.update(full, r -> r.drawn(seed, number, winning, prize.id(), tx.now()));
        Row<OrderRow> ordered = tx.insert(ORDERS, prize);
        AuditLog.round(tx, "draw", winning.userId(), full, drawn);
        AuditLog.order(tx, "draw", null, ordered);
        return new Draw(view(drawn), view(ordered));
    }

    private static Refusal alreadyDrawn(RoundRow round) {
        UUID winner = round.winnerUserId();
        Long number = round.winningNumber();
        UUID participation = round.winningParticipationId();
        UUID prize = round.prizeOrderId();
        if (winner == null || number == null || participation == null || prize == null) {
            throw new IllegalStateException("A round was drawn by halves (round=" + round.id() + ")");
        }
        return new Refusal.AlreadyDrawn(round.id(), winner, number, participation, prize);
    }

    private String newSeed() {
        byte[] seed = new byte[SEED_BYTES];
        random.nextBytes(seed);
        return HexFormat.of().formatHex(seed);
    }

    /**
     * The number that a seed draws, for everybody to compute again: the SHA-256 of the text {@code seed:roundId:soldShares},
     * read as one whole number, modulo the shares sold, counts from the round's first number. The numbers sold are
     * {@link Purchases#FIRST_NUMBER} and those that follow it without gaps, so each of them is as likely as any other.
     *
     * @param seed 64 hexadecimal digits, as they are stored
     */
    static long winningNumber(String seed, UUID roundId, int soldShares) {
        byte[] text = (seed + ":" + roundId + ":" + soldShares).getBytes(StandardCharsets.US_ASCII);
        BigInteger drawn = new BigInteger(1, sha256().digest(text));
        return Purchases.FIRST_NUMBER
                + drawn.mod(BigInteger.valueOf(soldShares)).longValueExact();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }
}
