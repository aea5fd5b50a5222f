package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/** A lab's user may lend it connections of a pool. */
class BorrowedConnectionsTest {
    private static final int POOLED = 8;

    private static final Map<Engine, List<String>> SETTINGS = Map.of(
            Engine.SQLITE, List.of("PRAGMA synchronous = 2", "PRAGMA query_only = 0", "PRAGMA busy_timeout = 1234"),
            Engine.POSTGRESQL, List.of("SET synchronous_commit = local", "SET deadlock_timeout = '3s'"));

    @Databases({Engine.SQLITE, Engine.POSTGRESQL})
    void aPoolsConnectionsComeBackAsTheyWere(Database database) throws SQLException {
        database.execute("CREATE TABLE cell (id INT PRIMARY KEY, v INT NOT NULL)");
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(POOLED);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            List<String> before = ofEach(pool, database.engine(), true);

            try (Lab lab = Lab.on(pool, LabOptions.standard().withConnections(4))) {
                Exploration found = lab.explore(Scenario.named("two who write")
                        .reset("DELETE FROM cell", "INSERT INTO cell VALUES (1, 0)")
                        .actor(() -> add(lab))
                        .actor(() -> add(lab)));
                assertThat(found.unresolved()).isEmpty();
                assertThat(found.waits()).as("waits").isPositive();
                String lent = Sql.autocommit(lab.dataSource(), connection -> settings(connection, database.engine()));
                assertThat(lent).as("the lab's own settings").isNotEqualTo(before.get(0));
            }

            assertThat(ofEach(pool, database.engine(), false)).isEqualTo(before);
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aSwitchOfTheSessionDoesNotStayInAPool(Database database) throws SQLException {
        String name = database.engine() == Engine.MARIADB ? "innodb_snapshot_isolation" : "synchronize_seqscans";
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setMaximumPoolSize(2);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            String before = setting(pool, database.engine(), name);
            String other = before.equalsIgnoreCase("on") ? "OFF" : "ON";
            LabOptions options =
                    LabOptions.standard().withConnections(1).withSessionSql("SET SESSION " + name + " = " + other);
            try (Lab lab = Lab.on(pool, options)) {
                assertThat(setting(lab.dataSource(), database.engine(), name)).isEqualToIgnoringCase(other);
            }
            for (int again = 0; again < 2; again++) {
                assertThat(setting(pool, database.engine(), name)).isEqualTo(before);
            }
        }
    }

    private static String setting(DataSource dataSource, Engine engine, String name) throws SQLException {
        String question = engine == Engine.MARIADB ? "SHOW SESSION VARIABLES LIKE '" + name + "'" : "SHOW " + name;
        return Sql.autocommit(dataSource, connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(question)) {
                rows.next();
                return rows.getString(rows.getMetaData().getColumnCount());
            }
        });
    }

    private static int add(Lab lab) throws SQLException {
        return Sql.transact(lab.dataSource(), connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("UPDATE cell SET v = v + 1 WHERE id = 1");
            }
        });
    }

    /** Of all connections that a pool may have. */
    private static List<String> ofEach(HikariDataSource pool, Engine engine, boolean set) throws SQLException {
        List<String> found = new ArrayList<>();
        Deque<Connection> connections = new ArrayDeque<>();
        try {
            while (connections.size() < POOLED) {
                connections.push(pool.getConnection());
                if (set) {
                    try (Statement statement = connections.peek().createStatement()) {
                        for (String sql : SETTINGS.get(engine)) {
                            statement.execute(sql);
                        }
                    }
                }
                found.add(settings(connections.peek(), engine));
            }
        } finally {
            while (!connections.isEmpty()) {
                connections.pop().close();
            }
        }
        return found;
    }

    private static String settings(Connection connection, Engine engine) throws SQLException {
        List<String> values = new ArrayList<>();
        values.add("isolation " + connection.getTransactionIsolation());
        values.add("network timeout " + connection.getNetworkTimeout());
        try (Statement statement = connection.createStatement()) {
            for (String setting : SETTINGS.get(engine)) {
                String name = setting.substring(setting.indexOf(' ') + 1, setting.indexOf(" ="));
                try (ResultSet rows = statement.executeQuery((engine == Engine.SQLITE ? "PRAGMA " : "SHOW ") + name)) {
                    rows.next();
                    values.add(name + " " + rows.getString(1));
                }
            }
        }
        return String.join(", ", values);
    }
}
