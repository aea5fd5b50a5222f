package io.rowlock.lab;

import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Director;
import io.rowlock.lab.internal.run.Taken;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Takes the steps of a schedule; whatever the code does beyond it comes as it comes. One run. */
final class Follower implements Director {
    private final Schedule schedule;
    private final List<Character> letters;
    private int next;
    private @Nullable String mismatch;

    /** @param letters of the actors that take part, in order */
    Follower(Schedule schedule, List<Character> letters) {
        this.schedule = schedule;
        this.letters = letters;
    }

    @Override
    public @Nullable Choice next(List<Ready> ready, List<Taken> taken) {
        if (next >= schedule.moves().size()) {
            return new Choice(ready.get(0).actor(), false);
        }
        Move move = schedule.moves().get(next);
        Optional<Ready> who = ready.stream()
                .filter(each -> letters.get(each.actor()) == move.actor())
                .filter(each -> move.isCrash() || each.label().equals(move.what()))
                .findFirst();
        if (who.isEmpty()) {
            mismatch = ready.stream()
                    .map(each -> letters.get(each.actor()) + each.label())
                    .toList()
                    .toString();
            return null;
        }
        next++;
        return new Choice(who.get().actor(), move.isCrash());
    }

    /** Whether the code took all these steps. */
    boolean fits() {
        return mismatch == null && next == schedule.moves().size();
    }

    void requireFit() {
        if (!fits()) {
            throw new ScheduleMismatch(schedule, next, mismatch == null ? "the end" : mismatch);
        }
    }
}
