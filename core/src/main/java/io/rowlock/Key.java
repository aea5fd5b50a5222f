package io.rowlock;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A name for something to be guarded that need not be a row: a person's daily allowance, a slot that is still empty, a
 * file. Compared byte by byte on every engine: {@code Key.of("order", "AB")} and {@code Key.of("order", "ab")} are
 * different keys whatever the database's collation says.
 *
 * <p>Immutable, safe for use by many threads; cheap to hash.
 */
public final class Key implements Comparable<Key> {
    /** The longest key in UTF-8 bytes: it is an index entry on every engine. */
    public static final int BYTES_MAX = 255;

    private final String text;

    private Key(String text) {
        this.text = text;
    }

    /**
     * A key of a kind and its parts: {@code Key.of("free-plays", userId)}. Parts are written with {@code toString()} and
     * kept apart, so {@code ("a", "b:c")} and {@code ("a", "b", "c")} differ.
     *
     * @param kind what is guarded: constant text, fit for a metric's label
     * @param parts which one
     * @throws IllegalArgumentException if the kind is empty or the whole is longer than {@link #BYTES_MAX} bytes
     */
    public static Key of(String kind, Object... parts) {
        if (kind.isBlank()) {
            throw new IllegalArgumentException("A key needs a kind: write Key.of(\"free-plays\", userId)");
        }
        StringBuilder text = new StringBuilder(escape(kind));
        for (Object part : parts) {
            text.append(':')
                    .append(escape(
                            Objects.requireNonNull(part, "part of key " + kind).toString()));
        }
        Key key = new Key(text.toString());
        int bytes = key.bytes().length;
        if (bytes > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "Key too long (kind=" + kind + ", bytes=" + bytes + ", bytesMax=" + BYTES_MAX + ")");
        }
        return key;
    }

    /**
     * A key as it was stored: what {@link #bytes} gave.
     *
     * @throws IllegalArgumentException if no key has these bytes
     */
    public static Key ofBytes(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("Not a key's bytes (bytes=" + bytes.length + ")");
        }
        return new Key(new String(bytes, StandardCharsets.UTF_8));
    }

    private static String escape(String part) {
        return part.indexOf(':') < 0 && part.indexOf('\\') < 0
                ? part
                : part.replace("\\", "\\\\").replace(":", "\\:");
    }

    /** The kind the key was made of; bounded in number, fit for a metric's label. */
    public String kind() {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                i++;
            } else if (c == ':') {
                return text.substring(0, i);
            }
        }
        return text;
    }

    /** The key in UTF-8, as it is stored. */
    public byte[] bytes() {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Key other) {
        return text.compareTo(other.text);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && key.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
