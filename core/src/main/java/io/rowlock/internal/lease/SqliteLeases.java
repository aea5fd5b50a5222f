package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.internal.unit.Errands;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * SQLite: whoever writes has the file's write lock, which is waited for before the first statement, and whose clock stands still
 * during a statement only. Tries look first without the lock, so that those who wait write nothing.
 */
final class SqliteLeases extends LeaseStore {

    SqliteLeases(Errands errands, Duration limit) {
        super(errands, limit);
    }

    @Override
    @Nullable
    LeaseRow take(Asking asking, Duration within) {
        LeaseRow seen = errands.readOrNull("lease-look", within, statements -> row(statements, asking.key()));
        if (seen == null || (seen.isHeld() && !seen.isOf(asking.runId()))) {
            return seen;
        }
        return errands.writeOrNull("lease-acquire", within, statements -> {
            statements.begin();
            int taken = statements.run(
                    "UPDATE rowlock_lease SET " + grants() + " WHERE lease_key = ? AND " + free(), statement -> {
                        int index = bindGrant(statement, 1, asking);
                        statement.setBytes(index++, asking.key().bytes());
                        statement.setBytes(index, asking.runId());
                        return statement.executeUpdate();
                    });
            LeaseRow row = row(statements, asking.key());
            if (taken > 0) {
                statements.commit();
            }
            return row;
        });
    }

    @Override
    String insertIgnoring() {
        return "INSERT OR IGNORE INTO %s";
    }

    @Override
    @Nullable
    LeaseRow renew(Key key, long firstToken, byte[] runId, Duration length, Duration within) {
        return errands.writeOrNull("lease-renew", atMost(within), statements -> {
            statements.begin();
            int unused = statements.run("UPDATE rowlock_lease SET " + renews() + " WHERE " + OURS, statement -> {
                statement.setLong(1, length.toMillis());
                int unusedIndex = bindOurs(statement, 2, key, firstToken, runId);
                return statement.executeUpdate();
            });
            LeaseRow row = row(statements, key);
            statements.commit();
            return row;
        });
    }

    @Override
    GivenBack giveBack(Key key, long firstToken, byte[] runId, UUID process, Duration within) {
        return errands.write("lease-release", atMost(within), statements -> {
            statements.begin();
            int freed = statements.run("UPDATE rowlock_lease SET " + frees() + " WHERE " + OURS, statement -> {
                int unusedIndex = bindOurs(statement, 1, key, firstToken, runId);
                return statement.executeUpdate();
            });
            LeaseRow row = row(statements, key);
            if (freed == 0 || row == null) {
                return new GivenBack(false, false, false, row);
            }
            boolean others = othersWait(statements, key, process);
            statements.commit();
            return new GivenBack(true, row.lapsed, others, null);
        });
    }

    @Override
    String lockForUpdate() {
        return "";
    }

    @Override
    String lockForShare() {
        return "";
    }
}
