package io.rowlock.app.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What one client, or all of them together, got.
 *
 * <p>One thread at a time.
 */
final class Tally {
    private static final int DIGITS = 3;

    private final Histogram micros = new Histogram(DIGITS);
    private final Map<String, Long> refusals = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private final Map<String, Long> fallbacks = new TreeMap<>();
    private long operations;
    private long accepted;
    private long refused;
    private long failed;
    private long unanswered;
    private long retried;
    private long replayed;
    private long validChanges;
    private long acceptedChanges;

    /**
     * @param latencyNanos from the intended start to the last answer
     */
    void add(Call call, Caller.Reply reply, long latencyNanos) {
        operations++;
        micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(latencyNanos)));
        retried += reply.attempts() - 1;
        Answer answer = reply.answer();
        replayed += (answer != null && answer.replayed() ? 1 : 0)
                + (reply.again() != null && reply.again().replayed() ? 1 : 0);
        if (answer == null) {
            unanswered++;
        } else if (answer.isSuccess()) {
            accepted++;
            String fallback = answer.fallback();
            if (!fallback.isEmpty()) {
                fallbacks.merge(fallback, 1L, Long::sum);
            }
        } else if (answer.isRefusal()) {
            refused++;
            refusals.merge(answer.code(), 1L, Long::sum);
            return;
        } else {
            failed++;
            failures.merge(answer.status() + " " + answer.code(), 1L, Long::sum);
        }
        if (call.step().changes()) {
            validChanges++;
            acceptedChanges += answer != null && answer.isSuccess() ? 1 : 0;
        }
    }

    void add(Tally other) {
        micros.add(other.micros);
        other.refusals.forEach((code, count) -> refusals.merge(code, count, Long::sum));
        other.failures.forEach((code, count) -> failures.merge(code, count, Long::sum));
        other.fallbacks.forEach((why, count) -> fallbacks.merge(why, count, Long::sum));
        operations += other.operations;
        accepted += other.accepted;
        refused += other.refused;
        failed += other.failed;
        unanswered += other.unanswered;
        retried += other.retried;
        replayed += other.replayed;
        validChanges += other.validChanges;
        acceptedChanges += other.acceptedChanges;
    }

    long operations() {
        return operations;
    }

    long accepted() {
        return accepted;
    }

    /** Refused by a rule, or because another was faster. */
    long refused() {
        return refused;
    }

    /** Answered, but by an error of the service or of the request's form. */
    long failed() {
        return failed;
    }

    long unanswered() {
        return unanswered;
    }

    /** Sendings beyond the first that were made because there was no answer. */
    long retried() {
        return retried;
    }

    /** Answers that were those of an earlier request with the same key. */
    long replayed() {
        return replayed;
    }

    /** Of the accepted: answers to go on with, for which nothing was stored, by why. */
    Map<String, Long> fallbacks() {
        return Map.copyOf(fallbacks);
    }

    /** Changes that no rule refused. */
    long validChanges() {
        return validChanges;
    }

    long acceptedChanges() {
        return acceptedChanges;
    }

    /** Of a hundred changes that no rule refused, how many were done; 100 if there were none. */
    double successPercent() {
        return validChanges == 0 ? 100 : 100.0 * acceptedChanges / validChanges;
    }

    Map<String, Long> refusals() {
        return Map.copyOf(refusals);
    }

    Map<String, Long> failures() {
        return Map.copyOf(failures);
    }

    double percentileMillis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1e3;
    }

    double maxMillis() {
        return micros.getMaxValue() / 1e3;
    }
}
