package io.rowlock.bench;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, numbers, texts and booleans as JSON. A number that is none is null. */
final class Json {
    private Json() {}

    static String of(@Nullable Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, "\n");
        return text.append('\n').toString();
    }

    private static void write(StringBuilder text, @Nullable Object value, String line) {
        if (value instanceof Map<?, ?> map) {
            String inner = line + "  ";
            String before = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                text.append(before).append(inner);
                quote(text, String.valueOf(entry.getKey()));
                text.append(": ");
                write(text, entry.getValue(), inner);
                before = ",";
            }
            text.append(map.isEmpty() ? "{}" : line + "}");
        } else if (value instanceof List<?> list) {
            String inner = line + "  ";
            String before = "[";
            for (Object element : list) {
                text.append(before).append(inner);
                write(text, element, inner);
                before = ",";
            }
            text.append(list.isEmpty() ? "[]" : line + "]");
        } else if (value instanceof Double number) {
            text.append(Double.isFinite(number) ? (Object) (Math.round(number * 1e4) / 1e4) : "null");
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            quote(text, value.toString());
        }
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
