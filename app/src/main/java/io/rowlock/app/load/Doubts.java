package io.rowlock.app.load;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What a load does not know, and what it was told in two ways. Safe for use by many threads. */
final class Doubts {
    private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
    private final AtomicLong unknownRows = new AtomicLong();

    /** The same key was answered by two different answers. */
    void contradiction(String key, Answer one, Answer other) {
        contradictions.add(
                "Idempotency key " + key + " has two answers: " + shortened(one) + " and " + shortened(other));
    }

    private static String shortened(Answer answer) {
        String text = answer.text();
        return answer.status() + " " + (text.length() <= 120 ? text : text.substring(0, 120) + "…");
    }

    /** A request has no answer for good: it may have left up to so many rows. */
    void unknown(int rows) {
        unknownRows.addAndGet(rows);
    }

    List<String> contradictions() {
        return List.copyOf(contradictions);
    }

    long unknownRows() {
        return unknownRows.get();
    }
}
