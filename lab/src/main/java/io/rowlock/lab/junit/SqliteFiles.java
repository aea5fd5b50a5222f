package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

/** A SQLite database in a temporary file each. */
final class SqliteFiles implements RaceDatabases {
    private static final String PROTOCOL = "jdbc:sqlite:";

    @Override
    public Set<Engine> engines() {
        return DriverDataSource.isDriverThere(PROTOCOL) ? Set.of(Engine.SQLITE) : Set.of();
    }

    @Override
    public RaceDatabase create(Engine engine) {
        try {
            Path folder = Files.createTempDirectory("rowlock-race-");
            Properties properties = new Properties();
            properties.setProperty("journal_mode", "WAL");
            properties.setProperty("foreign_keys", "true");
            return new RaceDatabase(
                    new DriverDataSource(PROTOCOL + folder.resolve("race.db"), properties), () -> delete(folder));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
