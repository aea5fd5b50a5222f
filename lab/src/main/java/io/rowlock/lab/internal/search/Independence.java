package io.rowlock.lab.internal.search;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.internal.run.Footprint;
import io.rowlock.watch.trace.Access;
import java.util.List;

/**
 * Whether two steps of different actors may change places without anybody being able to tell. Says no where it does not know.
 *
 * <p>They may not if they want the same lock, if one frees what the other wants, or if one commits what the other sees: by a
 * plain read that sees the latest, or by fixing a snapshot. What is not committed is seen by nobody, so reads and writes that
 * are not committed go past each other, but for PostgreSQL at SERIALIZABLE, which keeps account of them.
 *
 * <p>Immutable.
 */
public final class Independence {
    private final boolean gaps;
    private final boolean remembersReads;

    private Independence(boolean gaps, boolean remembersReads) {
        this.gaps = gaps;
        this.remembersReads = remembersReads;
    }

    /** On an engine, for transactions at a level. */
    public static Independence of(EngineProfile profile, Isolation level) {
        boolean innodb = profile.engine() == Engine.MARIADB || profile.engine() == Engine.MYSQL;
        return new Independence(
                innodb && level != Isolation.READ_COMMITTED,
                profile.engine() == Engine.POSTGRESQL && level == Isolation.SERIALIZABLE);
    }

    /** Whether their order does not matter. */
    public boolean independent(Footprint one, Footprint other) {
        return !one.opaque()
                && !other.opaque()
                && !meet(one.accesses(), other.accesses(), remembersReads)
                && !frees(one, other)
                && !frees(other, one);
    }

    private boolean meet(List<Access> some, List<Access> others, boolean withReads) {
        return some.stream().anyMatch(access -> others.stream().anyMatch(other -> meet(access, other, withReads)));
    }

    private boolean meet(Access one, Access other, boolean withReads) {
        if (!one.table().equals(other.table())) {
            return false;
        }
        if (!one.mode().locks() || !other.mode().locks()) {
            return withReads && (one.mode().isWrite() || other.mode().isWrite());
        }
        boolean bothShare = one.mode() == Access.Mode.LOCK_SHARED && other.mode() == Access.Mode.LOCK_SHARED;
        return !bothShare && mayBeSameRow(one, other);
    }

    /** Locks on gaps are taken where rows are not there; two that make rows can meet in an index, or in a counter. */
    private boolean mayBeSameRow(Access one, Access other) {
        boolean makes = makesRows(one) || makesRows(other);
        if ((makesRows(one) && makesRows(other)) || (gaps && makes)) {
            return true;
        }
        return one.keys().mayMeet(other.keys());
    }

    private static boolean makesRows(Access access) {
        return access.mode() == Access.Mode.INSERT
                || access.mode() == Access.Mode.UPSERT
                || access.mode() == Access.Mode.DELETE;
    }

    /** Whether the end of a transaction matters to a step. */
    private boolean frees(Footprint end, Footprint step) {
        if (!end.ends()) {
            return false;
        }
        List<Access> held = end.held();
        if (step.fixesSnapshot()
                && end.publishes()
                && held.stream().anyMatch(access -> access.mode().isWrite())) {
            return true;
        }
        if (step.ends() && remembersReads && meet(held, step.held(), true)) {
            return true;
        }
        for (Access access : step.accesses()) {
            for (Access free : held) {
                if (matters(free, access, end.publishes(), step.readsLatest())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean matters(Access freed, Access wanted, boolean published, boolean readsLatest) {
        if (!freed.table().equals(wanted.table())) {
            return false;
        }
        if (wanted.mode().locks()) {
            return meet(freed, wanted, false) || remembersReads;
        }
        return remembersReads
                || (published
                        && readsLatest
                        && freed.mode().isWrite()
                        && freed.keys().mayMeet(wanted.keys()));
    }
}
