package io.rowlock.cache;

import io.rowlock.DatabaseFailure;
import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Rows;
import io.rowlock.Unit;
import io.rowlock.Version;
import io.rowlock.companion.Enclosed;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.RowClock;
import io.rowlock.dialect.SqlFailure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is to be finished at the shared tier if the writer dies after its commit: one row for each unit, in the unit's own transaction.
 * The writer has it deleted, some together, once it has finished itself.
 *
 * <p>Safe for use by many threads.
 */
final class Outbox {
    /** How many rows go in one statement. */
    private static final int ROWS_MAX = 200;

    /** How many such statements in one go; others are waiting for the thread too. */
    private static final int ROUNDS_MAX = 20;

    /** More finished rows than this are not remembered; the sweep takes them. */
    private static final int FINISHED_MAX = 20_000;

    private static final int FORMAT = 1;
    private static final Unit DELETE = Unit.named("cache-outbox").withDeadline(Duration.ofSeconds(5));

    /**
     * One key that a unit wrote.
     *
     * @param version null where there is none
     */
    record Written(String region, String key, @Nullable Version version) {}

    /** What a unit left behind. */
    record Left(UUID operation, List<Written> writes) {}

    private final Rowlock rowlock;
    private final ConcurrentLinkedQueue<UUID> finished = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    Outbox(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    private Engine engine() {
        return rowlock.profile().engine();
    }

    /** The statement that leaves it, for the unit's transaction. */
    Enclosed leave(UUID operation, List<Written> writes) {
        return new Enclosed(
                "INSERT INTO rowlock_cache_outbox (op_id, changes, created_at) VALUES (?, ?, "
                        + RowClock.millis(engine()) + ")",
                List.of(bytes(operation), encode(writes)));
    }

    /** Its row can go. */
    void finished(UUID operation) {
        if (waiting.incrementAndGet() > FINISHED_MAX) {
            waiting.decrementAndGet();
            return;
        }
        finished.add(operation);
    }

    /** Deletes the rows of those that are finished. What fails here is left to the sweep. */
    void clear() {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<UUID> some = new ArrayList<>();
            UUID next;
            while (some.size() < ROWS_MAX && (next = finished.poll()) != null) {
                some.add(next);
            }
            if (some.isEmpty()) {
                return;
            }
            waiting.addAndGet(-some.size());
            delete(some);
        }
    }

    void delete(Collection<UUID> operations) {
        Object[] ids = operations.stream().map(Outbox::bytes).toArray();
        String sql = "DELETE FROM rowlock_cache_outbox WHERE op_id IN ("
                + String.join(", ", Collections.nCopies(ids.length, "?")) + ")";
        int unused = rowlock.<Integer, RuntimeException>transact(DELETE, tx -> {
            Rows rows = tx.execute(sql, ids);
            // Others sweep the same rows.
            return rows.count();
        });
    }

    /**
     * What was left longer ago than this, by the database's clock; the oldest first, and only some.
     *
     * @param ago since the writing of the row, which comes before its commit
     */
    List<Left> leftSince(Duration ago) {
        try {
            return rowlock.<List<Left>, SQLException>read(
                    Unit.named("cache-sweep").withDeadline(Duration.ofSeconds(5)), tx -> left(tx, ago));
        } catch (SQLException failed) {
            throw new DatabaseFailure(SqlFailure.of(engine(), failed), Map.of("unit", "cache-sweep"));
        }
    }

    private List<Left> left(ReadTx tx, Duration ago) throws SQLException {
        String sql = "SELECT op_id, changes FROM rowlock_cache_outbox WHERE created_at < " + RowClock.millis(engine())
                + " - ? ORDER BY created_at LIMIT " + ROWS_MAX;
        try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
            statement.setLong(1, ago.toMillis());
            List<Left> left = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ByteBuffer id = ByteBuffer.wrap(row.getBytes(1));
                    left.add(new Left(new UUID(id.getLong(), id.getLong()), decode(row.getBytes(2))));
                }
            }
            return left;
        }
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    static byte[] encode(List<Written> writes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeInt(writes.size());
            for (Written write : writes) {
                Version version = write.version;
                out.writeUTF(write.region);
                out.writeUTF(write.key);
                out.writeLong(version == null ? 0 : version.number());
                out.writeLong(version == null ? 0 : version.incarnation());
            }
        } catch (IOException impossible) {
            throw new IllegalStateException("Writing to memory failed", impossible);
        }
        return bytes.toByteArray();
    }

    static List<Written> decode(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORMAT) {
                throw new IllegalStateException("Left by another release (format=" + bytes[0] + ")");
            }
            int size = in.readInt();
            List<Written> writes = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                String region = in.readUTF();
                String key = in.readUTF();
                long number = in.readLong();
                long incarnation = in.readLong();
                writes.add(new Written(region, key, number == 0 ? null : new Version(number, incarnation)));
            }
            return writes;
        } catch (IOException malformed) {
            throw new IllegalStateException("What was left for the shared tier cannot be read", malformed);
        }
    }
}
