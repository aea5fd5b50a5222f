package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.Unit;
import io.rowlock.Work;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.OnceOutcome;
import io.rowlock.internal.serial.SerialKeys;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code once}, from looking for a stored answer to having one.
 *
 * <p>The look comes first, outside of everything: a repeat is one plain read, on SQLite too. Then the call takes its key's
 * turn in this JVM, and only then a connection and a unit.
 */
final class OnceCall<R extends @Nullable Object> {
    private final Shared shared;
    private final Unit options;
    private final Codec<R> codec;
    private final Mark mark;
    private final UnitRun run;

    OnceCall(Shared shared, Unit options, Key key, Fingerprint fingerprint, Codec<R> codec, Duration keep) {
        this.shared = shared;
        this.options = options;
        this.codec = codec;
        this.mark = new Mark(key, fingerprint, keep, shared.newId());
        this.run = new UnitRun(shared, options, new Marks(List.of(mark)));
    }

    <X extends Exception> Once<R> run(SerialKeys turns, Work<R, X> work, Consumer<@Nullable Attempt> current) throws X {
        look();
        Mark.Stored stored = mark.found();
        Once<R> outcome = stored != null ? answered(stored) : runInTurn(turns, work, current);
        tell(outcome);
        return outcome;
    }

    private void look() {
        Session session = run.newSession();
        try {
            Marks marks = Objects.requireNonNull(run.marks());
            boolean unused = marks.look(session, shared.flow());
        } finally {
            session.close();
        }
    }

    private <X extends Exception> Once<R> runInTurn(
            SerialKeys turns, Work<R, X> work, Consumer<@Nullable Attempt> current) throws X {
        SerialKeys.Taken turn = turns.take(mark.key(), Duration.ofNanos(Math.max(0, run.nanosLeft())));
        try {
            if (turn.wasShared()) {
                run.lookFirst();
            }
            run.beforeHooks(turn::free);
            return run.execute(
                    tx -> {
                        Mark.Stored stored = mark.found();
                        return stored != null ? answered(stored) : first(work.run(tx));
                    },
                    current);
        } finally {
            turn.free();
        }
    }

    private Once<R> first(R answer) {
        byte[] bytes = Objects.requireNonNull(codec.encode(answer), "The codec made null of an answer");
        mark.answer(bytes, shared.settings.onceAnswerBytesMax());
        return new Once.First<>(answer);
    }

    private Once<R> answered(Mark.Stored stored) {
        if (mark.isMismatch(stored)) {
            return new Once.Mismatch<>(mark.key(), stored.answeredAt());
        }
        try {
            return new Once.Repeat<>(codec.decode(Objects.requireNonNull(stored.answer())), stored.answeredAt());
        } catch (RuntimeException unreadable) {
            throw new IllegalStateException(
                    "The stored answer cannot be decoded (key=" + mark.key() + ", answeredAt=" + stored.answeredAt()
                            + "): was it stored through another codec?",
                    unreadable);
        }
    }

    private void tell(Once<R> outcome) {
        OnceOutcome how = outcome.fold(
                first -> OnceOutcome.FIRST, repeat -> OnceOutcome.REPEAT, mismatch -> OnceOutcome.MISMATCH);
        String kind = mark.key().kind();
        if (how == OnceOutcome.FIRST && mark.replaces()) {
            shared.tell(() -> new RowlockEvent.OnceExpired(options.name(), kind));
        }
        shared.tell(() ->
                new RowlockEvent.OnceAnswered(options.name(), kind, mark.key().toString(), how, run.took()));
    }
}
