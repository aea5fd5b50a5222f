package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Errands.Statements;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB and MySQL. MariaDB asks in one compound statement, which commits before it answers; MySQL, which has none, in a
 * transaction of several.
 */
final class InnodbLeases extends LeaseStore {
    private static final String UNDO = "DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END; ";
    private static final String BEGIN = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION; ";

    private final boolean compound;
    private final String lock;
    private final String update;
    private final String takeAtOnce;
    private final String renewAtOnce;

    InnodbLeases(Errands errands, Duration limit, boolean compound) {
        super(errands, limit);
        this.compound = compound;
        lock = "SELECT token FROM rowlock_lease WHERE lease_key = ? AND " + free() + " FOR UPDATE SKIP LOCKED";
        update = "UPDATE rowlock_lease SET " + grants() + " WHERE lease_key = ?";
        takeAtOnce = Errands.COMPOUND + UNDO + BEGIN + "IF EXISTS(" + lock + ") THEN " + update + "; END IF; COMMIT; "
                + byKey() + "; END";
        renewAtOnce =
                Errands.COMPOUND + "UPDATE rowlock_lease SET " + renews() + " WHERE " + OURS + "; " + byKey() + "; END";
    }

    @Override
    @Nullable
    LeaseRow take(Asking asking, Duration within) {
        errands.requireRunningClock(within);
        return errands.writeOrNull(
                "lease-acquire",
                within,
                statements -> compound ? takeAtOnce(statements, asking) : takeStepwise(statements, asking));
    }

    private @Nullable LeaseRow takeAtOnce(Statements statements, Asking asking) {
        return statements.runOrNull(takeAtOnce, statement -> {
            bindFree(statement, asking);
            int index = bindGrant(statement, 3, asking);
            statement.setBytes(index++, asking.key().bytes());
            statement.setBytes(index, asking.key().bytes());
            return onlyRow(statement);
        });
    }

    private static void bindFree(PreparedStatement statement, Asking asking) throws SQLException {
        statement.setBytes(1, asking.key().bytes());
        statement.setBytes(2, asking.runId());
    }

    /** The one result of a compound statement that has rows. */
    private static @Nullable LeaseRow onlyRow(PreparedStatement statement) throws SQLException {
        boolean rows = statement.execute();
        LeaseRow row = null;
        while (rows || statement.getUpdateCount() != -1) {
            if (rows) {
                try (ResultSet result = statement.getResultSet()) {
                    row = LeaseRow.first(result);
                }
            }
            rows = statement.getMoreResults();
        }
        return row;
    }

    private @Nullable LeaseRow takeStepwise(Statements statements, Asking asking) {
        statements.begin();
        boolean free = statements.run(lock, statement -> {
            bindFree(statement, asking);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        });
        if (free) {
            int unused = statements.run(update, statement -> {
                int index = bindGrant(statement, 1, asking);
                statement.setBytes(index, asking.key().bytes());
                return statement.executeUpdate();
            });
        }
        LeaseRow row = row(statements, asking.key());
        statements.commit();
        return row;
    }

    /** IGNORE turns the taken key into no row, and nothing else can go wrong with these values. */
    @Override
    String insertIgnoring() {
        return "INSERT IGNORE INTO %s";
    }

    @Override
    @Nullable
    LeaseRow renew(Key key, long firstToken, byte[] runId, Duration length, Duration within) {
        return errands.writeOrNull("lease-renew", atMost(within), statements -> {
            if (compound) {
                return statements.runOrNull(renewAtOnce, statement -> {
                    statement.setLong(1, length.toMillis());
                    int index = bindOurs(statement, 2, key, firstToken, runId);
                    statement.setBytes(index, key.bytes());
                    return onlyRow(statement);
                });
            }
            int unused = statements.run("UPDATE rowlock_lease SET " + renews() + " WHERE " + OURS, statement -> {
                statement.setLong(1, length.toMillis());
                int unusedIndex = bindOurs(statement, 2, key, firstToken, runId);
                return statement.executeUpdate();
            });
            return row(statements, key);
        });
    }

    @Override
    GivenBack giveBack(Key key, long firstToken, byte[] runId, UUID process, Duration within) {
        return errands.write("lease-release", atMost(within), statements -> {
            int freed = statements.run("UPDATE rowlock_lease SET " + frees() + " WHERE " + OURS, statement -> {
                int unusedIndex = bindOurs(statement, 1, key, firstToken, runId);
                return statement.executeUpdate();
            });
            LeaseRow row = row(statements, key);
            if (freed == 0 || row == null) {
                return new GivenBack(false, false, false, row);
            }
            return new GivenBack(true, row.lapsed, othersWait(statements, key, process), null);
        });
    }

    @Override
    String lockForUpdate() {
        return " FOR UPDATE";
    }

    @Override
    String lockForShare() {
        return " LOCK IN SHARE MODE";
    }
}
