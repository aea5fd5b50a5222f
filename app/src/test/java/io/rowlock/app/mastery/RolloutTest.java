package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whose answers are stored in one commit, and when that is taken back. */
class RolloutTest {
    private static final String USER = "nobody-in-particular";

    private static long guarded(Rollout rollout) {
        return IntStream.range(0, 10_000)
                .filter(i -> rollout.isGuarded("user-" + i))
                .count();
    }

    private static void calls(Rollout rollout, boolean guarded, int count, int failed, Duration took) {
        for (int i = 0; i < count; i++) {
            // The failures are spread, the first of them comes late.
            rollout.ended(guarded, took.toNanos(), failed > 0 && (i + 1) % (count / failed) == 0);
        }
    }

    @Test
    void aShareOfTheUsersIsIn() {
        assertThat(guarded(new Rollout(true, 0))).isZero();
        assertThat(guarded(new Rollout(true, 10))).isBetween(800L, 1200L);
        assertThat(guarded(new Rollout(true, 30))).isBetween(2700L, 3300L);
        assertThat(guarded(new Rollout(true, 100))).isEqualTo(10_000);
        assertThat(guarded(new Rollout(false, 100))).isZero();
    }

    @Test
    void whoIsInStaysIn() {
        Rollout ten = new Rollout(true, 10);
        Rollout thirty = new Rollout(true, 30);
        assertThat(IntStream.range(0, 10_000).mapToObj(i -> "user-" + i).filter(ten::isGuarded))
                .allSatisfy(user -> assertThat(thirty.isGuarded(user)).isTrue());
    }

    @Test
    void itIsTakenBackWhenMoreThanOneInTwoHundredFails() {
        Rollout rollout = new Rollout(true, 99);
        calls(rollout, true, 1000, 5, Duration.ofMillis(5));
        assertThat(rollout.overview().rolledBack())
                .as("one in two hundred is not more")
                .isFalse();
        Rollout failing = new Rollout(true, 99);
        calls(failing, true, 1000, 10, Duration.ofMillis(5));

        assertThat(failing.overview().rolledBack()).isTrue();
        assertThat(guarded(failing)).isZero();
    }

    @Test
    void itIsTakenBackWhenItIsSlowerByMoreThanATenthOfASecond() {
        Rollout rollout = new Rollout(true, 50);
        calls(rollout, false, 300, 0, Duration.ofMillis(20));
        calls(rollout, true, 300, 0, Duration.ofMillis(119));
        assertThat(rollout.overview().rolledBack()).isFalse();
        calls(rollout, true, 100, 0, Duration.ofMillis(121));

        assertThat(rollout.overview().rolledBack()).isTrue();
        assertThat(rollout.overview().plain().p99Millis()).isEqualTo(20);
    }

    @Test
    void fewCallsSayNothing() {
        Rollout rollout = new Rollout(true, 50);
        calls(rollout, true, Rollout.CALLS_MIN - 1, 100, Duration.ofSeconds(1));
        assertThat(rollout.overview().rolledBack()).isFalse();
    }

    @Test
    void whereEverybodyIsInItIsOver() {
        Rollout rollout = new Rollout(true, 100);
        calls(rollout, true, 1000, 1000, Duration.ofSeconds(1));

        assertThat(rollout.overview().rolledBack()).isFalse();
        assertThat(rollout.isGuarded(USER)).isTrue();
        assertThat(rollout.overview().guarded().failures()).isEqualTo(1);
    }

    @Test
    void oldCallsAreForgotten() {
        Rollout rollout = new Rollout(true, 100);
        calls(rollout, true, Rollout.WINDOW, 500, Duration.ofMillis(1));
        calls(rollout, true, Rollout.WINDOW, 0, Duration.ofMillis(2));

        assertThat(rollout.overview().guarded()).isEqualTo(new Rollout.Standing(Rollout.WINDOW, 0, 2));
    }
}
