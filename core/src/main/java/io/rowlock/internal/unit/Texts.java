package io.rowlock.internal.unit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Statements that were put together once, by what they depend on: a string that is new each time has its hash computed each
 * time, by the driver's statement cache too. Bounded; beyond that they are put together anew. Thread-safe.
 */
final class Texts {
    private static final int TEXTS_MAX = 1_000;

    private final Map<Object, String> known = new ConcurrentHashMap<>();

    /**
     * The statement of this shape.
     *
     * @param shape what the text depends on and nothing else, with a cheap {@code hashCode}
     */
    String of(Object shape, Supplier<String> text) {
        String found = known.get(shape);
        if (found == null) {
            found = text.get();
            if (known.size() < TEXTS_MAX) {
                known.put(shape, found);
            }
        }
        return found;
    }
}
