package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock sync} as a user runs it. */
class SyncCommandTest {
    @TempDir
    Path folder;

    private int run(Child child) {
        return child.awaitEnd();
    }

    private static JsonNode json(Child child) {
        return new JsonMapper().readTree(child.out());
    }

    @Test
    void whereThereIsNothingItSyncsASampleAndThenWhatIsThere() {
        try (Child first = Child.start(folder, "sync")) {
            assertThat(run(first)).as(first.err()).isZero();
            assertThat(first.out())
                    .contains("completed  archive    1 accounts: 1 new, 0 changed, 0 gone")
                    .contains("completed: 3 of 3 instances synced (session ");
            assertThat(first.err()).isEmpty();
        }
        try (Child second = Child.start(folder, "sync", "shop", "--add", "gone=jdbc:sqlite:gone.db", "--json")) {
            assertThat(run(second)).as(second.err()).isZero();
            assertThat(json(second).path("instances")).hasSize(1);
            assertThat(json(second).path("instances").path(0).path("created").asInt())
                    .isZero();
        }
        try (Child third = Child.start(folder, "sync")) {
            assertThat(run(third)).isEqualTo(SyncCommand.NOT_ALL);
            assertThat(third.out())
                    .contains("failed     gone       UNREACHABLE, The instance cannot be reached")
                    .contains("failed: 3 of 4 instances synced");
            assertThat(third.err()).isEmpty();
        }
        try (Child unknown = Child.start(folder, "sync", "nope")) {
            assertThat(run(unknown)).isEqualTo(Main.USAGE);
            assertThat(unknown.err().lines())
                    .containsExactly("rowlock: There is no instance 'nope'; there are archive, gone, shop, warehouse"
                            + " (see rowlock sync --help)");
        }
        try (Child taken = Child.start(folder, "sync", "--add", "shop=jdbc:sqlite:other.db")) {
            assertThat(run(taken)).isEqualTo(Main.USAGE);
            assertThat(taken.err().lines())
                    .containsExactly("rowlock: --add shop: there is another instance of this name (see rowlock sync"
                            + " --help)");
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void itWorksOnADatabaseThatIsGivenAndReadsIt(Database database) throws IOException {
        Path credentials = Files.createDirectories(folder.resolve("data")).resolve("credentials.properties");
        Files.writeString(credentials, "own=" + database.password());
        assertThat(credentials.toFile().setReadable(false, false)).isTrue();
        assertThat(credentials.toFile().setReadable(true, true)).isTrue();
        String url = database.url().replaceFirst("\\?.*", "");
        try (Child child = Child.start(
                folder,
                Map.of("ROWLOCK_DB_PASSWORD", database.password()),
                "sync",
                "--db-url",
                url,
                "--db-user",
                database.user(),
                "--add",
                "own=" + url,
                "--user",
                database.user(),
                "--credential",
                "own",
                "--json")) {
            assertThat(run(child))
                    .as("out: %s, err: %s", child.out(), child.err())
                    .isZero();
            assertThat(json(child).path("instances").path(0).path("synced").asInt())
                    .isPositive();
        }
    }

    /** As by Ctrl-C: the session is cancelled, in the database too, and what became of it is told. */
    @Test
    void whoeverEndsItCancelsItsSession() throws SQLException, IOException {
        Path held = Files.createDirectories(folder.resolve("data/instances")).resolve("held.db");
        try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + held);
                Statement statement = holder.createStatement()) {
            statement.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY)");
            statement.execute("BEGIN EXCLUSIVE");
            try (Child child = Child.start(folder, "sync", "--add", "held=jdbc:sqlite:held.db", "held")) {
                Eventually.until(
                        "work on the instance has begun",
                        Child.PATIENCE,
                        () -> !child.isAlive() || stored().contains("running/running"));
                assertThat(child.isAlive()).as("err: %s", child.err()).isTrue();

                child.terminate();

                assertThat(run(child)).isEqualTo(128 + 15);
                assertThat(child.out()).contains("cancelled: 0 of 1 instances synced");
                assertThat(stored()).containsExactly("cancelled/skipped");
            }
        }
    }

    /** Sessions and their records, by their states. */
    private List<String> stored() {
        List<String> states = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/rowlock.db"));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT s.status, r.status FROM sync_sessions s"
                        + " JOIN sync_instance_records r ON r.session_id = s.session_id")) {
            while (rows.next()) {
                states.add(rows.getString(1) + "/" + rows.getString(2));
            }
        } catch (SQLException notYet) {
            // The tables are being made.
        }
        return states;
    }
}
