package io.rowlock.internal.unit;

import io.rowlock.ReadWork;
import io.rowlock.RetriesExhausted;
import io.rowlock.Unit;
import io.rowlock.event.RowlockEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A read unit from beginning to end. It runs again only where the engine says that its snapshot could not be served (a
 * serialization failure, a busy file): there is nothing else it can run into.
 */
final class ReadRun {
    private ReadRun() {}

    static <R extends @Nullable Object, X extends Exception> R execute(
            Shared shared, Unit options, ReadWork<R, X> work, Consumer<@Nullable ReadAttempt> current) throws X {
        long began = shared.nanoTime();
        for (int attempts = 1; ; attempts++) {
            ReadAttempt attempt = new ReadAttempt(shared, options);
            current.accept(attempt);
            try {
                R result = runOnce(attempt, work);
                attempt.commit();
                return result;
            } catch (RestartUnit again) {
                int number = attempts;
                shared.tell(() -> new RowlockEvent.Retried(options.name(), number, again.reason()));
                boolean late = shared.nanoTime() - began >= options.deadline().toNanos();
                if (late || attempts >= options.attemptsMax() || !shared.budget.take(shared.nanoTime())) {
                    Map<String, Object> facts = new LinkedHashMap<>();
                    facts.put("unit", options.name());
                    facts.put("attempts", attempts);
                    facts.put("reason", again.reason());
                    throw new RetriesExhausted(facts, again.getCause());
                }
            } finally {
                current.accept(null);
                attempt.end();
            }
        }
    }

    private static <R extends @Nullable Object, X extends Exception> R runOnce(ReadAttempt attempt, ReadWork<R, X> work)
            throws X {
        try {
            return work.run(attempt);
        } catch (Throwable thrown) {
            RestartUnit again = attempt.session().restartFor(thrown);
            if (again != null) {
                throw again;
            }
            throw thrown;
        }
    }
}
