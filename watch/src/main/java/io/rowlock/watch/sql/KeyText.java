package io.rowlock.watch.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;

/** Values of keys as text, so that what was bound and what was read compare equal whatever their Java types are. */
public final class KeyText {

    private KeyText() {}

    /**
     * A value as text: numbers without trailing zeros, bytes in hexadecimal, all others as they print themselves. A number and
     * a text of the same digits are equal, as most engines compare them.
     */
    public static String of(Object value) {
        if (value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof BigInteger) {
            return value.toString();
        }
        if (value instanceof BigDecimal number) {
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            return Double.isFinite(number) ? of(BigDecimal.valueOf(number)) : value.toString();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        return value.toString();
    }
}
