package io.rowlock.app.lottery;

import java.util.Set;
import java.util.UUID;

/**
 * Why an operation was refused, with the facts a caller needs to do better.
 *
 * <p>On the wire the name becomes the code ({@code INSUFFICIENT_BALANCE}) and the components become the facts, so both are
 * part of the API.
 */
sealed interface Refusal {

    /** For people. */
    String message();

    /** Something the request names does not exist. */
    sealed interface Unknown extends Refusal {}

    record UnknownUser(UUID userId) implements Unknown {
        @Override
        public String message() {
            return "There is no such user";
        }
    }

    record UnknownProduct(UUID productId) implements Unknown {
        @Override
        public String message() {
            return "There is no such product";
        }
    }

    record UnknownRound(UUID roundId) implements Unknown {
        @Override
        public String message() {
            return "There is no such round";
        }
    }

    record UnknownParticipation(UUID participationId) implements Unknown {
        @Override
        public String message() {
            return "There is no such participation";
        }
    }

    record UnknownOrder(UUID orderId) implements Unknown {
        @Override
        public String message() {
            return "There is no such order";
        }
    }

    /** A rule forbids it. */
    sealed interface Forbidden extends Refusal {}

    record TelegramIdTaken(String telegramId, UUID userId) implements Forbidden {
        @Override
        public String message() {
            return "Another user has this Telegram id";
        }
    }

    record AmountOutOfRange(Money amount, Money min, Money max) implements Forbidden {
        @Override
        public String message() {
            return "An amount lies between " + min + " and " + max;
        }
    }

    record QuantityOutOfRange(int quantity, int min, int max) implements Forbidden {
        @Override
        public String message() {
            return "A quantity lies between " + min + " and " + max;
        }
    }

    record InsufficientBalance(UUID userId, BalanceType balanceType, Money balance, Money required)
            implements Forbidden {
        @Override
        public String message() {
            return "The balance is too low";
        }
    }

    record InsufficientShares(UUID roundId, int remainingShares, int requested) implements Forbidden {
        @Override
        public String message() {
            return "The round has fewer shares left";
        }
    }

    record InsufficientStock(UUID productId, int stock, int requested) implements Forbidden {
        @Override
        public String message() {
            return "The product has fewer pieces left";
        }
    }

    record RoundNotActive(UUID roundId, RoundStatus status) implements Forbidden {
        @Override
        public String message() {
            return "The round sells no shares";
        }
    }

    record IllegalTransition(UUID orderId, OrderStatus from, OrderStatus to, Set<OrderStatus> allowed)
            implements Forbidden {
        @Override
        public String message() {
            return "An order cannot take this step";
        }
    }
}
