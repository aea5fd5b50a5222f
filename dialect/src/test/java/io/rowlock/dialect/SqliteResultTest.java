package io.rowlock.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Where the driver's own class cannot be asked, the message tells the result code, and without it the vendor code. */
class SqliteResultTest {

    @Test
    void theMessageNamesTheExtendedCode() {
        assertThat(code("[SQLITE_BUSY_SNAPSHOT] Another database connection has already written", 5))
                .isEqualTo(517);
        assertThat(code("[SQLITE_CONSTRAINT_PRIMARYKEY] A PRIMARY KEY constraint failed", 19))
                .isEqualTo(1555);
        assertThat(code("[SQLITE_CONSTRAINT_UNIQUE] A UNIQUE constraint failed", 19))
                .isEqualTo(2067);
        assertThat(code("[SQLITE_CONSTRAINT_ROWID] rowid is not unique", 19)).isEqualTo(2579);
    }

    @Test
    void anythingElseIsTheVendorCode() {
        assertThat(code("[SQLITE_BUSY] The database file is locked", 5)).isEqualTo(5);
        assertThat(code("no name at all", 11)).isEqualTo(11);
        assertThat(SqliteResult.code(new SQLException(null, null, 13))).isEqualTo(13);
    }

    @Test
    void theVerdictsFollow() {
        assertThat(SqlFailure.of(Engine.SQLITE, new SQLException("[SQLITE_BUSY_SNAPSHOT] x", null, 5))
                        .kind())
                .isEqualTo(SqlFailure.Kind.BUSY_SNAPSHOT);
        assertThat(SqlFailure.of(Engine.SQLITE, new SQLException("[SQLITE_CONSTRAINT_UNIQUE] x", null, 19))
                        .kind())
                .isEqualTo(SqlFailure.Kind.UNIQUE);
        assertThat(SqlFailure.of(Engine.SQLITE, new SQLException("[SQLITE_BUSY] x", null, 5))
                        .kind())
                .isEqualTo(SqlFailure.Kind.BUSY);
        assertThat(SqlFailure.of(Engine.SQLITE, new SQLException("[SQLITE_FULL] x", null, 13))
                        .duringCommit()
                        .kind())
                .isEqualTo(SqlFailure.Kind.COMMIT_UNKNOWN);
    }

    private static int code(String message, int vendor) {
        return SqliteResult.code(new SQLException(message, null, vendor));
    }
}
