package io.rowlock.app.http;

import io.rowlock.Version;
import org.jspecify.annotations.Nullable;

/** The version that a request was made from, as its {@code If-Match} header says it. */
public final class IfMatch {
    private IfMatch() {}

    /**
     * Reads the header.
     *
     * @param header one entity tag as an earlier answer carried it, or {@code *}, or null if the request has none
     * @return the version, or null for whatever is there
     * @throws Malformed if it is none of these
     */
    public static @Nullable Version version(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return null;
        }
        try {
            return Version.parse(header);
        } catch (IllegalArgumentException notOurs) {
            throw new Malformed("If-Match with one entity tag of an earlier answer, such as \"7\"");
        }
    }
}
