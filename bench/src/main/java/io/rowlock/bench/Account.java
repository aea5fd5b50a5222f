package io.rowlock.bench;

import io.rowlock.once.Codec;
import java.nio.ByteBuffer;

/** A row of the measured table. */
record Account(long id, long balance, long version) {
    /** Three whole numbers, so that what caches are compared by is not how they write objects. */
    static final Codec<Account> CODEC = Codec.of(Account::bytes, Account::of);

    Account plusOne() {
        return new Account(id, balance + 1, version);
    }

    private static byte[] bytes(Account account) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(account.id)
                .putLong(account.balance)
                .putLong(account.version)
                .array();
    }

    private static Account of(byte[] bytes) {
        ByteBuffer numbers = ByteBuffer.wrap(bytes);
        return new Account(numbers.getLong(), numbers.getLong(), numbers.getLong());
    }
}
