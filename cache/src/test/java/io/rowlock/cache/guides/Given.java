package io.rowlock.cache.guides;

import io.rowlock.Rowlock;
import io.rowlock.cache.SharedTier;

/** What an example has been given by the application around it. */
abstract class Given {
    final Rowlock rowlock;
    final SharedTier tier;

    Given(Rowlock rowlock, SharedTier tier) {
        this.rowlock = rowlock;
        this.tier = tier;
    }
}
