package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rowlock.Rowlock;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.TemporaryFolder;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Settings of SQLite are a connection's own: those that a script has set are not those of the next connection (sync-12). */
class SyncSettingsTest {
    private static final int POOL_SIZE = 4;

    @TempDir
    Path folder;

    private static String setting(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private String plain() {
        return "jdbc:sqlite:" + folder.resolve("plain.db");
    }

    @Test
    void whatAScriptHasSetIsGoneWithItsConnectionAndRecordsAreOrphaned() throws SQLException {
        try (Connection script = DriverManager.getConnection(plain());
                Statement statement = script.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA foreign_keys = ON");
            statement.execute("PRAGMA busy_timeout = 30000");
            statement.execute("CREATE TABLE sessions (id INTEGER PRIMARY KEY)");
            statement.execute(
                    "CREATE TABLE records (session_id INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE)");
            statement.execute("INSERT INTO sessions VALUES (1)");
            statement.execute("INSERT INTO records VALUES (1)");
        }
        try (Connection next = DriverManager.getConnection(plain());
                Statement statement = next.createStatement()) {
            assertThat(setting(next, "journal_mode")).as("the file's own").isEqualTo("wal");
            assertThat(setting(next, "foreign_keys")).isEqualTo("0");
            assertThat(setting(next, "busy_timeout")).isNotEqualTo("30000");

            statement.execute("DELETE FROM sessions");

            try (ResultSet orphans = statement.executeQuery("SELECT COUNT(*) FROM records")) {
                assertThat(orphans.getInt(1)).isOne();
            }
        }
    }

    @Test
    void eachConnectionOfThePoolHasThemAlsoOneThatCameLater() throws Exception {
        try (TemporaryFolder temporary = TemporaryFolder.named("rowlock-settings-");
                OpenDatabase database = OpenDatabase.openTemporary(Engine.SQLITE, temporary, POOL_SIZE)) {
            allAreSet(database);
            database.pool().getHikariPoolMXBean().softEvictConnections();
            allAreSet(database);

            assertThat(new Monitor(Rowlock.on(database.pool()).build()).settings())
                    .allMatch(Monitor.Setting::holds)
                    .extracting(Monitor.Setting::name)
                    .contains("foreign_keys", "busy_timeout", "journal_mode", "synchronous");
        }
    }

    private static void allAreSet(OpenDatabase database) throws SQLException {
        List<Connection> all = new ArrayList<>();
        try {
            for (int i = 0; i < POOL_SIZE; i++) {
                Connection connection = database.pool().getConnection();
                all.add(connection);
                assertThat(setting(connection, "foreign_keys")).isEqualTo("1");
                assertThat(setting(connection, "journal_mode")).isEqualTo("wal");
                assertThat(setting(connection, "synchronous")).isEqualTo("2");
                assertThat(Integer.parseInt(setting(connection, "busy_timeout")))
                        .isGreaterThanOrEqualTo(250);
            }
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    /** Also where nobody has thought of them, a unit has them on each connection that it borrows. */
    @Test
    void aUnitSetsThemOnWhateverItBorrows() throws SQLException {
        DataSource bare = new DriverManagerDataSource(plain());
        try (Connection connection = bare.getConnection()) {
            assertThat(setting(connection, "foreign_keys")).isEqualTo("0");
        }
        Monitor monitor = new Monitor(Rowlock.on(bare).build());
        for (int i = 0; i < POOL_SIZE; i++) {
            assertThat(monitor.settings()).allMatch(Monitor.Setting::holds);
        }
    }

    /** Named at once, and not found out by orphans. */
    @Databases(Engine.MARIADB)
    void theServiceDoesNotStartWithoutThem(Database database) {
        String url =
                database.url() + (database.url().contains("?") ? "&" : "?") + "sessionVariables=foreign_key_checks=0";
        DataSource careless = new DriverManagerDataSource(url, database.user(), database.password());
        Monitor monitor = new Monitor(Rowlock.on(careless).build());

        assertThatIllegalStateException()
                .isThrownBy(monitor::requireSettings)
                .withMessage("A connection is not set as it has to be (name=foreign_key_checks, value=0, needed=1)");
    }
}
