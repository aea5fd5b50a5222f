package io.rowlock.internal.unit;

import io.rowlock.CommitOutcomeUnknown;
import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LockTimeout;
import io.rowlock.RetriesExhausted;
import io.rowlock.Unit;
import io.rowlock.Work;
import io.rowlock.companion.TouchedRow;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.internal.table.TableDef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A unit of work from its first attempt to its end.
 *
 * <p>The first attempt is optimistic. Every later one takes what the earlier ones touched, in canonical order, before the
 * body runs: that bounds the number of attempts for everybody, since nothing of it can change any more. A unit that has only
 * read takes no locks then either; it reads one snapshot instead.
 */
final class UnitRun {
    private final Shared shared;
    private final Unit options;
    private final long began;
    private final long deadline;
    private final Instant now;
    private final @Nullable Marks marks;
    private @Nullable UUID seed;

    private int attempts;

    /** Attempts that ended because another call had stored its answer; they are not counted against the limit. */
    private int overtaken;

    private boolean lookFirst;
    private Runnable beforeHooks = () -> {};
    private boolean admitted;
    private boolean wantsToWrite;

    /** Whether guards were asked for that have to be made before the transaction begins. */
    private boolean newGuards;

    /** A row that the body would not wait for is not waited for beforehand either. */
    private boolean limitedLocks;

    private final Map<RowId, Map<TableDef<?, ?>, Boolean>> touched = new TreeMap<>();
    private final SortedSet<Key> guards = new TreeSet<>();
    private final Map<Key, Fenced> keptLeases = new TreeMap<>();
    private final List<Throwable> earlier = new ArrayList<>();
    private final Escorts escorts;

    /** Whether it may be stored although it failed. */
    private boolean unknown;

    UnitRun(Shared shared, Unit options) {
        this(shared, options, null);
    }

    /** With once-keys, whose answers its commit stores. */
    UnitRun(Shared shared, Unit options, @Nullable Marks marks) {
        this.shared = shared;
        this.options = options;
        this.marks = marks;
        this.began = shared.nanoTime();
        this.deadline = began + options.deadline().toNanos();
        this.now = shared.now();
        this.escorts = new Escorts(shared, this);
    }

    Shared shared() {
        return shared;
    }

    Unit options() {
        return options;
    }

    int attempts() {
        return attempts;
    }

    @Nullable
    Marks marks() {
        return marks;
    }

    Escorts escorts() {
        return escorts;
    }

    long nanosLeft() {
        return deadline - shared.nanoTime();
    }

    Duration took() {
        return Duration.ofNanos(shared.nanoTime() - began);
    }

    /** What was known of the once-keys is old: the first attempt looks too. */
    void lookFirst() {
        lookFirst = true;
    }

    /** Run when the unit is committed, before its hooks. */
    void beforeHooks(Runnable action) {
        beforeHooks = action;
    }

    /** A session of its own under the unit's deadline, for what is not part of an attempt. */
    Session newSession() {
        return new Session(shared, options, deadline);
    }

    Instant now() {
        return now;
    }

