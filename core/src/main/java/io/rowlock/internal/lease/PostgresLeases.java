package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.RowlockException;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Errands.Statements;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL: a grant, a renewal and giving back are one plain statement each, and a second looks at the row where the first found
 * nothing to do. {@code clock_timestamp()} runs on inside it; {@code SET} computes with it anew if the
 * statement had to wait, which values of an {@code INSERT} would not.
 */
final class PostgresLeases extends LeaseStore {
    /** Where releases are told; the payload is the key in hexadecimal. */
    static final String CHANNEL = "rowlock_lease";

    /**
     * True, and the transaction commits without waiting for the disk. A crash of the server within a moment may undo that a
     * lease was given back: then it is had until it expires, by nobody. Grants wait for the disk, so that no token comes twice,
     * and take with them to the disk what was given back before.
     */
    private static final String UNHURRIED = "set_config('synchronous_commit', 'off', true) = 'off'";

    private final String take;
    private final String renew;
    private final String giveBack;

    PostgresLeases(Errands errands, Duration limit) {
        super(errands, limit);
        String columns = LeaseRow.columnsAnd(clock());
        // The row is locked first, by a condition that is true of its newest state, and passed over if somebody has it
        // locked.
        take = """
                UPDATE rowlock_lease SET %s
                WHERE lease_key = (SELECT lease_key FROM rowlock_lease WHERE lease_key = ? AND %s
                                   FOR UPDATE SKIP LOCKED)
                RETURNING %s""".formatted(grants(), free(), columns);
        // Likewise: behind somebody who has only locked the row, SET would have been computed before the wait.
        renew = """
                UPDATE rowlock_lease SET %s
                WHERE lease_key = (SELECT lease_key FROM rowlock_lease WHERE %s FOR UPDATE)
                RETURNING %s""".formatted(renews(), OURS, columns);
        giveBack = """
                UPDATE rowlock_lease SET %s WHERE %s AND %s
                RETURNING lapsed, %s""".formatted(frees(), OURS, UNHURRIED, othersWait());
    }

    @Override
    @Nullable
    LeaseRow take(Asking asking, Duration within) {
        return errands.writeOrNull("lease-acquire", within, statements -> {
            LeaseRow taken = statements.runOrNull(take, statement -> {
                int index = bindGrant(statement, 1, asking);
                statement.setBytes(index++, asking.key().bytes());
                statement.setBytes(index, asking.runId());
                return first(statement);
            });
            return taken != null ? taken : row(statements, asking.key());
        });
    }

    @Override
    String insertIgnoring() {
        return "INSERT INTO %s ON CONFLICT DO NOTHING";
    }

    @Override
    @Nullable
    LeaseRow renew(Key key, long firstToken, byte[] runId, Duration length, Duration within) {
        return errands.writeOrNull("lease-renew", atMost(within), statements -> {
            LeaseRow renewed = statements.runOrNull(renew, statement -> {
                statement.setLong(1, length.toMillis());
                int unusedIndex = bindOurs(statement, 2, key, firstToken, runId);
                return first(statement);
            });
            return renewed != null ? renewed : row(statements, key);
        });
    }

    @Override
    GivenBack giveBack(Key key, long firstToken, byte[] runId, UUID process, Duration within) {
        return errands.write("lease-release", atMost(within), statements -> {
            GivenBack done = statements.runOrNull(giveBack, statement -> {
                int index = bindOurs(statement, 1, key, firstToken, runId);
                statement.setBytes(index++, key.bytes());
                statement.setBytes(index, bytes(process));
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? new GivenBack(true, row.getInt(1) != 0, row.getBoolean(2), null) : null;
                }
            });
            if (done == null) {
                return new GivenBack(false, false, false, row(statements, key));
            }
            if (done.othersWait()) {
                hint(statements, key);
            }
            return done;
        });
    }

    /** It is given back whether or not anybody hears of it. */
    private void hint(Statements statements, Key key) {
        try {
            wake(statements, key);
        } catch (RowlockException unheard) {
            // Who waits asks by itself.
        }
    }

    @Override
    void wake(Statements statements, Key key) {
        boolean unused = statements.run("SELECT pg_notify(?, ?)", statement -> {
            statement.setString(1, CHANNEL);
            statement.setString(2, HexFormat.of().formatHex(key.bytes()));
            return statement.execute();
        });
    }

    @Override
    String lockForUpdate() {
        return " FOR UPDATE";
    }

    @Override
    String lockForShare() {
        return " FOR SHARE";
    }
}
