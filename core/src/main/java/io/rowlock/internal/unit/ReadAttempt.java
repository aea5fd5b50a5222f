package io.rowlock.internal.unit;

import io.rowlock.ReadTx;
import io.rowlock.RowlockException;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.dialect.Engine;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.table.TableDef.Fetched;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A read unit at work: outside of a transaction where every look is as of its own moment, else in a read-only one. */
final class ReadAttempt implements ReadTx {
    private final Shared shared;
    private final Unit options;
    private final Session session;
    private final Instant now;
    private @Nullable Connection lent;
    private boolean ended;

    ReadAttempt(Shared shared, Unit options) {
        this.shared = shared;
        this.options = options;
        this.session = new Session(
                shared, options, shared.nanoTime() + options.deadline().toNanos());
        this.now = shared.now();
    }

    @Override
    public <T, K> Optional<View<T>> peek(Table<T, K> table, K id) {
        TableDef<T, K> def = usable(table);
        Fetched<T, K> row = shared.flow().select(session, def, id);
        return row == null ? Optional.empty() : Optional.of(new View<>(row.value(), row.version()));
    }

    @Override
    public <T, K> Map<K, View<T>> peekAll(Table<T, K> table, Collection<? extends K> ids) {
        return Peeks.all(shared.flow(), session, usable(table), ids);
    }

    @Override
    public Instant now() {
        return now;
    }

    @Override
    public Connection connection() {
        requireUsable();
        begin();
        Connection known = lent;
        if (known == null) {
            if (session.engine() == Engine.SQLITE) {
                session.afterwards("PRAGMA query_only = OFF");
                session.execute("PRAGMA query_only = ON", false);
            }
            known = LentConnection.lend(session, sql -> requireUsable(), shared);
            lent = known;
        }
        return known;
    }

    @Override
    public RowlockException failure(SQLException thrown) {
        return session.failed(thrown, false);
    }

    private <T, K> TableDef<T, K> usable(Table<T, K> table) {
        requireUsable();
        TableDef<T, K> def = (TableDef<T, K>) table;
        if (!shared.flow().readsBeforeBegin(options.isolation())) {
            begin();
        }
        try {
            shared.check(def, session.connection());
        } catch (SQLException failed) {
            throw session.failed(failed, false);
        }
        return def;
    }

    private void begin() {
        if (!session.inTransaction()) {
            shared.flow().beginReadOnly(session, options.isolation());
        }
    }

    private void requireUsable() {
        if (ended) {
            throw new IllegalStateException("The read unit has ended (unit=" + options.name()
                    + "): use tx inside the body only, on its thread");
        }
    }

    Session session() {
        return session;
    }

    /** Ends the read-only transaction, if there is one; there is nothing to lose. */
    void commit() {
        if (session.inTransaction()) {
            shared.flow().commit(session);
        }
    }

    void end() {
        ended = true;
        session.close();
    }
}
