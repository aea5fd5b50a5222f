package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

/** The witness that is told is the smallest: no actor that is not needed, no switch that is not needed. */
class ShrinkerTest {
    private static final String[] RESET = {"DELETE FROM counter", "INSERT INTO counter VALUES (1, 0), (2, 0), (3, 0)"};

    @BeforeEach
    void counters(Database database) {
        database.execute("DROP TABLE IF EXISTS counter", "CREATE TABLE counter (id INT PRIMARY KEY, n INT NOT NULL)");
    }

    private static LabOptions readCommitted(Database database) {
        return database.engine() == Engine.SQLITE
                ? LabOptions.standard()
                : LabOptions.standard().withIsolation(Isolation.READ_COMMITTED);
    }

    private static int read(Connection connection, int id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT n FROM counter WHERE id = ?")) {
            statement.setInt(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getInt(1) : -1;
            }
        }
    }

    private static void write(Connection connection, int id, int n) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("UPDATE counter SET n = ? WHERE id = ?")) {
            statement.setInt(1, n);
            statement.setInt(2, id);
            statement.executeUpdate();
        }
    }

    /** Reads and writes back, in autocommit, after looking at another row some times. */
    private static int add(DataSource dataSource, int id, int looks) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            for (int look = 0; look < looks; look++) {
                int unused = read(connection, 3);
            }
            int n = read(connection, id);
            write(connection, id, n + 1);
            return n + 1;
        }
    }

    private static Scenario three(Lab lab) {
        return Scenario.named("two who add, and one elsewhere")
                .reset(RESET)
                .actor(() -> add(lab.dataSource(), 2, 0))
                .actor(() -> add(lab.dataSource(), 1, 0))
                .actor(() -> add(lab.dataSource(), 1, 0));
    }

    @Databases
    void anActorThatIsNotNeededIsLeftOut(Database database) {
        try (Lab lab = Lab.on(database.dataSource(), readCommitted(database))) {
            Exploration found = lab.explore(three(lab));

            Run witness = found.witness().orElseThrow();
            assertThat(witness.schedule()).hasToString("B1 C1 C2 B2");
            assertThat(witness.outcome().results()).containsOnlyKeys('B', 'C');
            assertThat(witness.anomaly()).isEqualTo(found.violations().get(0).anomaly());

            Run again = lab.replay(three(lab), witness.schedule());
            assertThat(again.outcome()).isEqualTo(witness.outcome());
            assertThat(again.violation()).isPresent();
        }
    }

    @Databases
    void aWitnessHasNoMoreSwitchesThanAnyScheduleThatGoesWrong(Database database) {
        try (Lab lab = Lab.on(database.dataSource(), readCommitted(database))) {
            for (int looks = 0; looks < 3; looks++) {
                int first = looks;
                Scenario two = Scenario.named("two who add, after " + looks + " looks")
                        .reset(RESET)
                        .actor(() -> add(lab.dataSource(), 1, first))
                        .actor(() -> add(lab.dataSource(), 1, 1));
                int fewest = lab.explore(two, Budget.standard().naive().withShrinks(0)).violations().stream()
                        .mapToInt(run -> run.schedule().switches())
                        .min()
                        .orElseThrow();
                Run witness = lab.explore(two).witness().orElseThrow();
                assertThat(witness.schedule().switches())
                        .as("%s", witness.schedule())
                        .isEqualTo(fewest);
            }
        }
    }

    @Databases(Engine.SQLITE)
    void anInvariantThatNeedsAllActorsKeepsThem(Database database) {
        try (Lab lab = Lab.on(database.dataSource(), readCommitted(database))) {
            Scenario three = three(lab).invariant("three were added", (connection, results) -> {
                int sum = read(connection, 1) + read(connection, 2);
                return sum == 3 ? Optional.empty() : Optional.of(sum + " were added");
            });
            assertThat(lab.explore(three).witness().orElseThrow().outcome().results())
                    .containsOnlyKeys('A', 'B', 'C');
        }
    }

    @Databases(Engine.SQLITE)
    void withoutRunsForItTheWitnessStaysAsItWasFound(Database database) {
        try (Lab lab = Lab.on(database.dataSource(), readCommitted(database))) {
            Exploration found = lab.explore(three(lab), Budget.standard().withShrinks(0));
            assertThat(found.smallest()).isEmpty();
            assertThat(found.witness().orElseThrow().outcome().results()).containsOnlyKeys('A', 'B', 'C');
        }
    }
}
