package io.rowlock;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@linkplain Rowlock#read read unit} can do: look. Nothing it offers writes or takes a write lock on any engine.
 *
 * <p>One thread at a time, as a {@link Connection} is; useless after the unit has ended.
 */
public interface ReadTx {
    /**
     * Looks at a row. The view is for showing: it is not checked at commit and no write accepts it.
     *
     * @return the row, or empty if there is none under this key
     */
    <T, K> Optional<View<T>> peek(Table<T, K> table, K id);

    /** Looks at several rows in few statements; keys without a row are left out. In the order the ids were given. */
    <T, K> Map<K, View<T>> peekAll(Table<T, K> table, Collection<? extends K> ids);

    /** The time at which the unit began. It stays the same in every attempt. */
    Instant now();

    /**
     * The unit's connection, for SQL of any library. In a read unit it refuses to write. Commit, rollback and close are
     * the unit's and are refused.
     */
    Connection connection();

    /**
     * What it means that a statement of the body's own failed, to be thrown: {@code throw tx.failure(failed)}.
     *
     * <p>What an engine refuses because of others at the same time makes the unit run again, as it would if a statement of
     * Rowlock had failed; a body that throws something else instead has the same.
     *
     * @param thrown by the {@link #connection} or by something made of it
     * @return {@link DatabaseFailure}, with what kind of failure it was, or {@link LockTimeout}
     */
    RowlockException failure(SQLException thrown);
}
