package io.rowlock.bench;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** The reads of one candidate while it is measured, each of which is checked, and how many of them went to the database. */
final class Reads {
    private static final long NOT_BEGUN = -1;

    private final LongAdder right = new LongAdder();
    private final int batch;
    private LongSupplier loads = () -> 0;
    private long loadsBefore = NOT_BEGUN;

    /**
     * No reads yet.
     *
     * @param batch how many make one operation
     */
    Reads(int batch) {
        this.batch = batch;
    }

    /**
     * Reads of one thread.
     *
     * @param ids the keys, one after the other
     * @param before what is done before each slice
     */
    Op op(Reading reading, LongSupplier ids, Runnable before) {
        loads = reading.loads();
        return new Op() {
            @Override
            public void prepare() {
                before.run();
                if (loadsBefore == NOT_BEGUN) {
                    loadsBefore = loads.getAsLong();
                }
            }

            @Override
            public void run() throws Exception {
                for (int i = 0; i < batch; i++) {
                    long id = ids.getAsLong();
                    FixedAccounts.require(reading.read().of(id), id);
                }
                right.add(batch);
            }
        };
    }

    int batch() {
        return batch;
    }

    /** How many reads answered what the row has. */
    long right() {
        return right.sum();
    }

    /** For how many the database was asked, those before the first slice aside. */
    long loads() {
        return loadsBefore == NOT_BEGUN ? 0 : loads.getAsLong() - loadsBefore;
    }
}
