package io.rowlock.app.load;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** What a service has acknowledged to a load, as the driver remembers it. Safe for use by many threads; {@link #findings} comes last. */
interface Promises {
    /** What is left open, and what was contradicted. */
    Doubts doubts();

    /** How many effects were acknowledged. */
    int size();

    /**
     * What is not as it was told, a line each.
     *
     * @throws SQLException if the database cannot be read
     */
    List<String> findings(Connection connection) throws SQLException;
}
