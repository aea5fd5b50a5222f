package io.rowlock.lab.internal.tell;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values and rows as text. */
public final class Shown {
    private static final int VALUE_MAX = 40;
    private static final int BYTES_MAX = 8;

    private Shown() {}

    /** A value as SQL writes it, cut if it is long. */
    public static String value(@Nullable Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        if (value instanceof byte[] bytes) {
            String hex = HexFormat.of().formatHex(bytes, 0, Math.min(BYTES_MAX, bytes.length));
            return "x'" + hex + (bytes.length > BYTES_MAX ? "…'" : "'");
        }
        return "'" + cut(value.toString()).replace("'", "''") + "'";
    }

    /** Without control characters, and no longer than is read at a glance. */
    private static String cut(String text) {
        String flat = text.length() > VALUE_MAX ? text.substring(0, VALUE_MAX) + "…" : text;
        return flat.replaceAll("\\p{Cntrl}+", " ");
    }

    /** A row, such as {@code id=1 name='x'}. */
    public static String row(Map<String, @Nullable Object> row) {
        return row.entrySet().stream()
                .map(each -> each.getKey() + "=" + value(each.getValue()))
                .collect(Collectors.joining(" "));
    }

    /** The first rows, and how many more there are. */
    public static String rows(List<Map<String, @Nullable Object>> rows, int most) {
        String first = rows.stream().limit(most).map(Shown::row).collect(Collectors.joining(", "));
        return rows.size() > most ? first + " and " + (rows.size() - most) + " more" : first;
    }

    /** Such as {@code 1 row}. */
    public static String count(long rows) {
        return rows == 0 ? "no row" : rows == 1 ? "1 row" : rows + " rows";
    }
}
