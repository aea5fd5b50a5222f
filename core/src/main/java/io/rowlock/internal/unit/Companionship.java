package io.rowlock.internal.unit;

import io.rowlock.Timing;
import io.rowlock.Tx;
import io.rowlock.companion.Companion;
import io.rowlock.companion.Company;
import io.rowlock.companion.Escort;
import io.rowlock.event.RowlockEvent;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** One companion of one Rowlock. Safe for use by many threads. */
final class Companionship<E extends Escort> implements Company<E> {
    final Companion<E> companion;
    private final Shared shared;
    private final BooleanSupplier inUnit;

    Companionship(Companion<E> companion, Shared shared, BooleanSupplier inUnit) {
        this.companion = companion;
        this.shared = shared;
        this.inUnit = inUnit;
    }

    @Override
    public E of(Tx tx) {
        if (tx instanceof Attempt attempt && attempt.belongsTo(shared)) {
            return attempt.escort(this);
        }
        throw new IllegalStateException("The unit is one of another Rowlock, whose units this companion does not go"
                + " along with: bring it along there, or make units with the same Rowlock");
    }

    @Override
    public boolean isInUnit() {
        return inUnit.getAsBoolean();
    }

    @Override
    public Timing timing() {
        return shared.timing;
    }

    @Override
    public void tell(Supplier<RowlockEvent> event) {
        shared.tell(event);
    }

    @Override
    public void warn(String about, String what, Supplier<RowlockEvent> event) {
        shared.warn(about, what, event);
    }
}
