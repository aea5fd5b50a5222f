package io.rowlock.lab;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One decision of a schedule: which actor goes on, and with what.
 *
 * @param actor the actor's letter, {@code A} to {@code Z}
 * @param what what it does next: a number for its first, second, ... statement, {@code c} for a commit, {@code r} for a
 *     rollback, {@code !} for its crash instead of what came next, <code>{name}</code> for a step of another kind
 */
public record Move(char actor, String what) {
    /** What a crash is called. */
    public static final String CRASH = "!";

    /** What a commit is called. */
    public static final String COMMIT = "c";

    /** What a rollback is called. */
    public static final String ROLLBACK = "r";

    private static final Pattern FORM = Pattern.compile("([A-Z])(\\d{1,6}|[cr!]|\\{[\\w.:+-]{1,60}})");

    public Move {
        if (!FORM.matcher(actor + what).matches()) {
            throw new IllegalArgumentException("No move of a schedule (move=" + actor + what
                    + "): a letter, then a number, c, r, ! or a {name}, such as A1 or Bc");
        }
    }

    static Move parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("No move of a schedule (move=" + text
                    + "): a letter, then a number, c, r, ! or a {name}, such as A1 or Bc");
        }
        return new Move(parts.group(1).charAt(0), parts.group(2));
    }

    /** Whether the actor ends here as if its process had died. */
    public boolean isCrash() {
        return what.equals(CRASH);
    }

    @Override
    public String toString() {
        return actor + what;
    }
}
