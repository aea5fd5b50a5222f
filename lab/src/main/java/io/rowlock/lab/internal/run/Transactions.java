package io.rowlock.lab.internal.run;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.EngineProfile.SnapshotPoint;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.internal.run.StatementFacts.Control;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The transaction of one session, as far as the steps tell. Used by one thread at a time. */
final class Transactions {
    /** SQLite has one writer: to write is to hold this. */
    static final String WRITER = "#writer";

    private final EngineProfile profile;
    private final List<Access> held = new ArrayList<>();
    private boolean begun;
    private boolean used;
    private boolean snapshotFixed;

    Transactions(EngineProfile profile) {
        this.profile = profile;
    }

    /** Whether it did something that its end makes an end of. */
    boolean isUsed() {
        return used;
    }

    /** Whether SQL has begun it, and nothing has ended it. */
    boolean hasBegun() {
        return begun;
    }

    /** Whether a step is a transaction of its own. */
    boolean isAlone(JdbcStep step) {
        return step.autoCommit() && !begun;
    }

    /** What a step touches; called when it is about to be taken. */
    Footprint touched(JdbcStep step, StatementFacts facts, Isolation level) {
        Footprint footprint = switch (step.kind()) {
            case COMMIT -> end(true);
            case ROLLBACK -> end(false);
            case SAVEPOINT, ROLLBACK_TO_SAVEPOINT -> Footprint.OPAQUE;
            case STATEMENT -> statement(step, facts, level);
        };
        return footprint;
    }

    private Footprint statement(JdbcStep step, StatementFacts facts, Isolation level) {
        if (facts.control() == Control.COMMIT) {
            return end(true);
        }
        if (facts.control() == Control.ROLLBACK) {
            return end(false);
        }
        boolean begins = facts.control() == Control.BEGIN || facts.control() == Control.BEGIN_AT_ONCE;
        if (begins) {
            begun = true;
        }
        List<Access> accesses = accesses(facts, level);
        boolean alone = isAlone(step);
        boolean reads = accesses.stream().anyMatch(access -> access.mode() == Access.Mode.READ);
        boolean fixes = !alone && !snapshotFixed && fixesSnapshot(facts, level, reads);
        boolean latest = alone || fixes || profile.snapshotAt(level) == SnapshotPoint.EACH_STATEMENT;
        if (alone) {
            return new Footprint(accesses, true, false, true, true, accesses, !facts.understood());
        }
        snapshotFixed |= fixes;
        used = true;
        held.addAll(accesses);
        return new Footprint(accesses, latest, fixes, false, false, List.of(), !facts.understood());
    }

    private boolean fixesSnapshot(StatementFacts facts, Isolation level, boolean reads) {
        return switch (profile.snapshotAt(level)) {
            case EACH_STATEMENT, NONE -> false;
            case FIRST_STATEMENT -> facts.control() != Control.BEGIN;
            case FIRST_PLAIN_READ -> reads || facts.control() == Control.BEGIN_AT_ONCE;
        };
    }

    /** With what the engine does besides what the statement says. */
    private List<Access> accesses(StatementFacts facts, Isolation level) {
        List<Access> all = new ArrayList<>(facts.accesses());
        if (profile.engine() == Engine.SQLITE) {
            if (facts.control() == Control.BEGIN_AT_ONCE
                    || facts.accesses().stream()
                            .anyMatch(access -> access.mode().isWrite())) {
                all.add(new Access(
                        WRITER, Access.Mode.LOCK_EXCLUSIVE, Set.of(), Predicate.any(), Keys.unknown(), Set.of()));
            }
        } else if (profile.snapshotAt(level) == SnapshotPoint.NONE) {
            all.replaceAll(access -> access.mode() == Access.Mode.READ ? shared(access) : access);
        }
        return all;
    }

    private static Access shared(Access read) {
        return new Access(
                read.table(), Access.Mode.LOCK_SHARED, read.columns(), read.predicate(), read.keys(), read.flags());
    }

    private Footprint end(boolean commits) {
        Footprint end = new Footprint(List.of(), false, false, true, commits, held, false);
        over();
        return end;
    }

    /** It has ended, by whatever. */
    void over() {
        held.clear();
        begun = false;
        used = false;
        snapshotFixed = false;
    }
}
