package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Errands.Statements;
import io.rowlock.lease.LeaseWaiter;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** The table of waits. Rows of a process that is gone are passed over after a while, and cleared away by any other. */
final class WaiterRows {
    /** For how long a row counts without being refreshed. */
    private static final Duration COUNTS = Duration.ofSeconds(20);

    /** The longest text of what an actor holds; who holds more is shown with less. */
    private static final int HOLDS_MAX = 8000;

    private static final int LISTED_MAX = 20_000;
    private static final int BATCH_MAX = 500;

    private final Errands errands;
    private final LeaseStore store;

    WaiterRows(Errands errands, LeaseStore store) {
        this.errands = errands;
        this.store = store;
    }

    /** A wait to be written down. */
    record Written(UUID id, Key key, String owner, String actor, String callSite, String holds) {}

    /** Keys in hexadecimal with their tokens, so that no byte of a key has a meaning in the text. */
    static String text(List<LeaseWaiter.Held> held) {
        StringBuilder text = new StringBuilder();
        for (LeaseWaiter.Held one : held) {
            String next = HexFormat.of().formatHex(one.key().bytes()) + "#" + one.token();
            if (text.length() + next.length() + 1 > HOLDS_MAX) {
                break;
            }
            text.append(text.isEmpty() ? "" : " ").append(next);
        }
        return text.toString();
    }

    private static List<LeaseWaiter.Held> held(String text) {
        List<LeaseWaiter.Held> held = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(" ")) {
            int at = one.indexOf('#');
            held.add(new LeaseWaiter.Held(
                    Key.ofBytes(HexFormat.of().parseHex(one.substring(0, at))), Long.parseLong(one.substring(at + 1))));
        }
        return held;
    }

    /** Writes down, takes away and refreshes what is this process's. */
    void write(UUID process, List<Written> fresh, List<UUID> gone, boolean refresh) {
        for (int from = 0; from < fresh.size(); from += BATCH_MAX) {
            List<Written> part = fresh.subList(from, Math.min(fresh.size(), from + BATCH_MAX));
            int unused = errands.write("lease-waits", store.limit(), statements -> {
                statements.begin();
                delete(statements, part.stream().map(Written::id).toList());
                insert(statements, process, part);
                statements.commit();
                return part.size();
            });
        }
        for (int from = 0; from < gone.size(); from += BATCH_MAX) {
            List<UUID> part = gone.subList(from, Math.min(gone.size(), from + BATCH_MAX));
            int unused = errands.write("lease-waits", store.limit(), statements -> {
                statements.begin();
                delete(statements, part);
                statements.commit();
                return part.size();
            });
        }
        if (refresh) {
            refresh(process);
        }
    }

    private static void delete(Statements statements, List<UUID> ids) {
        int unused = statements.run("DELETE FROM rowlock_lease_waiter WHERE waiter_id = ?", statement -> {
            for (UUID id : ids) {
                statement.setBytes(1, LeaseStore.bytes(id));
                statement.addBatch();
            }
            return statement.executeBatch().length;
        });
    }

    private void insert(Statements statements, UUID process, List<Written> rows) {
        int unused = statements.run("""
                INSERT INTO rowlock_lease_waiter
                    (waiter_id, lease_key, process_id, owner, actor, call_site, holds, since, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, %1$s, %1$s + ?)""".formatted(store.clock()), statement -> {
            for (Written row : rows) {
                statement.setBytes(1, LeaseStore.bytes(row.id));
                statement.setBytes(2, row.key.bytes());
                statement.setBytes(3, LeaseStore.bytes(process));
                statement.setString(4, row.owner);
                statement.setString(5, row.actor);
                statement.setString(6, row.callSite);
                statement.setString(7, row.holds);
                statement.setLong(8, COUNTS.toMillis());
                statement.addBatch();
            }
            return statement.executeBatch().length;
        });
    }

    private void refresh(UUID process) {
        int unused = errands.write("lease-waits", store.limit(), statements -> {
            int refreshed = statements.run(
                    "UPDATE rowlock_lease_waiter SET expires_at = " + store.clock() + " + ? WHERE process_id = ?",
                    statement -> {
                        statement.setLong(1, COUNTS.toMillis());
                        statement.setBytes(2, LeaseStore.bytes(process));
                        return statement.executeUpdate();
                    });
            int cleared = statements.run(
                    "DELETE FROM rowlock_lease_waiter WHERE expires_at <= " + store.clock(),
                    java.sql.PreparedStatement::executeUpdate);
            return refreshed + cleared;
        });
    }

    List<LeaseWaiter> all() {
        String sql = """
                SELECT waiter_id, lease_key, owner, actor, call_site, holds, since FROM rowlock_lease_waiter
                WHERE expires_at > %s ORDER BY since, waiter_id LIMIT %d""".formatted(store.clock(), LISTED_MAX);
        return errands.read(
                "lease-waiters",
                store.limit(),
                statements -> statements.run(sql, statement -> {
                    List<LeaseWaiter> found = new ArrayList<>();
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            found.add(new LeaseWaiter(
                                    id(rows.getBytes(1)),
                                    Key.ofBytes(rows.getBytes(2)),
                                    rows.getString(3),
                                    rows.getString(4),
                                    rows.getString(5),
                                    Instant.ofEpochMilli(rows.getLong(7)),
                                    held(rows.getString(6))));
                        }
                    }
                    return found;
                }));
    }

    private static UUID id(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
