package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Keeps calls away from what is failing, and lets them back. */
class CircuitBreakerTest {
    private final AtomicLong now = new AtomicLong();
    private final CircuitBreaker breaker = new CircuitBreaker(now::get);

    private void calls(int count, boolean failed) {
        for (int i = 0; i < count; i++) {
            assertThat(breaker.letsThrough()).isTrue();
            breaker.ended(failed);
        }
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void halfOfTwentyOpensIt() {
        calls(11, false);
        calls(9, true);
        assertThat(breaker.isOpen()).as("nine of twenty").isFalse();
        calls(1, true);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.letsThrough()).isFalse();
    }

    @Test
    void fewerThanTwentySayNothing() {
        calls(19, true);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void whatIsLongPastDoesNotCount() {
        calls(19, true);
        pass(Duration.ofSeconds(61));
        calls(19, true);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void twoProbesThatSucceedCloseIt() {
        calls(20, true);
        pass(Duration.ofMillis(4999));
        assertThat(breaker.letsThrough()).isFalse();
        pass(Duration.ofMillis(1));
        assertThat(breaker.letsThrough()).isTrue();
        assertThat(breaker.letsThrough()).isTrue();
        assertThat(breaker.letsThrough()).as("a third probe").isFalse();
        breaker.ended(false);
        assertThat(breaker.isOpen()).isTrue();
        breaker.ended(false);
        assertThat(breaker.isOpen()).isFalse();
        calls(19, true);
        assertThat(breaker.isOpen()).as("what failed before is forgotten").isFalse();
    }

    @Test
    void aProbeThatFailsOpensItAgain() {
        calls(20, true);
        pass(Duration.ofSeconds(5));
        assertThat(breaker.letsThrough()).isTrue();
        breaker.ended(true);
        assertThat(breaker.letsThrough()).isFalse();
        pass(Duration.ofSeconds(5));
        assertThat(breaker.letsThrough()).isTrue();
    }

    @Test
    void whoBeganBeforeItOpenedIsNoProbe() {
        assertThat(breaker.letsThrough()).isTrue();
        assertThat(breaker.letsThrough()).isTrue();
        calls(20, true);
        breaker.ended(false);
        breaker.ended(false);
        assertThat(breaker.isOpen()).isTrue();
    }
}
