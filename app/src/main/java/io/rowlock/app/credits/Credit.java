package io.rowlock.app.credits;

import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;

/**
 * An amount of credit in whole hundredths; in JSON it is text with two decimals, {@code "1.00"}. Never a floating-point
 * number.
 *
 * @param cents the amount
 */
@Schema(type = "string", pattern = "\\d+\\.\\d{2}", example = "1.00", description = "An amount of credit, as text")
record Credit(long cents) {
    /** What finishing a course on its day earns. */
    static final Credit GRANT = new Credit(100);

    Credit plus(Credit other) {
        return new Credit(Math.addExact(cents, other.cents));
    }

    @Override
    @JsonValue
    public String toString() {
        long absolute = Math.abs(cents);
        return (cents < 0 ? "-" : "") + absolute / 100 + (absolute % 100 < 10 ? ".0" : ".") + absolute % 100;
    }
}
