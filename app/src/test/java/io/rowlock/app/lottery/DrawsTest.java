package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The number that a seed draws. Whoever computes a draw again relies on it never changing. */
class DrawsTest {
    private static final UUID ROUND = UUID.fromString("00000000-0000-4000-8000-000000000201");

    /** Computed with sha256sum and bc. */
    @ParameterizedTest
    @CsvSource({"0, 100, 10000046", "f, 100, 10000083", "a, 1, 10000001", "7, 1000000, 10645730"})
    void isWhatItWas(String seed, int sold, long number) {
        assertThat(Draws.winningNumber(seed.repeat(64), ROUND, sold)).isEqualTo(number);
    }

    @Test
    void everyNumberCanWin() {
        long different = IntStream.range(0, 2_000)
                .mapToLong(i -> Draws.winningNumber(Integer.toHexString(i), ROUND, 100))
                .peek(number -> assertThat(number).isBetween(10_000_001L, 10_000_100L))
                .distinct()
                .count();

        assertThat(different).isEqualTo(100);
    }
}
