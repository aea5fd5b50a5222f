package io.rowlock.watch.sql;

import java.util.Locale;

/** Names as the trace writes them. */
final class Names {

    private Names() {}

    /** Without quotes, in lower case. */
    static String plain(String name) {
        String text = name;
        if (text.length() >= 2) {
            char first = text.charAt(0);
            char last = text.charAt(text.length() - 1);
            if ((first == '"' && last == '"') || (first == '`' && last == '`') || (first == '[' && last == ']')) {
                text = text.substring(1, text.length() - 1);
            }
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
