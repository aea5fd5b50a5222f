package io.rowlock.watch.jdbc;

import java.sql.Connection;

/**
 * A connection as it was lent once: what a pool lends again is another session.
 *
 * @param number tells sessions of one data source apart; 1, 2, 3
 * @param connection the connection under the wrapping; what is done with it is not observed
 */
public record JdbcSession(long number, Connection connection) {}
