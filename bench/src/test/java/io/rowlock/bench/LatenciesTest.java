package io.rowlock.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    private final Latencies latencies = new Latencies();

    @Test
    void withoutOperationsThereIsNothingToTell() {
        assertThat(latencies.percentileNanos(0.5)).isZero();
        assertThat(latencies.maxNanos()).isZero();
    }

    @Test
    void percentilesAreThoseOfTheSortedTimesToAFewPercent() {
        long seed = 11;
        long[] all = new Random(seed).longs(20_000, 1, 3_000_000_000L).toArray();
        // Half of them short, so that every size of bucket has some.
        for (int i = 0; i < all.length / 2; i++) {
            all[i] = all[i] >> (i % 32);
        }
        Arrays.stream(all).forEach(latencies::record);
        Arrays.sort(all);

        for (double share : new double[] {0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1}) {
            long exact = all[(int) Math.ceil(share * all.length) - 1];
            assertThat(latencies.percentileNanos(share))
                    .as("share %s, seed %s", share, seed)
                    .isCloseTo(exact, Percentage.withPercentage(3.2));
        }
        assertThat(latencies.maxNanos()).isEqualTo(all[all.length - 1]);
    }

    @Test
    void shortTimesAreExactAndNoTimeIsTooLong() {
        for (long nanos = 0; nanos < 64; nanos++) {
            latencies.record(nanos);
        }
        assertThat(latencies.percentileNanos(0.5)).isEqualTo(31);
        latencies.record(Long.MAX_VALUE);
        latencies.record(-5);
        assertThat(latencies.percentileNanos(1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatSeveralThreadsCountedIsAddedUp() {
        Latencies other = new Latencies();
        for (int i = 0; i < 99; i++) {
            latencies.record(1_000);
        }
        other.record(1_000_000);
        latencies.add(other);

        assertThat(latencies.percentileNanos(0.99)).isCloseTo(1_000L, within(32L));
        assertThat(latencies.percentileNanos(1)).isEqualTo(1_000_000);
        assertThat(latencies.maxNanos()).isEqualTo(1_000_000);
    }
}
