package io.rowlock.app.story.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.rowlock.app.http.Expected;
import io.rowlock.app.http.Malformed;
import io.swagger.v3.oas.annotations.media.Schema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where a document is, below the folder that all of them are in: names with a slash between them, in any script. It leads nowhere
 * else, so that what is stored under it may be written to a folder: not up, not to the root, not through a drive.
 *
 * @param text as it is stored, character by character
 */
@Schema(type = "string", example = "docs/stories/1.1.md", description = "Names with a slash between them")
@Expected(StoryPath.EXPECTED)
public record StoryPath(String text) {
    /** How long it is at the most, in characters of Java: it is an index entry on every engine. */
    public static final int LENGTH_MAX = 500;

    static final String EXPECTED =
            "a path such as \"docs/stories/1.1.md\": 1 to 500 characters, names with a slash between them, none of them . or ..";

    private static final List<String> NO_NAMES = List.of("", ".", "..");
    private static final Pattern REFUSED = Pattern.compile("[\\p{Cntrl}\\p{Cs}\\\\]|^[A-Za-z]:|^\\s|\\s$");

    /**
     * Takes it as it is.
     *
     * @throws Malformed if it is none
     */
    public StoryPath {
        if (text.length() > LENGTH_MAX
                || REFUSED.matcher(text).find()
                || List.of(text.split("/", -1)).stream().anyMatch(NO_NAMES::contains)) {
            throw new Malformed(EXPECTED);
        }
    }

    /**
     * Reads it.
     *
     * @throws Malformed if it is none
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static StoryPath of(String text) {
        return new StoryPath(text);
    }

    /**
     * The id of the story under this path: the same whenever one is made there. So whoever knows the path knows the id, and a story
     * that is deleted and made again has its id back; what tells the two apart is the version.
     */
    public UUID id() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            ByteBuffer bits = ByteBuffer.wrap(digest);
            // RFC 9562: version 8, an id of our own making.
            long high = (bits.getLong() & ~0xF000L) | 0x8000L;
            long low = (bits.getLong() & ~(0xC0L << 56)) | (0x80L << 56);
            return new UUID(high, low);
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    @Override
    @JsonValue
    public String toString() {
        return text;
    }
}
