package io.rowlock.app.story;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.SerialWork;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Stories in somebody's hands: one at a time works on a story, in the order of coming.
 *
 * <p><b>Promise.</b> {@link #inOrder} keeps one story to one thread of this process at a time, and frees it when the work has
 * ended and not before; nobody else can free it. Whoever holds a story may take it again inside. Several stories are taken in one
 * order, whatever order they are asked for in, so that nobody waits in a circle. Whoever takes one inside the other, against that
 * order, and would wait in a circle with others is told at once, with all of them and where they wait ({@code
 * io.rowlock.SerialDeadlock}).
 *
 * <p><b>Holds when</b> all that must not run at once takes the stories here, outside of units. <b>Breaks when</b> there is a second
 * process: what keeps the stories right then is their versions.
 *
 * <p>Safe for use by many threads.
 */
public final class ManagedStories {
    private final Rowlock rowlock;
    private final Duration wait;

    /** @param wait how long to wait for a story at the most */
    public ManagedStories(Rowlock rowlock, Duration wait) {
        this.rowlock = rowlock;
        this.wait = wait;
    }

    /** What a story is kept under. */
    public static Key key(UUID story) {
        return Key.of("story", story);
    }

    /**
     * Works on a story.
     *
     * @throws io.rowlock.LockTimeout if somebody else works on it for longer than the wait
     * @throws io.rowlock.SerialDeadlock if waiting would close a circle
     * @throws io.rowlock.Interrupted if the thread was interrupted while it waited
     */
    public <R extends @Nullable Object, X extends Exception> R inOrder(UUID story, SerialWork<R, X> work) throws X {
        return rowlock.serial(key(story), wait, work);
    }

    /** Works on several stories, all of which are held meanwhile. */
    public <R extends @Nullable Object, X extends Exception> R inOrder(Collection<UUID> stories, SerialWork<R, X> work)
            throws X {
        return take(stories.stream().distinct().sorted().toList(), work);
    }

    private <R extends @Nullable Object, X extends Exception> R take(List<UUID> ordered, SerialWork<R, X> work)
            throws X {
        if (ordered.isEmpty()) {
            return work.run();
        }
        return inOrder(ordered.get(0), () -> take(ordered.subList(1, ordered.size()), work));
    }
}
