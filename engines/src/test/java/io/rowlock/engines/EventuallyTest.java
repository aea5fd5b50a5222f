package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {

    @Test
    void aCheckIsRepeatedUntilItPasses() {
        AtomicInteger attempts = new AtomicInteger();
        Eventually.eventually(() -> assertThat(attempts.incrementAndGet()).isEqualTo(3));
        assertThat(attempts).hasValue(3);
    }

    @Test
    void theLastFailureIsToldAtTheDeadline() {
        assertThatThrownBy(() ->
                        Eventually.eventually(Duration.ZERO, () -> assertThat(1).isEqualTo(2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Still failing at the deadline (deadline=PT0S)")
                .hasCauseInstanceOf(AssertionError.class);
    }

    @Test
    void whatWasWaitedForIsNamed() {
        assertThatThrownBy(() -> Eventually.until("the moon is blue", Duration.ofMillis(5), () -> false))
                .hasMessage("Did not happen before the deadline (what=the moon is blue, deadline=PT0.005S)");
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Eventually.until("nothing", Duration.ofSeconds(10), () -> false))
                .hasMessage("Interrupted while waiting");
        assertThat(Thread.interrupted()).isTrue();
    }
}
