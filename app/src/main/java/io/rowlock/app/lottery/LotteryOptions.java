package io.rowlock.app.lottery;

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
record LotteryOptions(boolean drawWhenFull, ExpireOrders expireOrders, RateLimit rateLimit) {

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

    /**
     * How often somebody may do something.
     *
     * @param max how often within the window, 0 to 1000; 0 is as often as they like
     * @param window how far back is counted, 1 second to 1 day
     */
    record RateLimit(int max, Duration window) {
        private static final int MAX = 1000;
        private static final Duration WINDOW_MIN = Duration.ofSeconds(1);
        private static final Duration WINDOW_MAX = Duration.ofDays(1);

        static final RateLimit OFF = new RateLimit(0, WINDOW_MIN);

        RateLimit {
            if (max < 0 || max > MAX) {
                throw new IllegalArgumentException("rate-limit.max is a number from 0 to " + MAX + ", not " + max);
            }
            if (window.compareTo(WINDOW_MIN) < 0 || window.compareTo(WINDOW_MAX) > 0) {
                throw new IllegalArgumentException("rate-limit.window is from 1s to 1d, not " + window);
            }
        }
    }
}
