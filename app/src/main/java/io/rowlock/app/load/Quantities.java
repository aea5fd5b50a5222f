package io.rowlock.app.load;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Quantities of the command line, which show their unit. */
final class Quantities {
    private static final Pattern TIME = Pattern.compile("(\\d{1,6})(ms|s|m)");
    private static final Pattern RATE = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)(?:/s)?");

    private Quantities() {}

    /** {@code 500ms}, {@code 3s} or {@code 2m}. */
    static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Matcher parts = TIME.matcher(text);
            long amount = parts.matches() ? Long.parseLong(parts.group(1)) : 0;
            if (amount == 0) {
                throw new TypeConversionException("'" + text + "' is no time such as 3s, 500ms or 2m");
            }
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
        }
    }

    /** {@code 200/s}, or {@code 200}. */
    static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            Matcher parts = RATE.matcher(text);
            double rate = parts.matches() ? Double.parseDouble(parts.group(1)) : 0;
            if (rate == 0) {
                throw new TypeConversionException("'" + text + "' is no rate such as 200/s");
            }
            return rate;
        }
    }
}
