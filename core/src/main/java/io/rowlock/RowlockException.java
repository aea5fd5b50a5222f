package io.rowlock;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The world failed: what the database or a wait did, with its facts. Contention that a caller must decide on is never an
 * exception of this family but a value ({@link Update}, {@link Locked}); a wrong program gets an
 * {@link IllegalStateException} or {@link IllegalArgumentException}.
 *
 * <p>The message is a fixed clause, fit for counting, then the facts as {@code name=value}. It never holds bound values or
 * secrets. Earlier attempts are attached as suppressed.
 */
public abstract class RowlockException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Map<String, Object> facts;

    RowlockException(String clause, Map<String, Object> facts, @Nullable Throwable cause) {
        super(message(clause, facts), cause);
        this.facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    private static String message(String clause, Map<String, Object> facts) {
        return facts.entrySet().stream()
                .map(fact -> fact.getKey() + "=" + fact.getValue())
                .collect(Collectors.joining(", ", clause + " (", ")"));
    }

    /** The facts of the message, in its order. Empty after deserialisation. */
    public Map<String, Object> facts() {
        return facts == null ? Map.of() : facts;
    }
}
