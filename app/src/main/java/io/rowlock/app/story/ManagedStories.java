package io.rowlock.app.story;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.SerialWork;
import io.rowlock.Tx;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.LeaseSet;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
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
 * <p>{@link #together} keeps several stories to one process among all, by leases. What is done then is fenced: should the process stand
 * still for longer than its leases run, or should somebody take one away, its unit is refused and stores nothing. Processes that
 * take stories one inside another against the order, and wait in a circle, have one of them told ({@code io.rowlock.LeaseDeadlock}).
 *
 * <p><b>Holds when</b> all that must not run at once takes the stories here, outside of units. <b>Breaks when</b> somebody changes a
 * story without: what keeps the stories right then is their versions, as it does in any case.
 *
 * <p>Safe for use by many threads.
 */
public final class ManagedStories {
    /** Short, so that after a crash the stories are free again before whoever waits for them has given up; renewed while held. */
    private static final LeaseOptions LEASE = LeaseOptions.defaults().withLength(Duration.ofSeconds(5));

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

    /**
     * Works on several stories, all of which are held meanwhile, by this process among all that use the database.
     *
     * @param work given what its unit begins with: it is committed only while this process still holds them
     * @throws io.rowlock.LockTimeout if one of them was not had in time
     * @throws io.rowlock.LeaseDeadlock if this was chosen to end a circle of waits among processes
     * @throws io.rowlock.LeaseLost if one of them was taken away or expired before the commit: nothing is stored
     */
    public <R extends @Nullable Object, X extends Exception> R together(Collection<UUID> stories, Together<R, X> work)
            throws X {
        List<Key> keys = stories.stream().distinct().map(ManagedStories::key).toList();
        return inOrder(stories, () -> {
            try (LeaseSet held = rowlock.leases().acquireAll(keys, LEASE, wait)) {
                return work.run(tx -> held.all().forEach(tx::fence));
            }
        });
    }

    /** What is done with stories that are held. */
    @FunctionalInterface
    public interface Together<R extends @Nullable Object, X extends Exception> {
        /**
         * Does it.
         *
         * @param fence to be run first in the unit that changes the stories
         */
        R run(Consumer<Tx> fence) throws X;
    }

    /** Works on several stories, all of which are held meanwhile in this process. */
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
