package io.rowlock.internal.unit;

import io.rowlock.Key;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.internal.table.TableDef.Fetched;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * MySQL: as MariaDB, but without compound statements outside of procedures, so every step is a round trip. Run by the
 * tests against MariaDB, which understands all of it; never yet against MySQL itself.
 */
final class MySqlFlow extends MariaDbFlow {
    MySqlFlow(EngineProfile profile) {
        super(profile);
    }

    @Override
    void begin(Session session, Isolation level) {
        session.execute("SET TRANSACTION ISOLATION LEVEL " + level.sql(), false);
        session.execute("START TRANSACTION", false);
        session.inTransaction(true);
    }

    @Override
    void beginReadOnly(Session session, Isolation level) {
        session.execute("SET TRANSACTION ISOLATION LEVEL " + level.sql(), false);
        session.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", false);
        session.inTransaction(true);
    }

    @Override
    List<@Nullable Fetched<?, ?>> beginLocked(
            Session session, Isolation level, SortedSet<Key> guards, List<Wanted> wanted) {
        return lockedStepwise(session, level, guards, wanted);
    }

    @Override
    void flush(Session session, Shared shared, Isolation level, List<Step> steps, boolean commit) {
        stepwise(session, level, steps, commit);
    }
}
