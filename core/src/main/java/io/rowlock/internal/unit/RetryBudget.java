package io.rowlock.internal.unit;

/**
 * How many retries all units together may spend, against retry storms: each retry takes a token, each committed unit gives
 * one back, and a tenth of the whole comes back per second. When the bucket is empty contention is answered, not repeated.
 * After the retry quota of the AWS SDKs ("standard" retry mode).
 */
final class RetryBudget {
    private final int max;
    private double tokens;
    private long refilledAt;

    RetryBudget(int max, long now) {
        this.max = max;
        this.tokens = max;
        this.refilledAt = now;
    }

    synchronized boolean take(long now) {
        double seconds = (now - refilledAt) / 1e9;
        tokens = Math.min(max, tokens + seconds * max / 10);
        refilledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    }

    synchronized void giveBack() {
        tokens = Math.min(max, tokens + 1);
    }
}