    /** The same for the same name in every attempt: a hash of the unit's own random seed and the name. */
    UUID newId(String name) {
        if (seed == null) {
            seed = shared.newId();
        }
        return UUID.nameUUIDFromBytes((seed + "/" + name).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Runs to the end.
     *
     * @param current told which attempt runs, and null when none does
     */
    <R extends @Nullable Object, X extends Exception> R execute(Work<R, X> work, Consumer<@Nullable Attempt> current)
            throws X {
        try {
            while (true) {
                RestartUnit again;
                Attempt attempt = null;
                boolean queued = false;
                boolean runsAgain = false;
                try {
                    queued = queue();
                    attempts++;
                    escorts.attemptBegins();
                    attempt = new Attempt(this, newSession());
                    current.accept(attempt);
                    R result = runOnce(attempt, work);
                    // Should anything below fail, it is stored all the same.
                    unknown = true;
                    succeeded(attempt, current, queued);
                    queued = false;
                    return result;
                } catch (RestartUnit signal) {
                    again = signal;
                    runsAgain = true;
                } finally {
                    try {
                        current.accept(null);
                        if (attempt != null) {
                            attempt.end(runsAgain);
                        }
                    } finally {
                        if (queued) {
                            leaveQueue();
                        }
                    }
                }
                prepareNext(attempt, again);
            }
        } finally {
            leaveLeases();
            if (admitted) {
                shared.contention.leave();
            }
            escorts.ended(unknown);
        }
    }

    /** Of a unit that was not run again after all. */
    private void leaveLeases() {
        List<Fenced> all = List.copyOf(keptLeases.values());
        keptLeases.clear();
        all.forEach(lease -> lease.leave(false, false));
    }

    /** The leases that an earlier attempt was fenced by: they are not given back before the unit has ended. */
    Map<Key, Fenced> keptLeases() {
        return keptLeases;
    }

    private <R extends @Nullable Object, X extends Exception> R runOnce(Attempt attempt, Work<R, X> work) throws X {
        R result;
        try {
            beforehand(attempt);
            result = work.run(attempt);
        } catch (Throwable thrown) {
            throw verdict(attempt, thrown);
        }
        try {
            if (attempt.restartWanted() != null) {
                throw attempt.restartWanted();
            }
            attempt.commit();
        } catch (RestartUnit signal) {
            throw signal;
        } catch (Throwable thrown) {
            if (!storedAllTheSame(attempt)) {
                throw failedToCommit(attempt, thrown);
            }
        }
        return result;
    }

    private void beforehand(Attempt attempt) {
        if (marks != null) {
            marks.forgetAnswers();
            if (attempts > 1 || lookFirst) {
                marks.look(attempt.session(), shared.flow());
            }
            if (marks.areAllFound()) {
                return;
            }
        }
        if (attempts == 1) {
            return;
        }
        if (newGuards) {
            attempt.makeGuards(guards);
            newGuards = false;
        }
        if (marks != null && shared.engine() != Engine.SQLITE) {
            // Whoever else has the keys is waited for before anything is locked.
            attempt.takeMarks();
        }
        if (!wantsToWrite && guards.isEmpty() && marks == null) {
            if (shared.engine() != Engine.SQLITE && !touched.isEmpty()) {
                attempt.readOneMoment();
            }
        } else if (shared.engine() != Engine.SQLITE && !limitedLocks) {
            List<Flow.Wanted> wanted = wanted();
            announce(wanted);
            attempt.takeBeforehand(guards, wanted);
        }
    }

    private void announce(List<Flow.Wanted> wanted) {
        if (!escorts.isNone()) {
            escorts.before(wanted.stream()
                    .filter(Flow.Wanted::exclusive)
                    .map(one -> new TouchedRow(one.table(), one.row().key()))
                    .toList());
        }
    }

    private List<Flow.Wanted> wanted() {
        List<Flow.Wanted> wanted = new ArrayList<>();
        touched.forEach((row, tables) -> {
            boolean exclusive = tables.containsValue(true);
            tables.keySet().forEach(table -> wanted.add(new Flow.Wanted(row, table, exclusive)));
        });
        return wanted;
    }

    /** The body threw: is that its last word? Only if what it read was true, and nothing else ended the attempt. */
    private RuntimeException verdict(Attempt attempt, Throwable thrown) {
        RuntimeException refused = attempt.refused();
        if (refused != null) {
            ended(refused);
            throw refused;
        }
        RestartUnit restart = attempt.restartWanted();
        if (restart != null) {
            throw restart;
        }
        if (thrown instanceof RestartUnit || thrown instanceof VirtualMachineError) {
            throw (Error) thrown;
        }
        RestartUnit again = attempt.session().restartFor(thrown);
        if (again != null) {
            throw again;
        }
        if (attempt.session().failure() == null) {
            validated(attempt, thrown, marks);
        }
        ended(thrown);
        throw asItIs(thrown);
    }

    /**
     * With once-keys that were not taken yet, the reads may have been valid and yet have seen what the first call did: then
     * its answer counts, and not what was thrown about it.
     */
    private static void validated(Attempt attempt, Throwable thrown, @Nullable Marks marks) {
        try {
            attempt.rollbackAndValidate();
            if (marks != null && !attempt.isMarked() && marks.look(attempt.session(), attempt.flow())) {
                throw new RestartUnit(Cause.ANSWERED, null, null);
            }
        } catch (DatabaseFailure cannotAsk) {
            thrown.addSuppressed(cannotAsk);
        }
    }

    /** Throws anything as it is: the body may throw no checked exception but X, which its caller has declared. */
    private static RuntimeException asItIs(Throwable thrown) {
        UnitRun.<RuntimeException>throwUnchecked(thrown);
        throw new AssertionError("unreachable");
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> void throwUnchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }

    /**
     * Whether a commit whose outcome was unknown has been found to be stored, by its once-keys.
     *
     * @throws RestartUnit if it has been found not to be, now and for ever
     */
    private boolean storedAllTheSame(Attempt attempt) {
        SqlFailure failure = attempt.session().failure();
        if (marks == null
                || !marks.haveAnswers()
                || failure == null
                || failure.kind() != SqlFailure.Kind.COMMIT_UNKNOWN) {
            return false;
        }
        // The broken connection first: the pool may have no other.
        attempt.session().giveBack();
        Boolean stored = settle(marks);
        if (stored == null) {
            return false;
        }
        shared.tell(() -> new RowlockEvent.OnceResolved(options.name(), marks.keyKind(), stored));
        if (!stored) {
            throw new RestartUnit(Cause.COMMIT_LOST, null, failure.error());
        }
        return true;
    }

    /** Asks until the deadline, the budget or a failure of another kind ends it; null if nobody can tell. */
    private @Nullable Boolean settle(Marks marks) {
        for (int asked = 1; nanosLeft() > 0 && shared.budget.take(shared.nanoTime()); asked++) {
            Session session = newSession();
            try {
                return marks.settle(session, shared.flow(), shared);
            } catch (RestartUnit again) {
                earlier.add(again);
            } catch (DatabaseFailure refused) {
                earlier.add(refused);
                if (refused.kind() != SqlFailure.Kind.CONNECTION_LOST
                        && refused.kind() != SqlFailure.Kind.NO_CONNECTION) {
                    return null;
                }
            } finally {
                session.close();
            }
            try {
                sleep(asked);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private RuntimeException failedToCommit(Attempt attempt, Throwable thrown) {
        if (thrown instanceof CallersVersionStale stale) {
            return stale;
        }
        SqlFailure failure = attempt.session().failure();
        // An error of the machine's says nothing of what the database did.
        unknown = thrown instanceof VirtualMachineError;
        if (failure != null && failure.kind() == SqlFailure.Kind.COMMIT_UNKNOWN) {
            unknown = true;
            shared.tell(() -> new RowlockEvent.CommitUnknown(options.name()));
            CommitOutcomeUnknown unknown = new CommitOutcomeUnknown(facts(), failure.error());
            earlier.forEach(unknown::addSuppressed);
            failed(unknown);
            return unknown;
        }
        failed(thrown);
        throw asItIs(thrown);
    }

    // ---- between attempts

    private void prepareNext(@Nullable Attempt attempt, RestartUnit again) {
        long at = shared.nanoTime();
        if (attempt != null) {
            learn(attempt, again, at);
        }
        earlier.add(again);
        shared.tell(() -> new RowlockEvent.Retried(options.name(), attempts, again.reason()));
        if (again.reason() == Cause.ANSWERED) {
            overtaken++;
        } else if (attempts - overtaken >= options.attemptsMax()) {
            throw exhausted("attempts", again);
        }
        if (deadline - at <= 0) {
            throw exhausted("deadline", again);
        }
        if (!shared.budget.take(at)) {
            throw exhausted("budget", again);
        }
        backOff(again);
    }

    private void learn(Attempt attempt, RestartUnit again, long at) {
        attempt.staging().addTouched(touched);
        guards.addAll(attempt.guards());
        wantsToWrite |= attempt.staging().meantToWrite();
        limitedLocks |= attempt.limitedLocks();
        newGuards |= again.reason() == Cause.NEW_GUARD;
        Entry<?, ?> stale = again.stale();
        if (stale != null) {
            shared.contention.changed(stale.id, at);
            shared.tell(() -> new RowlockEvent.ChangedRead(options.name(), stale.table.name(), stale.id.toString()));
        }
        if (again.reason() == Cause.ANSWERED && marks != null) {
            shared.tell(() -> new RowlockEvent.OnceOvertaken(options.name(), marks.keyKind()));
        }
        if (admitted && attempts == 1) {
            shared.contention.learned(true);
        }
    }

    /** Full jitter. After a changed read there is nothing to wait for: the next attempt queues for its rows. */
    private void backOff(RestartUnit again) {
        boolean atOnce = switch (again.reason()) {
            case CHANGED_READ, STARVED_WRITE, ANSWERED, NEW_GUARD -> true;
            default -> false;
        };
        if (atOnce) {
            return;
        }
        try {
            sleep(attempts);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private void sleep(int round) throws InterruptedException {
        long cap = options.backoffMax().toNanos();
        long first = Math.max(1, options.backoffFirst().toNanos());
        long bound = Math.min(cap, first << Math.min(20, round - 1));
        long nanos = bound <= 0 ? 0 : shared.timing.random().nextLong(bound + 1);
        shared.timing.sleeper().sleep(Math.min(nanos, Math.max(0, nanosLeft())));
    }

    private Interrupted interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        Interrupted stop = new Interrupted(facts(), cause);
        failed(stop);
        return stop;
    }

    private RuntimeException exhausted(String limit, RestartUnit last) {
        Map<String, Object> facts = facts();
        facts.put("limit", limit);
        facts.put("reason", last.reason());
        Entry<?, ?> stale = last.stale();
        if (stale != null) {
            facts.put("row", stale.id);
        }
        Throwable cause = last.getCause() == null ? last : last.getCause();
        RuntimeException end = last.reason() == Cause.LOCK_TIMEOUT
                ? new LockTimeout(facts, cause)
                : new RetriesExhausted(facts, cause);
        for (Throwable failure : earlier) {
            if (failure != last) {
                end.addSuppressed(failure);
            }
        }
        failed(end);
        return end;
    }

    private Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("unit", options.name());
        facts.put("attempts", attempts);
        facts.put("took", took());
        return facts;
    }

    // ---- queues in front of the body

    /** SQLite's writers of this JVM stand in one queue; true if this unit is at its head now. */
    private boolean queue() {
        SqliteQueue queue = shared.flow().queue();
        if (queue == null || queue.isMine()) {
            return false;
        }
        try {
            if (queue.enter(Math.max(0, deadline - shared.nanoTime()))) {
                return true;
            }
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
        throw exhausted("deadline", new RestartUnit(Cause.BUSY, null, null));
    }

    private void leaveQueue() {
        SqliteQueue queue = shared.flow().queue();
        if (queue != null && queue.isMine()) {
            queue.leave();
        }
    }

    /**
     * Waits to be let in if the row is one that units run into each other on; never while holding anything others wait for:
     * no lock, and no connection either, because those inside may need that very one of a small pool.
     */
    void enterIfContended(RowId row, boolean holdsLocks, Session session) {
        if (admitted || holdsLocks || attempts > 1) {
            return;
        }
        long before = shared.nanoTime();
        if (!shared.contention.isContended(row, before)) {
            return;
        }
        try {
            if (!shared.contention.enter(Math.max(0, deadline - before), session::giveBack)) {
                throw exhausted("deadline", new RestartUnit(Cause.CHANGED_READ, null, null));
            }
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
        admitted = true;
        shared.tell(() -> new RowlockEvent.Admitted(
                options.name(), Duration.ofNanos(shared.nanoTime() - before), shared.contention.allowed()));
    }

    // ---- the end

    private void succeeded(Attempt attempt, Consumer<@Nullable Attempt> current, boolean queued) {
        if (admitted && attempts == 1) {
            shared.contention.learned(false);
        }
        shared.budget.giveBack();
        // Hooks run after the unit: on no connection of it, in no queue, and free to begin units of their own.
        current.accept(null);
        attempt.end(false);
        if (queued) {
            leaveQueue();
        }
        shared.tell(() -> new RowlockEvent.Committed(options.name(), attempts, took()));
        escorts.committed();
        beforeHooks.run();
        for (Runnable hook : attempt.hooks()) {
            try {
                hook.run();
            } catch (RuntimeException failed) {
                shared.warn(
                        "hook/" + options.name(),
                        "An action after commit threw (unit=" + options.name() + ", error=" + failed + ")",
                        () -> new RowlockEvent.AfterCommitFailed(
                                options.name(), failed.getClass().getSimpleName()));
            }
        }
    }

    private void ended(Throwable thrown) {
        earlier.forEach(failure -> {
            if (failure != thrown) {
                thrown.addSuppressed(failure);
            }
        });
        shared.tell(() -> new RowlockEvent.RolledBack(options.name(), attempts, took()));
    }

    private void failed(Throwable thrown) {
        shared.tell(() -> new RowlockEvent.Failed(
                options.name(), attempts, took(), thrown.getClass().getSimpleName()));
    }
}
