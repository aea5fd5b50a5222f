package io.rowlock.app.story.document;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of each file, in the order in which they were dealt with. Immutable.
 *
 * @param files each of them
 */
public record FileReport(List<Line> files) {
    public FileReport {
        files = List.copyOf(files);
    }

    /** What became of a file. */
    public enum What {
        /** A story was made of it. */
        CREATED,
        /** Its story was taken a step on. */
        MOVED,
        /** Its story stands where it says, and its text is kept anew. */
        KEPT,
        /** Nothing was to be done. */
        SAME,
        /** It was written. */
        WRITTEN,
        /** A rule refuses what it says. */
        REFUSED,
        /** It is no document of a story, or cannot be read or written. */
        BROKEN;

        /** Whether somebody has to look at it. */
        public boolean isWrong() {
            return this == REFUSED || this == BROKEN;
        }
    }

    /**
     * A file.
     *
     * @param file below the folder, as it is called; control characters are shown as question marks
     * @param detail where it went, or what is wrong with it; may be empty
     */
    public record Line(String file, What what, String detail) {
        public Line {
            file = file.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
            detail = detail.replaceAll("[\\p{Cntrl}\\p{Cs}]", "?");
        }
    }

    /** How many of each. */
    public Map<What, Long> counts() {
        Map<What, Long> counts = new EnumMap<>(What.class);
        files.forEach(line -> counts.merge(line.what(), 1L, Long::sum));
        return counts;
    }

    /** Whether something is to be looked at. */
    public boolean isWrong() {
        return files.stream().anyMatch(line -> line.what().isWrong());
    }
}
