package io.rowlock.app.serve;

import java.util.List;

/** What the service proposes to somebody who has just started it. A system may have a bean of this type. */
@FunctionalInterface
public interface Greeting {

    /**
     * Command lines that work as they are when pasted into a shell.
     *
     * @param url where the service is, without a slash at the end
     */
    List<String> commands(String url);
}
