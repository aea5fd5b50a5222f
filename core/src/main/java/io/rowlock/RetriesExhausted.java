package io.rowlock;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A unit met contention in every attempt it was allowed: by its number of attempts, its deadline or the shared budget
 * against retry storms (fact {@code limit}). Nothing of it is stored, so the caller may try again later; HTTP would say
 * 503 with Retry-After. The last failure is the cause, earlier ones are suppressed.
 */
public final class RetriesExhausted extends RowlockException {
    private static final long serialVersionUID = 1;

    public RetriesExhausted(Map<String, Object> facts, @Nullable Throwable cause) {
        super("Retries exhausted", facts, cause);
    }
}
