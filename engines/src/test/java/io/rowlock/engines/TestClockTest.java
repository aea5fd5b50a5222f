package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TestClockTest {

    private final TestClock clock = new TestClock(Instant.parse("2025-06-01T12:00:00Z"));

    @Test
    void timePassesOnlyWhenToldTo() {
        long before = clock.nanoTime();
        assertThat(clock.instant()).isEqualTo("2025-06-01T12:00:00Z");
        clock.advance(Duration.ofMinutes(90));
        assertThat(clock.instant()).isEqualTo("2025-06-01T13:30:00Z");
        assertThat(clock.nanoTime() - before).isEqualTo(Duration.ofMinutes(90).toNanos());
        assertThatThrownBy(() -> clock.advance(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theMonotonicClockOverflowsSoon() {
        long before = clock.nanoTime();
        clock.advance(Duration.ofSeconds(11));
        assertThat(clock.nanoTime()).isLessThan(before);
        assertThat(clock.nanoTime() - before).isEqualTo(Duration.ofSeconds(11).toNanos());
    }

    @Test
    void theWallClockCanBeSetWithoutTimePassing() {
        long before = clock.nanoTime();
        clock.setWallClock(Instant.EPOCH);
        assertThat(clock.instant()).isEqualTo(Instant.EPOCH);
        assertThat(clock.nanoTime()).isEqualTo(before);
    }

    @Test
    void aSleeperWakesWhenItsTimeHasCome() {
        CompletableFuture<Void> sleeper = CompletableFuture.runAsync(() -> sleep(Duration.ofSeconds(10)));
        clock.awaitSleepers(1);
        assertThat(clock.untilNextWakeUp()).contains(Duration.ofSeconds(10));
        clock.advance(Duration.ofSeconds(9));
        assertThat(clock.untilNextWakeUp()).contains(Duration.ofSeconds(1));
        assertThat(sleeper).isNotDone();
        clock.advance(Duration.ofSeconds(1));
        Eventually.eventually(() -> assertThat(sleeper).isCompleted());
        assertThat(clock.untilNextWakeUp()).isEmpty();
    }

    @Test
    void aSleepOfZeroReturnsAtOnce() throws InterruptedException {
        clock.sleep(Duration.ZERO);
        clock.sleep(Duration.ofSeconds(-1));
        assertThat(clock.untilNextWakeUp()).isEmpty();
    }

    @Test
    void anotherZoneShowsTheSameTime() {
        Clock elsewhere = clock.withZone(ZoneId.of("Asia/Tokyo"));
        clock.advance(Duration.ofHours(1));
        assertThat(elsewhere.instant()).isEqualTo(clock.instant());
        assertThat(elsewhere.getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    private void sleep(Duration duration) {
        try {
            clock.sleep(duration);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
