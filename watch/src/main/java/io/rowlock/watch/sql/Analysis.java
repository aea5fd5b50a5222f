package io.rowlock.watch.sql;

import io.rowlock.watch.trace.Access;
import java.util.List;

/**
 * What a statement does, as far as its text tells.
 *
 * @param accesses in the order in which rows are reached, as far as that can be told
 * @param understood how well the text was understood
 */
public record Analysis(List<Access> accesses, Understood understood) {

    /** How well a text was understood. */
    public enum Understood {
        /** Parsed. */
        PARSED,
        /** Not parsed: its accesses were found by words alone, any row may be meant, and some may be missing. */
        BY_WORDS,
        /** It reaches no row: settings, transaction control, definitions, SELECT 1. */
        NEUTRAL
    }

    public Analysis {
        accesses = List.copyOf(accesses);
    }
}
