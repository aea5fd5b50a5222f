package io.rowlock.lab;

import io.rowlock.lab.History.Stale;
import io.rowlock.lab.History.Touch;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Access.Mode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What cannot be in a run, if its actors are to have come one after another: a read that did not see a change, and work of the
 * reader that comes after that change all the same. And what else went wrong, if it is none of that.
 */
final class Contradictions {
    /** The first that a run has is what it is called. What a guard hides comes in front of what there is without one. */
    private static final List<Anomaly> ORDER = List.of(
            Anomaly.EMPTY_LOCK,
            Anomaly.STALE_SNAPSHOT,
            Anomaly.WRONG_ROW_LOCK,
            Anomaly.DUPLICATE_INSERT,
            Anomaly.LOST_UPDATE,
            Anomaly.PHANTOM_GUARD,
            Anomaly.SCOPE_SPLIT,
            Anomaly.WRITE_SKEW,
            Anomaly.READ_SKEW);

    private final Run run;
    private final History history;
    private final List<Contradiction> all;

    /**
     * One of them.
     *
     * @param stale the read, and the change that it did not see
     * @param decided what the reader wrote afterwards; of a read skew what it read afterwards
     * @param lock the lock that did not help, if there is one
     */
    record Contradiction(
            Anomaly anomaly,
            Stale stale,
            Touch decided,
            @Nullable Touch lock) {}

    private Contradictions(Run run) {
        this.run = run;
        this.history = new History(run);
        this.all = run.violation().isEmpty() ? List.of() : find();
    }

    static Contradictions in(Run run) {
        return new Contradictions(run);
    }

    History history() {
        return history;
    }

    /** The first to be told; others of the same kind are the same from another actor's side. */
    List<Contradiction> all() {
        return all;
    }

    // ---- what it is called

    Anomaly anomaly() {
        if (run.violation()
                .filter(wrong -> wrong.startsWith(Judge.NOT_GIVEN_BACK))
                .isPresent()) {
            return Anomaly.OPEN_ON_RETURN;
        }
        if (!all.isEmpty()) {
            return all.get(0).anomaly();
        }
        if (partial().isPresent()) {
            return Anomaly.PARTIAL_COMMIT;
        }
        if (deadlock().isPresent()) {
            return Anomaly.DEADLOCK;
        }
        return ignored().isPresent() ? Anomaly.IGNORED_OUTCOME : Anomaly.NOT_SERIALIZABLE;
    }

    /** The last commit of an actor that did not come to its end. */
    Optional<Integer> partial() {
        return history.transactions().stream()
                .filter(each -> each.committed() && isCutShort(each.actor()))
                .filter(each -> each.steps().stream().anyMatch(this::changed))
                .flatMap(each -> each.end().stream())
                .max(Comparator.naturalOrder());
    }

    private boolean isCutShort(char actor) {
        ActorResult result = run.outcome().results().get(actor);
        return result instanceof ActorResult.Threw
                || (result instanceof ActorResult.Crashed
                        && run.steps().stream()
                                .anyMatch(step -> step.move().actor() == actor
                                        && step.move().isCrash()
                                        && !step.sql().equals("end")));
    }

    private boolean changed(int step) {
        Step taken = history.step(step);
        return taken.updated().filter(rows -> rows != 0).isPresent()
                || (taken.updated().isEmpty()
                        && taken.accesses().stream()
                                .anyMatch(access -> access.mode().isWrite()));
    }

    /** The step that a deadlock ended, of an actor that did not do its work again. */
    Optional<Integer> deadlock() {
        return numbers()
                .filter(i ->
                        run.outcome().results().get(history.step(i).move().actor()) instanceof ActorResult.Threw threw
                                && threw.contention())
                .filter(i -> history.step(i)
                        .failure()
                        .filter(failure -> failure.startsWith("DEADLOCK ") || failure.startsWith("BUSY "))
                        .isPresent())
                .findFirst();
    }

    /** A step that did nothing, of an actor that returned and did nothing else about it. */
    Optional<Integer> ignored() {
        return numbers()
                .filter(i ->
                        run.outcome().results().get(history.step(i).move().actor()) instanceof ActorResult.Returned)
                .filter(i -> history.step(i).failure().isPresent()
                        || history.step(i).updated().filter(rows -> rows == 0).isPresent())
                .filter(i -> !isMadeGood(i))
                .findFirst();
    }

    private boolean isMadeGood(int failed) {
        Step step = history.step(failed);
        return numbers()
                .filter(i -> i > failed
                        && changed(i)
                        && history.step(i).move().actor() == step.move().actor())
                .anyMatch(i -> sameTable(step, history.step(i)));
    }

    private static boolean sameTable(Step one, Step other) {
        return one.accesses().isEmpty()
                || other.accesses().isEmpty()
                || one.accesses().stream()
                        .anyMatch(
                                mine -> other.accesses().stream().anyMatch(theirs -> History.isSameRow(mine, theirs)));
    }

    private java.util.stream.Stream<Integer> numbers() {
        return java.util.stream.IntStream.range(0, history.steps().size()).boxed();
    }

