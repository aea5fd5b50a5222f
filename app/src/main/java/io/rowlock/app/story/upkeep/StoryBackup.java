package io.rowlock.app.story.upkeep;

import io.rowlock.DatabaseFailure;
import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.Outcome;
import io.rowlock.app.story.Refusal;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.SqlFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Backups of the database while it is in use. On SQLite the whole file is written anew by {@code VACUUM INTO}, as of one moment;
 * what stands in the write-ahead log and not yet in the file is in it too, which a copy of the file would miss.
 *
 * <p><b>Promise.</b> A backup appears under its name when it is whole, on the disk, and was opened and read: SQLite finds it sound, and
 * the books of the stories in it are right. One that is there is never replaced; asked for again, it is verified and answered.
 * Writers go on meanwhile.
 *
 * <p><b>Holds when</b> the folder is on a file system that knows links to files, or is used by one process. A server has a tool of
 * its own for this, which knows more than we do: the answer names it.
 *
 * <p>Safe for use by many threads, and many processes.
 */
public final class StoryBackup {
    /** What a backup may be called: nothing that leads out of the folder. */
    public static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

    private static final Pattern NAMED = Pattern.compile(NAME);
    private static final String SUFFIX = ".db";
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Key ONE_AT_A_TIME = Key.of("story-backup");

    private static final Map<Engine, String> TOOLS = Map.of(
            Engine.POSTGRESQL, "pg_dump -Fc",
            Engine.MARIADB, "mariadb-dump --single-transaction",
            Engine.MYSQL, "mysqldump --single-transaction");

    private final Rowlock rowlock;
    private final DataSource outsideUnits;
    private final Path folder;

    /**
     * Backups of a database.
     *
     * @param outsideUnits the same database; writing a file anew is no part of a transaction
     * @param folder where backups are; made with the first
     */
    public StoryBackup(Rowlock rowlock, DataSource outsideUnits, Path folder) {
        this.rowlock = rowlock;
        this.outsideUnits = outsideUnits;
        this.folder = folder;
    }

    /**
     * A backup.
     *
     * @param stories how many are in it
     */
    public record Made(String name, long bytes, long stories, Instant madeAt) {}

    /** A backup that is there. */
    public record Kept(String name, long bytes, Instant madeAt) {}

    /**
     * Makes a backup, or answers the one of this name.
     *
     * @return it, verified; or that the server's own tool makes backups
     * @throws DatabaseFailure if it cannot be written or is not sound; then there is none of this name, unless there was one
     */
    public Outcome<Made> make(String name) {
        requireName(name);
        Engine engine = rowlock.profile().engine();
        String tool = TOOLS.get(engine);
        if (tool != null) {
            return Outcome.refused(new Refusal.BackupByServer(engine.title(), tool));
        }
        return Outcome.done(rowlock.serial(ONE_AT_A_TIME, WAIT, () -> {
            try {
                Path target = file(name);
                if (!Files.exists(target)) {
                    write(target);
                }
                return new Made(
                        name,
                        Files.size(target),
                        verify(target),
                        Files.getLastModifiedTime(target).toInstant());
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            } catch (SQLException failed) {
                throw new DatabaseFailure(SqlFailure.of(engine, failed), Map.of("backup", name));
            }
        }));
    }

    /** The backups that there are, newest first. */
    public List<Kept> kept() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Kept> kept = new ArrayList<>();
            for (Path file : files.toList()) {
                Optional<String> name = name(file);
                if (name.isPresent()) {
                    kept.add(new Kept(
                            name.get(),
                            Files.size(file),
                            Files.getLastModifiedTime(file).toInstant()));
                }
            }
            kept.sort(Comparator.comparing(Kept::madeAt).reversed().thenComparing(Kept::name));
            return kept;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where a backup of this name is, or would be. */
    public Path file(String name) {
        requireName(name);
        return folder.resolve(name + SUFFIX);
    }

    private static Optional<String> name(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(SUFFIX) && NAMED.matcher(name).matches()
                ? Optional.of(name.substring(0, name.length() - SUFFIX.length()))
                : Optional.empty();
    }

    private static void requireName(String name) {
        if (!NAMED.matcher(name).matches()) {
            throw new IllegalArgumentException("No name for a backup (name=" + name + ")");
        }
    }

    private void write(Path target) throws IOException, SQLException {
        Files.createDirectories(folder);
        // Begins with a point, so that nobody takes it for one.
        Path part = folder.resolve("." + UUID.randomUUID() + ".part");
        try {
            try (Connection connection = outsideUnits.getConnection();
                    PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
                vacuum.setString(1, part.toAbsolutePath().toString());
                vacuum.execute();
            }
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            verify(part);
            appear(part, target);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** All at once, and never in the place of another. */
    private static void appear(Path part, Path target) throws IOException {
        try {
            Files.createLink(target, part);
        } catch (FileAlreadyExistsException somebodyWasFaster) {
            // Then theirs is the one of this name.
        } catch (UnsupportedOperationException noLinks) {
            Files.move(part, target);
        }
    }

    /** Opens a copy and reads it; answers how many stories it has. */
    private static long verify(Path copy) throws SQLException {
        Properties readOnly = new Properties();
        readOnly.setProperty("open_mode", "1");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy.toAbsolutePath(), readOnly);
                Statement statement = connection.createStatement()) {
            String sound = one(statement, "PRAGMA integrity_check");
            List<String> wrong = Finding.lines(StoryAudit.run(connection));
            if (!sound.equals("ok") || !wrong.isEmpty()) {
                throw new SQLException("The copy is not sound: " + sound + " " + wrong);
            }
            return Long.parseLong(one(statement, "SELECT COUNT(*) FROM stories"));
        }
    }

    private static String one(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }
}
