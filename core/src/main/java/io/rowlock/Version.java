package io.rowlock;

/**
 * Which state of a row somebody has seen: the row's version number and, where the table keeps one, the incarnation of the
 * row under its key.
 *
 * <p>Numbers start at 1 and rise by 1 with every change. A key that is deleted and inserted again must not bring an old
 * number back to life; a {@linkplain Table.Builder#incarnation table with an incarnation column} tells the two rows apart
 * by the second part, a {@linkplain Table.Builder#tombstones table with tombstones} goes on counting where the deleted row
 * ended.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param number the version number, 1 or more
 * @param incarnation which row under this key, 0 for tables that keep none
 */
public record Version(long number, long incarnation) {
    public Version {
        if (number < 1) {
            throw new IllegalArgumentException("Versions start at 1 (number=" + number + ")");
        }
    }

    /** A version of a table without incarnations. */
    public static Version of(long number) {
        return new Version(number, 0);
    }

    /**
     * Reads what {@link #etag} wrote, with or without the quotes and the weak mark {@code W/}.
     *
     * @throws IllegalArgumentException if the text is no such tag
     */
    public static Version parse(String etag) {
        String text = etag.strip();
        if (text.startsWith("W/")) {
            text = text.substring(2);
        }
        if (text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        try {
            int dash = text.indexOf('-');
            return dash < 0
                    ? of(Long.parseLong(text))
                    : new Version(
                            Long.parseLong(text.substring(0, dash)),
                            Long.parseUnsignedLong(text.substring(dash + 1), 16));
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("Not a version: write it as \"7\" or \"7-1f\"", malformed);
        }
    }

    /** The version as an HTTP entity tag, quotes included: {@code "7"}, or {@code "7-1f"} with an incarnation. */
    public String etag() {
        return '"' + toString() + '"';
    }

    /** The version that one change makes of this one. */
    public Version next() {
        return new Version(number + 1, incarnation);
    }

    @Override
    public String toString() {
        return incarnation == 0 ? Long.toString(number) : number + "-" + Long.toHexString(incarnation);
    }
}
