package io.rowlock.app.sync;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.Renewal;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Instances held by leases: renewed as long as this process lives, free again when it has been dead for the lock's time-out, told
 * by the database's clock.
 */
final class LeaseLocks implements InstanceLocks {
    private static final Logger LOG = LoggerFactory.getLogger(LeaseLocks.class);

    private final Rowlock rowlock;
    private final LeaseOptions options;

    /**
     * @param timeout how long an instance stays locked when nobody renews
     * @param holdMax for how long it is renewed at the most: more than work on an instance takes
     */
    LeaseLocks(Rowlock rowlock, Duration timeout, Duration holdMax) {
        this(rowlock, timeout, holdMax, Renewal.AUTOMATIC);
    }

    private LeaseLocks(Rowlock rowlock, Duration timeout, Duration holdMax, Renewal renewal) {
        this.rowlock = rowlock;
        Duration max = holdMax.compareTo(timeout) < 0 ? timeout : holdMax;
        this.options = new LeaseOptions(timeout, renewal, max, false, "", "");
    }

    /** Locks that nobody renews, so that nothing happens but by the schedule of a race. */
    static LeaseLocks unrenewed(Rowlock rowlock, Duration timeout) {
        return new LeaseLocks(rowlock, timeout, timeout, Renewal.BY_HAND);
    }

    /** The key of an instance's lease. */
    static Key key(UUID instanceId) {
        return Key.of("sync-instance", instanceId);
    }

    @Override
    public Answer tryLock(UUID instanceId, UUID sessionId) {
        return rowlock.leases()
                .tryAcquire(key(instanceId), options.withOwner("session " + sessionId))
                .fold(
                        granted -> new Answer.Had(new Leased(granted.lease())),
                        held -> new Answer.Locked(held.holder().owner()));
    }

    private record Leased(Lease lease) implements Hold {
        @Override
        public long token() {
            return lease.token();
        }

        @Override
        public void fence(Tx tx) {
            tx.fence(lease);
        }

        @Override
        public void close() {
            try {
                lease.close();
            } catch (RuntimeException failed) {
                LOG.warn("An instance is given back by its expiry (key={})", lease.key(), failed);
            }
        }
    }
}
