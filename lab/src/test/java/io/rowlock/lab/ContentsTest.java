package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** What was set up is put back, whatever came since. */
class ContentsTest {

    private static void tables(Database database) {
        String bytes = database.engine() == Engine.POSTGRESQL ? "BYTEA" : "BLOB";
        database.execute(
                "CREATE TABLE team (id INT PRIMARY KEY, lead_id INT, badge " + bytes + ")",
                "CREATE TABLE member (id INT PRIMARY KEY, team_id INT NOT NULL, FOREIGN KEY (team_id) REFERENCES team (id))");
        if (database.engine() != Engine.SQLITE) {
            database.execute("ALTER TABLE team ADD FOREIGN KEY (lead_id) REFERENCES member (id)");
        }
    }

    private static List<String> state(Connection connection) throws SQLException {
        return new FinalState().read(connection, List.of());
    }

    @Databases
    void rowsThatReferToEachOtherInACircleAreRemoved(Database database) throws SQLException {
        tables(database);
        try (Connection connection = database.connect()) {
            try (PreparedStatement team = connection.prepareStatement("INSERT INTO team VALUES (1, NULL, ?)")) {
                team.setBytes(1, new byte[] {0, 1, -1});
                team.executeUpdate();
            }
            database.execute("INSERT INTO member VALUES (10, 1), (11, 1)");
            List<String> asSetUp = state(connection);
            Contents contents = Contents.of(connection);

            database.execute(
                    "UPDATE team SET lead_id = 10 WHERE id = 1",
                    "INSERT INTO team VALUES (2, 11, NULL)",
                    "INSERT INTO member VALUES (12, 2)",
                    "UPDATE team SET lead_id = 12 WHERE id = 2");
            assertThat(state(connection)).isNotEqualTo(asSetUp);
            contents.putBack(connection);

            assertThat(state(connection)).isEqualTo(asSetUp);
            assertThat(connection.getAutoCommit()).isTrue();
        }
    }

    @Databases
    void tablesMayHaveAnyNameAndThoseOfMigrationsAreNoState(Database database) throws SQLException {
        String quote = database.engine() == Engine.MARIADB ? "`" : "\"";
        database.execute(
                "CREATE TABLE " + quote + "order" + quote + " (id INT PRIMARY KEY, " + quote + "select" + quote
                        + " INT)",
                "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY)",
                "INSERT INTO " + quote + "order" + quote + " VALUES (1, 7)");
        try (Connection connection = database.connect()) {
            assertThat(state(connection))
                    .contains("order[id=1 select=7]")
                    .noneMatch(table -> table.startsWith("flyway"));
        }
    }

    @Databases
    void whatWasEmptyIsEmptyAgainAndKeysAreCheckedAfterwards(Database database) throws SQLException {
        database.execute(
                "CREATE TABLE owner (id INT PRIMARY KEY)",
                "CREATE TABLE pet (id INT PRIMARY KEY, owner_id INT NOT NULL, FOREIGN KEY (owner_id) REFERENCES owner (id))");
        try (Connection connection = database.connect()) {
            Contents contents = Contents.of(connection);
            database.execute("INSERT INTO owner VALUES (1)", "INSERT INTO pet VALUES (10, 1)");
            contents.putBack(connection);
            assertThat(Sql.number(connection, "SELECT COUNT(*) FROM owner")).isZero();
            assertThat(Sql.number(connection, "SELECT COUNT(*) FROM pet")).isZero();
            try (PreparedStatement orphan = connection.prepareStatement("INSERT INTO pet VALUES (1, 99)")) {
                assertThatThrownBy(orphan::executeUpdate)
                        .as("foreign keys are checked")
                        .isInstanceOf(SQLException.class);
            }
        }
    }
}
