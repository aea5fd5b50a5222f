package io.rowlock.app;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.RedisChoice;
import io.rowlock.app.serve.ServeSettings;
import io.rowlock.app.serve.Service;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** The real service in this process, on a test's database and a free port. Closed by the test. */
public final class RunningService implements AutoCloseable {
    private final Path data;
    private final Service service;
    private final Http http;

    private RunningService(Path data, Service service) {
        this.data = data;
        this.service = service;
        this.http = new Http(service.url());
    }

    /** Nothing happens that the test does not do: full rounds are not drawn, and everybody may buy as often as they like. */
    private static final Map<String, String> QUIET = Map.of(
            "rowlock.lottery.draw-when-full",
            "false",
            "rowlock.lottery.rate-limit.max",
            "0",
            "rowlock.credits.rate-limit.max",
            "0",
            "rowlock.sync.schedule-every",
            "0",
            "rowlock.mastery.decision-timeout",
            "5s",
            "rowlock.mastery.rewards.every",
            "0");

    /** Starts on a database, empty but for its tables, and does nothing by itself. */
    public static RunningService on(Database database) {
        return on(database, QUIET);
    }

    /** Starts on a database with options that differ from those of {@code application.yaml}. */
    public static RunningService on(Database database, Map<String, String> options) {
        return start(choice(database, database.url()), options);
    }

    /** Starts on a database that is reached by another URL. */
    public static RunningService on(Database database, String url) {
        return start(choice(database, url), QUIET);
    }

    /** Starts on a database as another user of it. */
    public static RunningService as(Database database, String user, String password) {
        return start(new DatabaseChoice.Given(database.engine(), database.url(), user, password), QUIET);
    }

    private static DatabaseChoice choice(Database database, String url) {
        return database.engine() == Engine.SQLITE
                ? new DatabaseChoice.Given(Engine.SQLITE, url, null, null)
                : new DatabaseChoice.Given(database.engine(), url, database.user(), database.password());
    }

    /** Starts on a database and with a Redis. */
    public static RunningService on(Database database, RedisChoice redis) {
        return start(choice(database, database.url()), redis, QUIET);
    }

    private static RunningService start(DatabaseChoice choice, Map<String, String> options) {
        return start(choice, new RedisChoice.None(), options);
    }

    private static RunningService start(DatabaseChoice choice, RedisChoice redis, Map<String, String> options) {
        try {
            Path data = Files.createTempDirectory("rowlock-service-");
            return new RunningService(
                    data,
                    Service.start(new ServeSettings(
                            "127.0.0.1", 0, data, choice, redis, 16, false, ZoneOffset.UTC, options)));
        } catch (CannotStart | IOException failed) {
            throw new AssertionError("The service did not start", failed);
        }
    }

    /** A client of the service. */
    public Http http() {
        return http;
    }

    /** Its data folder. */
    public Path data() {
        return data;
    }

    /** Where it is. */
    public String url() {
        return service.url();
    }

    @Override
    public void close() {
        service.close();
        try (Stream<Path> all = Files.walk(data)) {
            all.sorted(Comparator.reverseOrder()).forEach(RunningService::delete);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }
}