    // ---- contradictions

    private List<Contradiction> find() {
        List<Contradiction> found = new ArrayList<>();
        for (Stale stale : history.stale()) {
            if (!history.mustFollow(stale.write().actor(), stale.read().actor())) {
                continue;
            }
            for (Touch write : history.writes()) {
                if (write.actor() == stale.read().actor()
                        && write.step() > stale.read().step()) {
                    Contradiction named = decided(stale, write);
                    if (named != null) {
                        found.add(named);
                    }
                }
            }
            skewed(stale).ifPresent(found::add);
        }
        found.sort(Comparator.<Contradiction>comparingInt(each -> ORDER.indexOf(each.anomaly()))
                .thenComparing(each -> history.committed(each.stale().write())
                        > history.done(each.decided().step()))
                .thenComparing(each -> each.decided().step())
                .thenComparing(each -> each.stale().read().step())
                .thenComparing(each -> each.stale().write().step()));
        return found;
    }

    /** What it is that a write was decided on a stale read; null if the one has nothing to do with the other. */
    private @Nullable Contradiction decided(Stale stale, Touch write) {
        Touch read = stale.read();
        if (!read.transaction().equals(write.transaction())) {
            return readAgain(stale, write) ? null : new Contradiction(Anomaly.SCOPE_SPLIT, stale, write, null);
        }
        boolean inserts = makes(write.access())
                && write.access().table().equals(read.access().table());
        if (read.access().mode().locks()) {
            return inserts && history.foundNothing(read) && makes(stale.write().access())
                    ? new Contradiction(Anomaly.EMPTY_LOCK, stale, write, read)
                    : null;
        }
        Touch late = lockBeforeRead(stale);
        if (late != null) {
            return new Contradiction(Anomaly.STALE_SNAPSHOT, stale, write, late);
        }
        Touch other = otherLock(stale, write);
        if (other != null) {
            return new Contradiction(Anomaly.WRONG_ROW_LOCK, stale, write, other);
        }
        Anomaly plain = plain(stale, write, inserts);
        return plain == null ? null : new Contradiction(plain, stale, write, null);
    }

    private @Nullable Anomaly plain(Stale stale, Touch write, boolean inserts) {
        Access read = stale.read().access();
        Access change = stale.write().access();
        if (inserts && makes(change) && history.foundNothing(stale.read())) {
            return Anomaly.DUPLICATE_INSERT;
        }
        if (write.access().mode() != Mode.INSERT
                && change.mode() != Mode.INSERT
                && History.isSameRow(read, write.access())
                && History.isSameRow(change, write.access())
                && history.committed(stale.write()) < history.done(write.step())) {
            return Anomaly.LOST_UPDATE;
        }
        if (!read.keys().exact() && (makes(change) || change.mode() == Mode.DELETE)) {
            return Anomaly.PHANTOM_GUARD;
        }
        return isMutual(stale, write) ? Anomaly.WRITE_SKEW : null;
    }

    private static boolean makes(Access access) {
        return access.mode() == Mode.INSERT || access.mode() == Mode.UPSERT;
    }

    /** Whether a later transaction looked for itself: then it was not decided on the earlier read. */
    private boolean readAgain(Stale stale, Touch write) {
        return history.reads().stream()
                .anyMatch(read -> read.transaction().equals(write.transaction())
                        && read.step() < write.step()
                        && History.isSameRow(read.access(), stale.read().access()));
    }

    /** A lock that was had after the other's commit and in front of the read, which did not see that commit. */
    private @Nullable Touch lockBeforeRead(Stale stale) {
        return history.locks(stale.read().transaction()).stream()
                .filter(lock -> lock.step() < stale.read().step()
                        && history.done(lock.step()) > history.committed(stale.write()))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Touch otherLock(Stale stale, Touch write) {
        List<Touch> locks = history.locks(write.transaction()).stream()
                .filter(lock -> lock.step() < write.step() && !history.foundNothing(lock))
                .toList();
        boolean covered = locks.stream()
                .anyMatch(lock -> History.isSameRow(lock.access(), stale.read().access()));
        return covered || locks.isEmpty() ? null : locks.get(0);
    }

    /** Whether the other, for its part, decided on what this one then wrote. */
    private boolean isMutual(Stale stale, Touch write) {
        return history.stale().stream()
                .anyMatch(back -> back.read().transaction().equals(stale.write().transaction())
                        && back.write().transaction().equals(write.transaction()));
    }

    /** A further read of the same actor that saw what the stale one did not see. */
    private Optional<Contradiction> skewed(Stale stale) {
        return history.reads().stream()
                .filter(read -> read.actor() == stale.read().actor()
                        && read.step() > stale.read().step())
                .filter(read -> history.writes().stream()
                        .anyMatch(write ->
                                write.transaction().equals(stale.write().transaction()) && history.sees(read, write)))
                .findFirst()
                .map(read -> new Contradiction(Anomaly.READ_SKEW, stale, read, null));
    }
}
