package io.rowlock.lab.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.LabOptions;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.report.HtmlReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Candidates beside each other: which repair helps where, and what it costs. */
@Databases(Engine.POSTGRESQL)
class MatrixTest {

    @BeforeEach
    void counter(Database database) {
        database.execute("DROP TABLE IF EXISTS counter", "CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)");
    }

    private static Void add(DataSource dataSource, String lock) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            int n;
            try (ResultSet row = statement.executeQuery("SELECT n FROM counter WHERE id = 1" + lock)) {
                row.next();
                n = row.getInt(1);
            }
            statement.executeUpdate("UPDATE counter SET n = " + (n + 1) + " WHERE id = 1");
            connection.commit();
            return null;
        }
    }

    private static Candidate candidate(String name, String lock) {
        return new Candidate(
                name,
                dataSource -> Scenario.named("two who add, " + name)
                        .reset("DELETE FROM counter", "INSERT INTO counter VALUES (1, 0)")
                        .actor(() -> add(dataSource, lock))
                        .actor(() -> add(dataSource, lock)));
    }

    private static Place place(Database database, Isolation level) {
        return new Place(
                "PostgreSQL " + level.sql(),
                database.dataSource(),
                LabOptions.standard().withIsolation(level));
    }

    @Databases
    void aCheckOfRepairsTellsWhatHelpsAndWhatItCosts(Database database, @TempDir Path folder) throws Exception {
        Matrix matrix = Matrix.run(
                List.of(place(database, Isolation.READ_COMMITTED), place(database, Isolation.REPEATABLE_READ)),
                List.of(candidate("as it is", ""), candidate("FOR UPDATE", " FOR UPDATE")),
                Budget.standard().naive());

        assertThat(matrix).hasToString("""
                |            | PostgreSQL READ COMMITTED        | PostgreSQL REPEATABLE READ    |
                |------------|----------------------------------|-------------------------------|
                | as it is   | LOST_UPDATE in 12 of 14, 6 waits | holds in 14, 6 waits, 12 lost |
                | FOR UPDATE | holds in 6, 4 waits              | holds in 6, 4 waits, 4 lost   |
                """);
        assertThat(matrix.holdsEverywhere("FOR UPDATE")).isTrue();
        assertThat(matrix.holdsEverywhere("as it is")).isFalse();
        Path page = folder.resolve("repairs.html");
        HtmlReport.write(page, "Repairs", matrix.explored());
        assertThat(Files.readString(page)).contains("two who add, FOR UPDATE");
    }

    @Databases
    void whatIsNotThereIsRefusedWithWhatIs(Database database) {
        List<Place> places = List.of(place(database, Isolation.READ_COMMITTED));
        Matrix matrix = Matrix.run(places, List.of(candidate("FOR UPDATE", " FOR UPDATE")));
        assertThatThrownBy(() -> matrix.cell("as it is", "PostgreSQL READ COMMITTED"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FOR UPDATE / PostgreSQL READ COMMITTED");
        assertThatThrownBy(() -> matrix.holdsEverywhere("as it is")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Matrix.run(places, List.of(candidate("one", ""), candidate("one", ""))))
                .hasMessageContaining("name=one");
        assertThatThrownBy(() -> Matrix.run(places, List.of())).hasMessageContaining("candidates");
    }
}
