package io.rowlock.app.sync.remote;

/**
 * Why an instance could not be read. Its message is this program's own text: what a driver says may name users, hosts and paths,
 * and is not repeated.
 */
public final class RemoteFailure extends Exception {
    private static final long serialVersionUID = 1;

    /** What was in the way. The names are stored and shown. */
    public enum Kind {
        /** Nobody answers there, or the file is not there. */
        UNREACHABLE("The instance cannot be reached"),
        /** It did not answer in the time that it has. */
        TIMED_OUT("The instance did not answer in time"),
        /** User or password were refused, or the user may not read what is to be read. */
        ACCESS_DENIED("The instance refused the user, the password, or what was asked"),
        /** There is no password under this name, or others may read the file it is in. */
        NO_CREDENTIAL("The password of the instance is not to be had"),
        /** The URL is none that may be read. */
        NOT_ALLOWED("The address of the instance is not allowed"),
        /** It answered with something that cannot be used. */
        UNREADABLE("The instance answered and could not be read"),
        /** There is more in it than is taken. */
        TOO_MANY("The instance has more accounts than are taken"),
        /** Whoever asked wants it no more. */
        STOPPED("The reading was stopped");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** One sentence without facts. */
        public String text() {
            return text;
        }
    }

    private final Kind kind;

    /** @param facts as {@code name=value, name=value}; empty if there is nothing to say */
    public RemoteFailure(Kind kind, String facts) {
        // The cause is left out on purpose: its text is a driver's.
        super(kind.text() + (facts.isEmpty() ? "" : " (" + facts + ")"));
        this.kind = kind;
    }

    /** What was in the way. */
    public Kind kind() {
        return kind;
    }
}
