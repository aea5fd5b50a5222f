package io.rowlock.lab.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Scenario;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class RunningServersTest {

    private static String answer(DataSource database, String query) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static RunningServers server(Database database, String user, String password) {
        String engine = database.engine().name();
        return new RunningServers(
                Map.of(RunningServers.property(database.engine()), database.url())::get,
                Map.of("ROWLOCK_RACE_" + engine + "_USER", user, "ROWLOCK_RACE_" + engine + "_PASSWORD", password)
                        ::get);
    }

    private static final Map<Engine, String> CURRENT = Map.of(
            Engine.POSTGRESQL, "SELECT current_database()",
            Engine.MARIADB, "SELECT DATABASE()");

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachTestHasADatabaseOfItsOwn(Database database) throws SQLException {
        RunningServers server = server(database, database.user(), database.password());
        assertThat(server.engines()).containsExactly(database.engine());
        String current = CURRENT.get(database.engine());

        RaceDatabase one = server.create(database.engine());
        RaceDatabase other = server.create(database.engine());

        String name = answer(one.dataSource(), current);
        assertThat(name).matches("rowlock_race_[0-9a-f]{32}").isNotEqualTo(answer(other.dataSource(), current));
        one.close();
        other.close();
        assertThat(catchThrowable(() -> answer(one.dataSource(), current))).isInstanceOf(SQLException.class);
        assertThat(answer(database.dataSource(), current)).isEqualTo(database.name());
    }

    @Databases(Engine.POSTGRESQL)
    void aSchemaDoesForAUserWhoMayNotCreateDatabases(Database database) throws SQLException {
        String role = database.name() + "_user";
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'sesame'",
                "GRANT CREATE ON DATABASE " + database.name() + " TO " + role);
        try {
            RaceDatabase schema = server(database, role, "sesame").create(Engine.POSTGRESQL);
            String name = answer(schema.dataSource(), "SELECT current_schema()");
            assertThat(name).startsWith("rowlock_race_");
            assertThat(answer(schema.dataSource(), "SELECT current_database()")).isEqualTo(database.name());
            assertThat(found(schema.dataSource())).isEqualTo("ticket[id=1 sold=101 total=100]");
            schema.close();
            assertThat(answer(
                            database.dataSource(),
                            "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '" + name + "'"))
                    .isEqualTo("0");
        } finally {
            database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    /** What two buyers leave there at the worst. */
    private static String found(DataSource schema) throws SQLException {
        try (Lab lab = Lab.on(schema)) {
            try (Connection connection = schema.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
            }
            Tickets tickets = new Tickets(lab.dataSource());
            return lab.explore(Scenario.named("two buyers in a schema")
                            .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                            .actor(() -> tickets.buy(1))
                            .actor(() -> tickets.buy(1)))
                    .witness()
                    .orElseThrow()
                    .outcome()
                    .state()
                    .get(0);
        }
    }

    @Test
    void noMessageHoldsAPassword() {
        for (String url : new String[] {
            "jdbc:postgresql://127.0.0.1:1/race?password=sesame",
            "jdbc:postgresql:sesame",
            "jdbc:mysql://root:sesame@127.0.0.1:1/race"
        }) {
            RunningServers server =
                    new RunningServers(name -> url, Map.of("ROWLOCK_RACE_POSTGRESQL_PASSWORD", "sesame")::get);
            StringWriter trace = new StringWriter();

            Throwable failed = catchThrowable(() -> server.create(Engine.POSTGRESQL));
            failed.printStackTrace(new PrintWriter(trace));

            assertThat(failed).isInstanceOf(SQLException.class);
            assertThat(trace.toString()).doesNotContain("sesame");
        }
    }

    @Test
    void whatIsNotNamedIsNotOffered() {
        assertThat(new RunningServers(name -> " ", name -> null).engines()).isEmpty();
    }

    @Test
    void nothingIsLeftOfASqliteFile() throws SQLException {
        RaceDatabase database = new SqliteFiles().create(Engine.SQLITE);
        assertThat(answer(database.dataSource(), "PRAGMA journal_mode")).isEqualTo("wal");
        Path folder = Path.of(answer(database.dataSource(), "SELECT file FROM pragma_database_list"))
                .getParent();
        assertThat(folder).isDirectory();

        database.close();

        assertThat(folder).doesNotExist();
    }
}
