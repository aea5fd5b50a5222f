package io.rowlock.lab;

import io.rowlock.dialect.Isolation;
import java.sql.Connection;

/** JDBC's numbers for levels. */
final class Levels {
    private Levels() {}

    static Isolation of(int jdbc) {
        return switch (jdbc) {
            case Connection.TRANSACTION_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
            case Connection.TRANSACTION_SERIALIZABLE -> Isolation.SERIALIZABLE;
            default -> Isolation.READ_COMMITTED;
        };
    }
}
