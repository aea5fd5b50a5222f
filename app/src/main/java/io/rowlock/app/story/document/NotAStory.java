package io.rowlock.app.story.document;

/** A document is not what it has to be; why, in a few words. */
public final class NotAStory extends Exception {
    private static final long serialVersionUID = 1;

    NotAStory(String why) {
        super(why);
    }

    /** Why. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
