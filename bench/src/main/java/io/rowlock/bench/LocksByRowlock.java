package io.rowlock.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Key;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.lease.Fence;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.Leases;
import io.rowlock.lease.Release;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Leases of Rowlock, with the defaults: renewed while they are held, freed with an answer that is looked at. */
final class LocksByRowlock implements AutoCloseable {
    private static final Table<Account, Long> ACCOUNTS =
            Table.of("account", Account.class).key("id", Long.class).build();

    private static final LeaseOptions OPTIONS = LeaseOptions.defaults();
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Beside those of its threads an instance needs one to listen and one for its own business. */
    private static final int FURTHER_CONNECTIONS = 2;

    private final Rig rig;
    private final List<Rowlock> open = new ArrayList<>();
    private final List<HikariDataSource> pools = new ArrayList<>();
    private @Nullable Rowlock alone;

    LocksByRowlock(Rig rig) {
        this.rig = rig;
    }

    private Rowlock instance(int threads) {
        HikariDataSource pool = rig.instance("leases", threads + FURTHER_CONNECTIONS);
        pools.add(pool);
        Rowlock rowlock = Rowlock.on(pool).build();
        open.add(rowlock);
        return rowlock;
    }

    static void createTables(Rig rig) throws SQLException {
        RowlockTables.createMissing(rig.automatic());
    }

    /** How each thread takes the lease of a key. */
    ByThread leases(Layout layout, String name) {
        List<Leases> instances = new ArrayList<>();
        for (int i = 0; i < layout.instances(); i++) {
            instances.add(instance(layout.threadsEach()).leases());
        }
        Key key = Key.of("bench", name);
        return thread -> {
            Leases leases = instances.get(layout.of(thread));
            return inside -> {
                Lease lease = leases.acquire(key, OPTIONS, WAIT);
                inside.enter(lease.token());
                release(lease);
            };
        };
    }

    /** One thread's. */
    @FunctionalInterface
    interface ByThread {
        Locking of(int thread);
    }

    private static void release(Lease lease) {
        Release release = lease.release();
        if (!(release instanceof Release.Released)) {
            throw new IllegalStateException("The lease was not this thread's to the end (release=" + release + ")");
        }
    }

    // ---- a unit of work under a lease

    private Rowlock alone() {
        Rowlock known = alone;
        if (known == null) {
            known = instance(1);
            alone = known;
        }
        return known;
    }

    Op unit(int thread) {
        return under(thread, false, null);
    }

    Op unfenced(int thread) {
        return under(thread, true, null);
    }

    Op checked(int thread) {
        return under(thread, true, Fence.CHECK_AT_COMMIT);
    }

    Op pinned(int thread) {
        return under(thread, true, Fence.PIN);
    }

    private Op under(int thread, boolean leased, @Nullable Fence fence) {
        Rowlock rowlock = alone();
        Leases leases = rowlock.leases();
        Long id = Rig.written(thread);
        Key key = Key.of("account", id);
        return () -> {
            Lease lease = leased ? leases.acquire(key, OPTIONS, WAIT) : null;
            Row<Account> written = rowlock.transact(tx -> {
                if (lease != null && fence != null) {
                    tx.fence(lease, fence);
                }
                Row<Account> row = tx.read(ACCOUNTS, id).orElseThrow();
                return tx.update(row, Account::plusOne);
            });
            if (written.version().number() <= 1) {
                throw new IllegalStateException("Nothing was written (row=" + written + ")");
            }
            if (lease != null) {
                release(lease);
            }
        };
    }

    @Override
    public void close() {
        open.forEach(rowlock -> rowlock.leases().close());
        pools.forEach(HikariDataSource::close);
    }
}
