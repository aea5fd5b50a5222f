package io.rowlock.bench;

/**
 * How long operations took, counted in buckets of which each is at most a thirty-second wider than the last: percentiles are
 * told to about 3 %, the maximum exactly. One thread at a time.
 */
final class Latencies {
    private static final int PARTS_BITS = 5;
    private static final int PARTS = 1 << PARTS_BITS;

    private final long[] buckets = new long[(Long.SIZE - PARTS_BITS) * PARTS];
    private long count;
    private long maxNanos;

    void record(long nanos) {
        long value = Math.max(0, nanos);
        buckets[bucket(value)]++;
        count++;
        maxNanos = Math.max(maxNanos, value);
    }

    /** Adds what another has counted. */
    void add(Latencies other) {
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] += other.buckets[i];
        }
        count += other.count;
        maxNanos = Math.max(maxNanos, other.maxNanos);
    }

    long maxNanos() {
        return maxNanos;
    }

    /**
     * The time that this share of the operations stayed within, 0 if there were none.
     *
     * @param share 0 to 1
     */
    long percentileNanos(double share) {
        long wanted = (long) Math.ceil(share * count);
        long seen = 0;
        for (int i = 0; i < buckets.length; i++) {
            seen += buckets[i];
            if (seen >= wanted && seen > 0) {
                return Math.min(upperEnd(i), maxNanos);
            }
        }
        return 0;
    }

    /** Below twice the number of parts each value has its own bucket; then each power of two has as many as there are parts. */
    private static int bucket(long value) {
        int shift = Math.max(0, Long.SIZE - 1 - PARTS_BITS - Long.numberOfLeadingZeros(value | 1));
        return shift * PARTS + (int) (value >>> shift);
    }

    private static long upperEnd(int bucket) {
        int shift = Math.max(0, bucket / PARTS - 1);
        long first = (long) (bucket - shift * PARTS) << shift;
        return first + (1L << shift) - 1;
    }
}
