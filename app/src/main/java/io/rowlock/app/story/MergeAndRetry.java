package io.rowlock.app.story;

import static io.rowlock.app.story.model.StoryTables.HISTORY;

import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.StoryTables.HistoryKey;
import io.rowlock.app.story.model.StoryTables.HistoryRow;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A change that was made from a version which has passed is brought together with what has become of the story since, and made
 * from that: fetched again, merged, tried again, within the bounds of a {@link RetryPolicy}.
 *
 * <p><b>Merged</b> means: of three. What the story was when the change was made comes from its history; what somebody else has
 * changed since stays, what this change wants is added. Where both want something else of the same field there is nothing to merge,
 * and the conflict is answered; the higher number of iterations stands, and a status that is there already is no step. A
 * story that was deleted and made again has nothing in common with the one that was seen: that is a conflict too.
 *
 * <p><b>What a rule refuses is not tried again</b>: a story that is done does not go back into review because somebody was late.
 *
 * <p>This is what {@code rowlock.save(table, next, expected, merge)} does for a row by itself. Here each try is a unit, because
 * the row and the line of its history are one commit.
 *
 * <p>Safe for use by many threads. Inside a unit it does not pause: there is one moment in it, and in that the second try succeeds.
 */
public final class MergeAndRetry {
    private final Rowlock rowlock;
    private final Stories stories;
    private final RetryPolicy policy;
    private final Timing timing;
    private final StoryEvents events;

    /** @param timing how it pauses, and the chance in that */
    public MergeAndRetry(Rowlock rowlock, Stories stories, RetryPolicy policy, Timing timing, StoryEvents events) {
        this.rowlock = rowlock;
        this.stories = stories;
        this.policy = policy;
        this.timing = timing;
        this.events = events;
    }

    /**
     * Changes a story.
     *
     * @param expected the version that the change was made from
     * @return as {@link Stories#change}; a conflict if both have changed the same, if the story is another one, or if the bounds
     *     were reached
     */
    public Outcome<View<StoryRow>> change(UUID id, Change mine, Version expected) {
        Outcome<View<StoryRow>> outcome = stories.change(id, mine, expected);
        Version seen = expected;
        Change merged = mine;
        int tries = 1;
        while (outcome instanceof Outcome.Conflict<View<StoryRow>> conflict) {
            Optional<Change> both = merge(base(id, expected), conflict.current(), expected, mine);
            if (both.isEmpty() || tries == policy.iterations() * policy.cycles() || (tries > 1 && !pauseAfter(tries))) {
                events.merged(mine.role(), false);
                return new Outcome.Conflict<>(conflict.current(), expected, conflict.actual());
            }
            merged = both.get();
            seen = conflict.actual();
            tries++;
            outcome = stories.change(id, merged, seen);
        }
        if (tries > 1) {
            events.merged(mine.role(), outcome instanceof Outcome.Done);
        }
        return outcome;
    }

    private @Nullable HistoryRow base(UUID id, Version expected) {
        return rowlock.read(tx -> tx.peek(HISTORY, HistoryKey.of(id, expected)))
                .map(View::value)
                .orElse(null);
    }

    /**
     * What of a change is still to be done.
     *
     * @param base what the story was when the change was made, or null if nobody knows
     * @return empty if there is nothing to bring together
     */
    static Optional<Change> merge(@Nullable HistoryRow base, View<StoryRow> current, Version expected, Change mine) {
        StoryRow now = current.value();
        if (base == null
                || expected.incarnation() != current.version().incarnation()
                || collides(base.phase(), now.phase(), mine.phase())
                || collides(base.qaResult(), now.qaResult(), mine.qaResult())
                || collides(orEmpty(base.errorMessage()), orEmpty(now.errorMessage()), mine.error())) {
            return Optional.empty();
        }
        Change merged = mine;
        if (mine.status() == now.status()) {
            merged = merged.withStatus(null);
        }
        Integer iteration = mine.iteration();
        if (iteration != null) {
            merged = merged.withIteration(Math.max(iteration, now.iteration()));
        }
        return Optional.of(merged);
    }

    /** Of errors the empty text is the wish that there be none. */
    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Somebody else has changed it, and this change wants something else. */
    private static boolean collides(@Nullable String base, @Nullable String now, @Nullable String wanted) {
        return wanted != null && !Objects.equals(base, now) && !Objects.equals(now, wanted);
    }

    /** A random pause, longer and longer; false if the thread was interrupted, and there is no further try. */
    private boolean pauseAfter(int tries) {
        int cycle = (tries - 1) % policy.cycles() + 1;
        Duration longest = cycle == policy.cycles()
                ? policy.pauseAfterIteration(tries / policy.cycles())
                : policy.pauseAfter(cycle);
        try {
            timing.sleeper().sleep(timing.random().nextLong(longest.toNanos() + 1));
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
