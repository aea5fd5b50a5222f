package io.rowlock.app.lottery;

import io.rowlock.app.limit.LimitOptions;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of the lottery; {@code application.yaml} has their defaults.
 *
 * @param drawWhenFull whether a round that is sold out is drawn without being asked
 * @param expireOrders when orders that nobody paid are ended
 * @param rateLimit how often a user may buy
 */
@ConfigurationProperties("rowlock.lottery")
record LotteryOptions(boolean drawWhenFull, ExpireOrders expireOrders, LimitOptions rateLimit) {

    /**
     * When orders that nobody paid are ended.
     *
     * @param every how long to wait between two times and before the first, 0 to 1 day; 0 leaves it to whoever asks for it
     */
    record ExpireOrders(Duration every) {
        private static final Duration EVERY_MAX = Duration.ofDays(1);

        ExpireOrders {
            if (every.isNegative() || every.compareTo(EVERY_MAX) > 0) {
                throw new IllegalArgumentException("expire-orders.every is from 0s to 1d, not " + every);
            }
        }
    }
}
