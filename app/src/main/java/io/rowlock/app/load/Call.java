package io.rowlock.app.load;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request and what its answer means.
 *
 * @param step what kind
 * @param path below the system's API
 * @param body JSON, or null for none
 * @param key its {@code Idempotency-Key}; null for what changes nothing or has none
 * @param ifMatch the entity tag it depends on, or null
 * @param repeat whether it is sent more than once
 * @param most how many rows it may leave behind if nobody ever hears of it
 * @param answered called once with the answer, of whatever status
 */
record Call(
        Kind step,
        String path,
        @Nullable String body,
        @Nullable String key,
        @Nullable String ifMatch,
        Repeat repeat,
        int most,
        Consumer<Answer> answered) {

    /** Whether the same key is sent again. */
    enum Repeat {
        NO,
        AT_ONCE,
        AFTERWARDS
    }

    String method() {
        return step.method();
    }

    /** Whether it may be sent again when there was no answer: the second time has no second effect. */
    boolean isRepeatable() {
        return key != null || !method().equals("POST") || step.countsByItself();
    }

    Call repeated(Repeat repeat) {
        return new Call(step, path, body, key, ifMatch, repeat, most, answered);
    }
}
