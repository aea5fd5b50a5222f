package io.rowlock.app.story.document;

import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.StoryPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A story as Markdown, with a line that says its status. Understood are, in any case and with or without emphasis:
 *
 * <pre>
 * **Status**: In Progress          Status: in_progress          状态：In Progress
 *
 * ## Status
 *
 * In Progress
 * </pre>
 *
 * <p>What stands in a block of code is none of it. If a status is said more than once, it is the same each time.
 *
 * <p>Immutable.
 */
public final class StoryDocument {
    // All of them possessive: whatever a line has in it, it is gone through once.
    private static final Pattern LINE = Pattern.compile(
            "^\\s{0,3}+(?:[-*+>]\\s++)?+[*_]*+(?:status|状态)\\s*+[*_]*+\\s*+[:：]\\s*+[*_`]*+\\s*+",
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern HEADING =
            Pattern.compile("^#{1,6}+\\s++[*_]*+(?:status|状态)[*_]*+\\s*+#*+\\s*+$", Pattern.CASE_INSENSITIVE);

    private static final Pattern VALUE = Pattern.compile("^\\s{0,3}+(?:[-*+>]\\s++)?+[*_`]*+");

    private static final String EMPHASIS = "*_`";

    private static final Pattern FENCE = Pattern.compile("^\\s{0,3}(```|~~~)");

    private final StoryPath path;
    private final String content;
    private final List<Place> places;

    /** A status, and where it stands in the content. */
    private record Place(int from, int to, String text) {}

    /** Reads a document. */
    public StoryDocument(StoryPath path, String content) {
        this.path = path;
        this.content = content;
        this.places = places(content);
    }

    /** A document for a story that has none. */
    public static StoryDocument made(StoryPath path, CoreStatus status) {
        String name = path.text().substring(path.text().lastIndexOf('/') + 1).replaceFirst("\\.md$", "");
        return new StoryDocument(path, "# " + name + "\n\n**Status**: " + status.title() + "\n");
    }

    public StoryPath path() {
        return path;
    }

    public String content() {
        return content;
    }

    /**
     * The status that it says.
     *
     * @throws NotAStory if it says none, one that there is not, or two; the message says which, in a few words
     */
    public CoreStatus status() throws NotAStory {
        Optional<CoreStatus> status = Optional.empty();
        for (Place place : places) {
            CoreStatus said = CoreStatus.read(place.text())
                    .orElseThrow(() -> new NotAStory("no such status: '" + shortened(place.text()) + "'"));
            if (status.isPresent() && status.get() != said) {
                throw new NotAStory("two statuses: '" + status.get().title() + "' and '" + said.title() + "'");
            }
            status = Optional.of(said);
        }
        return status.orElseThrow(() -> new NotAStory("no status line"));
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, text.offsetByCodePoints(0, 40 - lowHalves(text))) + "…";
    }

    /** So that no character is cut in two. */
    private static int lowHalves(String text) {
        return (int) text.chars()
                .limit(40)
                .filter(c -> Character.isLowSurrogate((char) c))
                .count();
    }

    /**
     * The same with another status: nothing but the status is another.
     *
     * @throws NotAStory as {@link #status}
     */
    public StoryDocument with(CoreStatus status) throws NotAStory {
        if (status() == status) {
            return this;
        }
        StringBuilder changed = new StringBuilder(content);
        for (int i = places.size() - 1; i >= 0; i--) {
            changed.replace(places.get(i).from(), places.get(i).to(), status.title());
        }
        return new StoryDocument(path, changed.toString());
    }

    private static List<Place> places(String content) {
        List<Place> places = new ArrayList<>();
        boolean inCode = false;
        boolean underHeading = false;
        int from = 0;
        while (from < content.length()) {
            int end = content.indexOf('\n', from);
            int to = end < 0 ? content.length() : end;
            String line = content.substring(from, to).replaceFirst("\r$", "");
            if (FENCE.matcher(line).find()) {
                inCode = !inCode;
                underHeading = false;
            } else if (!inCode) {
                Matcher said = LINE.matcher(line);
                Matcher value = VALUE.matcher(line);
                if (said.find()) {
                    places.add(place(from, line, said.end()));
                    underHeading = false;
                } else if (HEADING.matcher(line).matches()) {
                    underHeading = true;
                } else if (underHeading && !line.isBlank()) {
                    underHeading = false;
                    if (value.find()) {
                        places.add(place(from, line, value.end()));
                    }
                }
            }
            from = to + 1;
        }
        return List.copyOf(places);
    }

    /** What a line says from a place on, without the spaces and emphasis at its end. */
    private static Place place(int lineFrom, String line, int from) {
        int to = line.length();
        while (to > from
                && (Character.isWhitespace(line.charAt(to - 1)) || EMPHASIS.indexOf(line.charAt(to - 1)) >= 0)) {
            to--;
        }
        return new Place(lineFrom + from, lineFrom + to, line.substring(from, to));
    }
}
