package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.View;
import io.rowlock.app.Schema;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.app.story.upkeep.StoryBackup;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the write-ahead log is good for, and what is missed by whoever does not know of it. */
class WriteAheadLogTest {
    @TempDir
    Path folder;

    private static long stories(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM stories")) {
            row.next();
            return row.getLong(1);
        }
    }

    private Connection open(Path file, String journal) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = " + journal);
            statement.execute("PRAGMA busy_timeout = 0");
        }
        return connection;
    }

    /** story-10: a long reader and a writer. Whether it blocks is a matter of the file, and of no schedule. */
    @Test
    void aLongReaderHoldsUpWritersWithoutTheLogAndNobodyWithIt() throws SQLException {
        assertThat(writerBesideReader("DELETE")).isEqualTo("locked");
        assertThat(writerBesideReader("WAL")).isEqualTo("written, and the reader sees 1");
    }

    private String writerBesideReader(String journal) throws SQLException {
        Path file = folder.resolve(journal + ".db");
        try (Connection writer = open(file, journal);
                Connection reader = open(file, journal)) {
            try (Statement statement = writer.createStatement()) {
                statement.execute("CREATE TABLE stories (id INTEGER PRIMARY KEY)");
                statement.execute("INSERT INTO stories VALUES (1)");
            }
            reader.setAutoCommit(false);
            assertThat(stories(reader)).isOne();
            try (Statement statement = writer.createStatement()) {
                statement.execute("INSERT INTO stories VALUES (2)");
            } catch (SQLException busy) {
                assertThat(busy.getMessage()).contains("SQLITE_BUSY");
                return "locked";
            }
            return "written, and the reader sees " + stories(reader);
        }
    }

    /** The service's own way, while the reader reads: as of its own moment, and the writer goes on. */
    @Databases(Engine.SQLITE)
    void theServiceWritesWhileSomebodyReads(Database database) throws SQLException {
        Desk desk = new Desk(database);
        View<StoryRow> story = desk.made("read", CoreStatus.IN_PROGRESS);
        try (Connection reader = database.dataSource().getConnection()) {
            reader.setAutoCommit(false);
            long before = stories(reader);
            Desk.done(desk.stories.change(
                    story.value().id(), Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), story.version()));
            desk.made("meanwhile", CoreStatus.DRAFT);
            assertThat(stories(reader)).isEqualTo(before);
            reader.rollback();
            assertThat(stories(reader)).isEqualTo(before + 1);
            reader.setAutoCommit(true);
        }
    }

    /** A copy of the file misses what stands in the log; a backup does not. */
    @Databases(Engine.SQLITE)
    void aBackupHasTheLogInIt(Database database) throws Exception {
        try (Database own = Database.create(Engine.SQLITE)) {
            Schema.migrate(own);
            Rowlock rowlock = Rowlock.on(own.dataSource()).build();
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            Desk desk = new Desk(own);
            // Keeps the log from being emptied when the last connection is closed.
            try (Connection open = own.dataSource().getConnection()) {
                assertThat(stories(open)).isZero();
                for (int i = 0; i < 5; i++) {
                    desk.made("s" + i, CoreStatus.DRAFT);
                }
                Path file = Path.of(own.url().replaceFirst("^jdbc:sqlite:", "").replaceFirst("\\?.*", ""));
                Path copy = Files.copy(file, folder.resolve("copy.db"));
                StoryBackup backup = new StoryBackup(rowlock, own.dataSource(), folder.resolve("backups"));

                StoryBackup.Made made = Desk.done(backup.make("now"));
                desk.made("later", CoreStatus.DRAFT);
                StoryBackup.Made again = Desk.done(backup.make("now"));

                assertThat(made.stories()).isEqualTo(5);
                assertThat(again).as("never replaced").isEqualTo(made);
                assertThat(backup.kept()).extracting(StoryBackup.Kept::name).containsExactly("now");
                assertThat(Desk.done(backup.make("then")).stories()).isEqualTo(6);
                try (Connection copied = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
                    assertThat(stories(copied)).as("a copy of the file alone").isZero();
                }
                try (Connection restored = DriverManager.getConnection("jdbc:sqlite:" + backup.file("now"))) {
                    assertThat(stories(restored)).isEqualTo(5);
                }
                try (var left = Files.list(folder.resolve("backups"))) {
                    assertThat(left).hasSize(2);
                }
            }
        }
    }

    /** A backup that cannot be written, or is no database any more, is none. */
    @Databases(Engine.SQLITE)
    void aBackupThatIsNotSoundIsNone(Database database) throws Exception {
        Desk desk = new Desk(database);
        Path backups = folder.resolve("backups");
        StoryBackup backup = new StoryBackup(desk.rowlock, database.dataSource(), backups);
        Desk.done(backup.make("whole"));
        Files.write(backup.file("whole"), new byte[5_000]);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> backup.make("whole"))
                .isInstanceOf(io.rowlock.RowlockException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> backup.make("../up"))
                .isInstanceOf(IllegalArgumentException.class);
        Files.writeString(folder.resolve("file"), "");
        StoryBackup nowhere = new StoryBackup(desk.rowlock, database.dataSource(), folder.resolve("file"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> nowhere.make("x"))
                .isInstanceOf(java.io.UncheckedIOException.class);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void ofAServerItsOwnToolMakesBackups(Database database) {
        Desk desk = new Desk(database);
        StoryBackup backup = new StoryBackup(desk.rowlock, database.dataSource(), folder);
        assertThat(Desk.refused(backup.make("x"))).isInstanceOf(Refusal.BackupByServer.class);
        assertThat(folder).isEmptyDirectory();
    }
}
