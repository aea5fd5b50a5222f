package io.rowlock.lab.hermitage;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a case: what one transaction does, and what Hermitage notes about it.
 *
 * @param transaction such as T1; empty if it does not matter who does it
 * @param statements in their order
 * @param note the rest of the comment
 */
record HermitageStep(String transaction, List<String> statements, String note) {

    private static final Pattern ACTOR = Pattern.compile("(?i)\\s*(T\\d+|either)\\b[.,]?\\s*(.*)");
    private static final Pattern ROW = Pattern.compile("(\\d+) => (\\d+)");
    private static final Pattern OTHER_FAILS = Pattern.compile("(T\\d+) (?:now prints|to abort)");

    /** Reads {@code statement; statement; -- T1. Note}; empty if the line names nobody. */
    static Optional<HermitageStep> parse(String line) {
        int comment = line.lastIndexOf("-- ");
        if (comment < 0) {
            return Optional.empty();
        }
        Matcher actor = ACTOR.matcher(line.substring(comment + 3));
        if (!actor.matches()) {
            return Optional.empty();
        }
        String name =
                actor.group(1).equalsIgnoreCase("either") ? "" : actor.group(1).toUpperCase(Locale.ROOT);
        return Optional.of(new HermitageStep(name, split(line.substring(0, comment)), actor.group(2)));
    }

    static HermitageStep of(String transaction, String sql) {
        return new HermitageStep(transaction, split(sql), "");
    }

    private static List<String> split(String sql) {
        return Arrays.stream(sql.split(";", -1))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    boolean notesWait() {
        return note.contains("BLOCKS");
    }

    boolean notesNoRows() {
        return note.toLowerCase(Locale.ROOT).contains("returns nothing");
    }

    /** The rows that the note shows; it need not show all. */
    TreeMap<Integer, Integer> notedRows() {
        TreeMap<Integer, Integer> rows = new TreeMap<>();
        Matcher matcher = ROW.matcher(note);
        while (matcher.find()) {
            rows.put(Integer.valueOf(matcher.group(1)), Integer.valueOf(matcher.group(2)));
        }
        return rows;
    }

    /** Who fails here according to the note. */
    Optional<String> notedFailure() {
        Matcher other = OTHER_FAILS.matcher(note);
        if (other.find()) {
            return Optional.of(other.group(1));
        }
        return note.contains("ERROR") ? Optional.of(transaction) : Optional.empty();
    }
}
