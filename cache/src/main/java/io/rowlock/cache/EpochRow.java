package io.rowlock.cache;

import io.rowlock.Table;

/**
 * A region's row in the database.
 *
 * @param tier which store the epoch is on; empty while there was none
 * @param closed 1 while nobody may go by the tier
 * @param version the epoch
 */
record EpochRow(String region, String tier, int closed, long version) {
    static final Table<EpochRow, String> TABLE = Table.of("rowlock_cache_epoch", EpochRow.class)
            .key("region", String.class)
            .keysNeverReturn()
            .build();

    /** Closes a region and begins a new epoch, in the transaction of a write that the tier does not know of. */
    static final String CLOSE = "UPDATE rowlock_cache_epoch SET closed = 1, version = version + 1 WHERE region = ?";

    static EpochRow initial(String region) {
        return new EpochRow(region, "", 1, 1);
    }

    EpochRow shut() {
        return new EpochRow(region, tier, 1, version);
    }
}
