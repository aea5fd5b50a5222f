package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

class DatabasesTest {

    @Databases
    void aStatementRunsOnEachEngine(Database database) throws SQLException {
        database.execute(
                "CREATE TABLE account (id INT PRIMARY KEY, balance INT)", "INSERT INTO account VALUES (1, 100)");
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(100);
        }
    }

    @Databases
    void aCommitIsDurable(Database database) {
        switch (database.engine()) {
            case POSTGRESQL ->
                assertThat(database.settings())
                        .containsEntry("fsync", "on")
                        .containsEntry("synchronous_commit", "on")
                        .containsEntry("full_page_writes", "on");
            case SQLITE ->
                assertThat(database.settings())
                        .containsEntry("journal_mode", "wal")
                        .containsEntry("synchronous", "2")
                        .containsEntry("busy_timeout", "20000")
                        .containsEntry("foreign_keys", "1");
            default -> assertThat(database.settings()).containsEntry("innodb_flush_log_at_trx_commit", "1");
        }
    }

    @Databases(Engine.POSTGRESQL)
    void anEngineCanBeChosen(Database database) {
        assertThat(database.engine()).isEqualTo(Engine.POSTGRESQL);
    }
}
