package io.rowlock.app.sync.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.rowlock.app.sync.remote.RemoteFailure.Kind;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.Eventually;
import io.rowlock.engines.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances of each engine are read; whatever is wrong with them ends in time, and is told without a driver's words. */
class RemoteReaderTest {
    private static final String PASSWORD = "geheim-4711";
    private static final RemoteLimits LIMITS =
            new RemoteLimits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofSeconds(40), 1000);

    /** PostgreSQL's driver counts in whole seconds. */
    private static final RemoteLimits SHORT =
            new RemoteLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(30), 1000);

    @TempDir
    Path folder;

    private final List<RemoteReader> readers = new java.util.ArrayList<>();

    @AfterEach
    void close() {
        readers.forEach(RemoteReader::close);
    }

    private RemoteReader reader(RemoteLimits limits, String password) {
        RemoteReader reader = new RemoteReader(
                new AllowedAddresses(Set.of("127.0.0.1", "localhost"), List.of(folder)),
                new Credentials(null, Map.of("ROWLOCK_SYNC_PASSWORD_TEST", password)),
                limits);
        readers.add(reader);
        return reader;
    }

    private static List<RemoteAccount> read(RemoteReader reader, RemoteInstance instance) throws RemoteFailure {
        return reader.read(instance, new Stop());
    }

    private static RemoteFailure failure(RemoteReader reader, RemoteInstance instance) {
        RemoteFailure failure = catchThrowableOfType(RemoteFailure.class, () -> read(reader, instance));
        assertThat(failure).isNotNull();
        assertThat(failure).hasNoCause();
        assertThat(failure.getMessage()).doesNotContain(PASSWORD, "jdbc:", "127.0.0.1", "localhost");
        return failure;
    }

    private Path file(String name, String... sql) throws SQLException {
        Path file = folder.resolve(name);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
        return file;
    }

    private static RemoteInstance sqlite(String file) {
        return new RemoteInstance("jdbc:sqlite:" + file, null, null);
    }

    // ---- what is there

    @Test
    void tablesAndViewsOfAFileAreRead() throws Exception {
        file(
                "shop.db",
                "CREATE TABLE customer (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
                "CREATE VIEW names AS SELECT name FROM customer",
                "CREATE TABLE \"Über 'das'\" (a)");

        assertThat(read(reader(LIMITS, ""), sqlite("shop.db")))
                .extracting(RemoteAccount::toString)
                .containsExactly(
                        "RemoteAccount[name=customer, kind=table, attributes={columns=id, name}]",
                        "RemoteAccount[name=names, kind=view, attributes={columns=name}]",
                        "RemoteAccount[name=Über 'das', kind=table, attributes={columns=a}]");
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void accountsOfAServerAreReadWithTheirRights(Database database) throws RemoteFailure {
        boolean postgres = database.engine() == Engine.POSTGRESQL;
        String name = "sync_reader_" + Integer.toHexString(database.url().hashCode());
        database.execute(postgres ? "CREATE ROLE " + name + " LOGIN CREATEDB" : "CREATE USER " + name + "@localhost");
        if (!postgres) {
            database.execute("GRANT CREATE, PROCESS ON *.* TO " + name + "@localhost");
        }
        try {
            List<RemoteAccount> accounts = read(reader(LIMITS, database.password()), instance(database));

            assertThat(accounts).isSortedAccordingTo(java.util.Comparator.comparing(RemoteAccount::name));
            assertThat(accounts)
                    .filteredOn(account -> account.name().contains(name))
                    .singleElement()
                    .satisfies(account -> {
                        assertThat(account.kind()).isEqualTo(postgres ? "role" : "user");
                        assertThat(account.attributes())
                                .containsAllEntriesOf(
                                        postgres
                                                ? Map.of(
                                                        "login", "true", "createDatabase", "true", "superuser", "false")
                                                : Map.of("privileges", "CREATE, PROCESS", "grantOption", "false"));
                    });
        } finally {
            database.execute(postgres ? "DROP ROLE " + name : "DROP USER " + name + "@localhost");
        }
    }

    private static RemoteInstance instance(Database database) {
        return new RemoteInstance(withoutOptions(database.url()), database.user(), "test");
    }

    private static String withoutOptions(String url) {
        return url.split("[?]", 2)[0];
    }

    // ---- what is wrong

    @Test
    void filesThatAreNoneOrNotThere() throws IOException {
        Files.writeString(
                folder.resolve("text.db"), "This is no database, but long enough to be taken for one at first.");

        assertThat(failure(reader(LIMITS, ""), sqlite("gone.db")).kind()).isEqualTo(Kind.UNREACHABLE);
        assertThat(folder.resolve("gone.db")).as("nothing is made").doesNotExist();
        assertThat(failure(reader(LIMITS, ""), sqlite("text.db")).kind()).isIn(Kind.UNREADABLE, Kind.UNREACHABLE);
        assertThat(failure(reader(LIMITS, ""), sqlite("../other.db")).kind()).isEqualTo(Kind.NOT_ALLOWED);
        assertThat(failure(reader(LIMITS, ""), new RemoteInstance("jdbc:postgresql://10.0.0.1/d", "me", "test"))
                        .kind())
                .isEqualTo(Kind.NOT_ALLOWED);
    }

    @Test
    void moreThanIsTakenIsRefused() throws Exception {
        file("many.db", "CREATE TABLE a (x)", "CREATE TABLE b (x)", "CREATE TABLE c (x)");
        RemoteLimits two = new RemoteLimits(LIMITS.connect(), LIMITS.statement(), LIMITS.whole(), 2);

        assertThat(failure(reader(two, ""), sqlite("many.db")).getMessage())
                .isEqualTo("The instance has more accounts than are taken (accountsMax=2)");
    }

    @Test
    void aFileThatSomebodyHoldsIsGivenUp() throws Exception {
        Path file = file("busy.db", "CREATE TABLE a (x)");
        try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = holder.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            RemoteLimits little =
                    new RemoteLimits(Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofSeconds(30), 10);

            assertThat(failure(reader(little, ""), sqlite("busy.db")).kind()).isEqualTo(Kind.TIMED_OUT);
            statement.execute("ROLLBACK");
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aWrongPasswordIsRefusedAndNotRepeated(Database database) {
        RemoteFailure failure = failure(reader(LIMITS, PASSWORD), instance(database));
        assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure.getMessage()).doesNotContain(database.user());

        RemoteFailure none = failure(
                reader(LIMITS, PASSWORD),
                new RemoteInstance(withoutOptions(database.url()), database.user(), "another"));
        assertThat(none.kind()).isEqualTo(Kind.NO_CREDENTIAL);
    }

    @Test
    void aServerThatIsNotThere() {
        for (String engine : List.of("postgresql", "mariadb")) {
            RemoteInstance nobody = new RemoteInstance("jdbc:" + engine + "://127.0.0.1:1/d", "me", "test");
            assertThat(failure(reader(LIMITS, PASSWORD), nobody).kind())
                    .as(engine)
                    .isEqualTo(Kind.UNREACHABLE);
        }
    }

    /** It takes the connection and never says a word. */
    @Test
    void aServerThatIsSilentIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (String engine : List.of("postgresql", "mariadb")) {
                RemoteInstance instance = new RemoteInstance(
                        "jdbc:" + engine + "://127.0.0.1:" + silent.getLocalPort() + "/d", "me", "test");
                assertThat(failure(reader(SHORT, PASSWORD), instance).kind())
                        .as(engine)
                        .isEqualTo(Kind.TIMED_OUT);
            }
        }
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void oneThatStandsStillIsCutAtTheWholeLimitAndByAStop(Database database) throws Exception {
        try (TcpProxy proxy = TcpProxy.to(database.host(), database.port())) {
            RemoteInstance slow = new RemoteInstance(
                    withoutOptions(database.url(proxy.host(), proxy.port())), database.user(), "test");
            proxy.delay(Duration.ofMillis(300));
            RemoteLimits little =
                    new RemoteLimits(Duration.ofSeconds(20), Duration.ofSeconds(20), Duration.ofMillis(100), 1000);
            RemoteFailure late = failure(reader(little, database.password()), slow);
            assertThat(late.kind()).isEqualTo(Kind.TIMED_OUT);
            assertThat(late.getMessage()).contains("limit=whole");

            proxy.delay(Duration.ofSeconds(60));
            Stop stop = new Stop();
            RemoteReader reader = reader(LIMITS, database.password());
            int before = proxy.accepted();
            CompletableFuture<Object> reading = CompletableFuture.supplyAsync(() -> {
                try {
                    return reader.read(slow, stop);
                } catch (RemoteFailure failure) {
                    return failure;
                }
            });
            Eventually.until("it has a connection", Duration.ofSeconds(20), () -> proxy.accepted() > before);
            stop.now();
            proxy.cutAll();

            assertThat(outcome(reading))
                    .isInstanceOfSatisfying(
                            RemoteFailure.class,
                            failure -> assertThat(failure.kind()).isEqualTo(Kind.STOPPED));
            assertThat(catchThrowableOfType(RemoteFailure.class, () -> reader.read(slow, stop))
                            .kind())
                    .isEqualTo(Kind.STOPPED);
        }
    }

    private static Object outcome(CompletableFuture<Object> reading) throws InterruptedException {
        try {
            return reading.get(30, java.util.concurrent.TimeUnit.SECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }
}
