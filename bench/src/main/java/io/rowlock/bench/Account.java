package io.rowlock.bench;

/** A row of the measured table. */
record Account(long id, long balance, long version) {
    Account plusOne() {
        return new Account(id, balance + 1, version);
    }
}
