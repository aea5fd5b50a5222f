package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

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

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aTestMayEndEveryConnection(Database database) throws SQLException {
        assertThat(database.leakCheck().find()).isEmpty();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            String others = database.engine() == Engine.POSTGRESQL
                    ? "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    : "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()";
            List<String> ids = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(others)) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            assertThat(ids).isNotEmpty();
            if (database.engine() == Engine.MARIADB) {
                for (String id : ids) {
                    statement.execute("KILL " + id);
                }
            }
        }
        assertThat(database.leakCheck().find())
                .as("it looks through a new connection")
                .isEmpty();
    }

    @Databases
    void aFurtherPoolHasTheOptionsAsked(Database database) throws SQLException {
        DataSource small = database.dataSource(config -> {
            config.setAutoCommit(false);
            config.setMaximumPoolSize(1);
            config.setConnectionTimeout(250);
            return config;
        });
        try (Connection connection = small.getConnection()) {
            assertThat(connection.getAutoCommit()).isFalse();
            assertThatThrownBy(small::getConnection).isInstanceOf(SQLTransientConnectionException.class);
        }
        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Databases
    void aDatabaseIsGoneOnceItIsClosed(Database database) throws SQLException {
        Database another = Database.create(database.engine());
        another.execute("CREATE TABLE account (id INT PRIMARY KEY)");
        DataSource pool = another.dataSource();
        try (Connection connection = DriverManager.getConnection(another.url(), another.properties())) {
            assertThat(connection.isValid(1)).isTrue();
        }

        another.close();
        another.close();

        assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class).hasMessageContaining("closed");
        assertThatThrownBy(() -> DriverManager.getConnection(another.url(), another.properties()))
                .isInstanceOf(SQLException.class);
    }

    @Databases
    void aStatementThatFailsIsNamed(Database database) {
        assertThatThrownBy(() -> database.execute("SELECT 1", "NONSENSE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A statement failed (engine=%s, sql=NONSENSE)", database.engine())
                .hasCauseInstanceOf(SQLException.class);
    }
}
