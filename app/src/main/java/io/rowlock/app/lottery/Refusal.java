package io.rowlock.app.lottery;

import java.util.Set;
import java.util.UUID;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code INSUFFICIENT_BALANCE}) and the components become the facts, so both are
 * part of the API. What it says to people stands under its code in {@code messages.properties}, in each language.
 */
sealed interface Refusal {

    /** Something the request names does not exist. */
    sealed interface Unknown extends Refusal {}

    record UnknownUser(UUID userId) implements Unknown {}

    record UnknownProduct(UUID productId) implements Unknown {}

    record UnknownRound(UUID roundId) implements Unknown {}

    record UnknownParticipation(UUID participationId) implements Unknown {}

    record UnknownOrder(UUID orderId) implements Unknown {}

    record UnknownPayment(String paymentId) implements Unknown {}

    /** The user has bought as often as is allowed, and may again after a while. */
    record RateLimited(UUID userId, int max, long windowSeconds, long retryAfterSeconds) implements Refusal {}

    /** A rule forbids it. */
    sealed interface Forbidden extends Refusal {}

    record TelegramIdTaken(String telegramId, UUID userId) implements Forbidden {}

    record AmountOutOfRange(Money amount, Money min, Money max) implements Forbidden {}

    record QuantityOutOfRange(int quantity, int min, int max) implements Forbidden {}

    record InsufficientBalance(UUID userId, BalanceType balanceType, Money balance, Money required)
            implements Forbidden {}

    record InsufficientFreePlays(UUID userId, int freePlays, int requested) implements Forbidden {}

    record InsufficientShares(UUID roundId, int remainingShares, int requested) implements Forbidden {}

    record InsufficientStock(UUID productId, int stock, int requested) implements Forbidden {}

    record RoundNotActive(UUID roundId, RoundStatus status) implements Forbidden {}

    record RoundNotFull(UUID roundId, int soldShares, int remainingShares) implements Forbidden {}

    record NoSuchRoundOnSale(int requested) implements Forbidden {}

    record AlreadyDrawn(
            UUID roundId, UUID winnerUserId, long winningNumber, UUID winningParticipationId, UUID prizeOrderId)
            implements Forbidden {}

    record PaymentMismatch(String paymentId, UUID orderId, Money amount, PaymentReport status) implements Forbidden {}

    record OrderNotPending(String paymentId, UUID orderId, OrderStatus status) implements Forbidden {}

    record AmountNotDue(String paymentId, UUID orderId, Money amount, Money due) implements Forbidden {}

    record IllegalTransition(UUID orderId, OrderStatus from, OrderStatus to, Set<OrderStatus> allowed)
            implements Forbidden {}
}
