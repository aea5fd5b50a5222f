package io.rowlock.app.sync;

import static io.rowlock.app.sync.Outcome.done;
import static io.rowlock.app.sync.Outcome.refused;
import static io.rowlock.app.sync.SyncTables.INSTANCES;
import static io.rowlock.app.sync.SyncTables.INSTANCES_BY_NAME;
import static io.rowlock.app.sync.SyncTables.SESSIONS;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.sync.SyncTables.InstanceRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.app.sync.remote.AllowedAddresses;
import io.rowlock.app.sync.remote.RemoteAddress;
import io.rowlock.app.sync.remote.RemoteInstance;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which databases are synced. Safe for use by many threads. */
final class Instances {
    private static final Unit REGISTER = Unit.named("sync-register-instance");
    private static final Unit DELETE = Unit.named("sync-delete-instance");
    private static final Unit SEARCH = Unit.named("sync-search");

    private final Rowlock rowlock;
    private final AllowedAddresses allowed;

    /** @param allowed which addresses may be registered; they are looked at again when they are read */
    Instances(Rowlock rowlock, AllowedAddresses allowed) {
        this.rowlock = rowlock;
        this.allowed = allowed;
    }

    /** Takes an instance in. Nobody is asked there yet. */
    Outcome<InstanceRow> register(String name, RemoteInstance remote) {
        if (RemoteAddress.parse(remote.url()).filter(allowed::allows).isEmpty()) {
            return refused(new Refusal.AddressNotAllowed(RemoteAddress.FORMS));
        }
        return rowlock.transact(REGISTER, tx -> {
            // Read and inserted under the same key: if somebody else is faster, the unit runs again and finds it here.
            Optional<Row<InstanceRow>> there = tx.read(INSTANCES_BY_NAME, name);
            if (there.isPresent()) {
                return refused(new Refusal.InstanceExists(there.get().value().id(), name));
            }
            return done(register(tx, tx.newId("instance"), name, remote));
        });
    }

    /** As {@link #register(String, RemoteInstance)}, in a unit that has more to do. */
    static InstanceRow register(Tx tx, UUID id, String name, RemoteInstance remote) {
        InstanceRow instance = new InstanceRow(
                id,
                name,
                remote.url(),
                remote.username(),
                remote.credential(),
                true,
                0,
                0,
                null,
                0,
                null,
                tx.now(),
                tx.now());
        return tx.insert(INSTANCES_BY_NAME, instance).value();
    }

    /**
     * Removes an instance with its accounts and its records. The sessions that had it are counted anew; one that waited for
     * nothing else ends.
     */
    Outcome<InstanceRow> delete(UUID instanceId) {
        List<UUID> sessions = rowlock.read(SEARCH, tx -> sessionsOf(tx, instanceId));
        while (true) {
            List<UUID> toLock = sessions;
            Set<UUID> missed = new HashSet<>();
            Outcome<InstanceRow> outcome = rowlock.transact(DELETE, tx -> {
                missed.clear();
                Map<UUID, Row<SessionRow>> held = tx.lockAll(SESSIONS, toLock);
                Optional<Row<InstanceRow>> instance = tx.lock(INSTANCES, instanceId);
                if (instance.isEmpty()) {
                    return refused(new Refusal.UnknownInstance(instanceId));
                }
                // Now that the instance is held nobody adds a record; but somebody may have, before.
                missed.addAll(sessionsOf(tx, instanceId));
                missed.removeAll(held.keySet());
                if (!missed.isEmpty()) {
                    return done(instance.get().value());
                }
                tx.delete(instance.get());
                tx.flush();
                held.values().forEach(session -> {
                    Row<SessionRow> unused = session.value().sessionStatus().isEnd()
                            ? Sessions.counted(tx, session)
                            : Sessions.settled(tx, session);
                });
                return done(instance.get().value());
            });
            if (missed.isEmpty()) {
                return outcome;
            }
            sessions = java.util.stream.Stream.concat(toLock.stream(), missed.stream())
                    .distinct()
                    .toList();
        }
    }

    private static List<UUID> sessionsOf(io.rowlock.ReadTx tx, UUID instanceId) {
        return Sql.ids(tx, """
                SELECT session_id
                  FROM sync_instance_records
                 WHERE instance_id = ?""", instanceId);
    }
}
