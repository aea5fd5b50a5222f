package io.rowlock.bench;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Medians and their intervals. */
final class Statistics {
    private static final int RESAMPLES = 4000;

    private Statistics() {}

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * A number with what could as well have been measured.
     *
     * @param median the middle of all rounds
     * @param low lower end of the 95 % interval of the median
     * @param high upper end of that interval
     * @param min the lowest round
     * @param max the highest round
     */
    record Spread(double median, double low, double high, double min, double max) {}

    /** The median of the values, with the percentile bootstrap's 95 % interval. */
    static Spread spread(double[] values, RandomGenerator random) {
        double[] medians = new double[RESAMPLES];
        double[] resample = new double[values.length];
        for (int i = 0; i < RESAMPLES; i++) {
            for (int j = 0; j < resample.length; j++) {
                resample[j] = values[random.nextInt(values.length)];
            }
            medians[i] = median(resample);
        }
        Arrays.sort(medians);
        return new Spread(
                median(values),
                medians[(int) (RESAMPLES * 0.025)],
                medians[(int) (RESAMPLES * 0.975) - 1],
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }
}
