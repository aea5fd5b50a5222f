package io.rowlock.app.lottery;

import io.rowlock.app.Schema;
import io.rowlock.engines.Database;

/** The lottery's tables in a database of a test, without the service. */
final class LotterySchema {
    private LotterySchema() {}

    /** Brings the tables up to date. */
    static void migrate(Database database) {
        Schema.migrate(database);
    }

    /** Brings the tables to a version. */
    static void to(Database database, String version) {
        Schema.to(database, version);
    }
}
