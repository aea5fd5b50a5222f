package io.rowlock.lab.internal.run;

import io.rowlock.watch.trace.Access;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step touched, as far as others can tell its place in the order from it.
 *
 * @param accesses what its statement does to rows
 * @param readsLatest whether its plain reads see what others committed in front of it
 * @param fixesSnapshot whether what the transaction sees from now on is decided here
 * @param ends whether it ends a transaction, and frees what that held
 * @param publishes whether it commits
 * @param held what the transaction that it ends did, itself included
 * @param opaque whether nothing is known of it: it may matter to anything
 */
public record Footprint(
        List<Access> accesses,
        boolean readsLatest,
        boolean fixesSnapshot,
        boolean ends,
        boolean publishes,
        List<Access> held,
        boolean opaque) {

    /** May matter to anything. */
    public static final Footprint OPAQUE = new Footprint(List.of(), true, true, true, true, List.of(), true);

    public Footprint {
        accesses = List.copyOf(accesses);
        held = List.copyOf(held);
    }

    /** A step that reaches nothing else. */
    static Footprint of(Access access) {
        return new Footprint(List.of(access), false, false, false, false, List.of(), false);
    }

    /** With a further access. */
    Footprint with(Access access) {
        List<Access> more = new ArrayList<>(accesses);
        more.add(access);
        return new Footprint(more, readsLatest, fixesSnapshot, ends, publishes, held, opaque);
    }
}
