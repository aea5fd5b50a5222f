package io.rowlock.app.lottery;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rowlock.app.http.Expected;
import io.rowlock.app.http.Malformed;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of money in whole cents; in JSON it is text with two decimals, {@code "150.00"}.
 *
 * <p>Never a floating-point number, neither here nor on the wire: 0.1 has no binary form, and a JSON number is read as a
 * {@code double} by most clients.
 *
 * @param cents the amount; negative for what leaves a balance
 */
@Schema(
        type = "string",
        pattern = "-?\\d{1,13}(\\.\\d{1,2})?",
        example = "150.00",
        description = "An amount of money, as text")
@Expected(Money.EXPECTED)
record Money(long cents) implements Comparable<Money> {
    // Thirteen digits before the point: far above any amount here, far below what a long of cents can hold.
    private static final Pattern TEXT = Pattern.compile("(-?)(\\d{1,13})(?:\\.(\\d{1,2}))?");

    static final String EXPECTED = "an amount of money, text with at most two decimals such as \"150.00\"";

    static final Money ZERO = new Money(0);

    static Money ofCents(long cents) {
        return new Money(cents);
    }

    /**
     * Reads an amount.
     *
     * @throws Malformed if the text is no amount: more than two decimals, an exponent, a thousands separator, too long
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Money parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new Malformed(EXPECTED);
        }
        String decimals = parts.group(3) == null ? "" : parts.group(3);
        long cents = Long.parseLong(parts.group(2) + (decimals + "00").substring(0, 2));
        return new Money(parts.group(1).isEmpty() ? cents : -cents);
    }

    Money plus(Money other) {
        return new Money(Math.addExact(cents, other.cents));
    }

    Money minus(Money other) {
        return new Money(Math.subtractExact(cents, other.cents));
    }

    Money times(int factor) {
        return new Money(Math.multiplyExact(cents, factor));
    }

    /** So many hundredths of an amount that is not negative, rounded half up to whole cents. */
    Money percent(int percent) {
        return new Money(Math.addExact(Math.multiplyExact(cents, percent), 50) / 100);
    }

    Money negated() {
        return new Money(Math.negateExact(cents));
    }

    @Override
    public int compareTo(Money other) {
        return Long.compare(cents, other.cents);
    }

    @Override
    @JsonValue
    public String toString() {
        long absolute = Math.abs(cents);
        String decimals = absolute % 100 < 10 ? "0" + absolute % 100 : Long.toString(absolute % 100);
        return (cents < 0 ? "-" : "") + absolute / 100 + "." + decimals;
    }
}
