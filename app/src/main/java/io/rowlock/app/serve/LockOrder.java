package io.rowlock.app.serve;

import io.rowlock.Table;
import java.util.List;

/**
 * The order in which the tables of one system are locked and written, parents before children. Each system has a bean of
 * this type; together they make the order of the one {@code Rowlock} that all systems share.
 *
 * @param tables first to last
 */
public record LockOrder(List<Table<?, ?>> tables) {
    public LockOrder {
        tables = List.copyOf(tables);
    }
}
