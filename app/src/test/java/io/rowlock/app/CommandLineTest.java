package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.RedisChoice;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program says and how it ends when something is not as it has to be: one line, and an exit code. */
class CommandLineTest {
    private static final String NOWHERE = "127.0.0.1:1";

    @TempDir
    Path folder;

    // ---- the command was not understood: 2

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    serve --prot 80                                              | Unknown options: '--prot', '80' (see rowlock serve --help)
                    serve --port many                                            | Invalid value for option '--port': 'many' is not an int (see rowlock serve --help)
                    serve --port 70000                                           | --port is a number from 0 to 65535, not 70000 (see rowlock serve --help)
                    serve --port                                                 | Missing required parameter for option '--port' (PORT) (see rowlock serve --help)
                    serve --pool 0                                               | --pool is a number from 1 to 500, not 0 (see rowlock serve --help)
                    --engine oracle                                              | --engine is sqlite, postgres or mariadb, not 'oracle' (see rowlock serve --help)
                    --zone Mars/Olympus                                          | --zone is a time zone such as Asia/Dushanbe or +05:00, not 'Mars/Olympus' (see rowlock serve --help)
                    serve --db-url http://x                                      | --db-url begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite: and names a database (see rowlock serve --help)
                    serve --db-url jdbc:oracle:thin:@x                           | --db-url begins with jdbc:postgresql:, jdbc:mariadb: or jdbc:sqlite: and names a database (see rowlock serve --help)
                    serve --db-url jdbc:sqlite::memory:                          | --db-url names a database in memory, of which every connection would have its own (see rowlock serve --help)
                    serve --db-url jdbc:postgresql://h/d?user=a&password=geheim  | --db-url holds a password: leave it out and set ROWLOCK_DB_PASSWORD or --db-password-file (see rowlock serve --help)
                    serve --db-url jdbc:mariadb://a:geheim@h/d                   | --db-url holds a password: leave it out and set ROWLOCK_DB_PASSWORD or --db-password-file (see rowlock serve --help)
                    serve --db-url jdbc:sqlite:x --engine postgres               | --engine starts a database and --db-url names one that is there: give one of them (see rowlock serve --help)
                    serve --db-user me                                           | --db-user goes with --db-url (see rowlock serve --help)
                    serve --redis --redis-url redis://h                          | --redis starts a Redis and --redis-url names one that is there: give one of them (see rowlock serve --help)
                    serve --redis-url http://h                                   | --redis-url is such as redis://HOST:PORT (see rowlock serve --help)
                    serve --redis-url redis-sentinel://h                         | Not the URI of a Redis: write redis://[USER:PASSWORD@]HOST[:PORT], or redis-sentinel://HOST[:PORT]#MASTER (see rowlock serve --help)
                    serve --redis-url redis://a:1,b:2/3                          | Several hosts are of a cluster, which has no databases: leave /DATABASE out (see rowlock serve --help)
                    serve --redis-url redis://me:geheim@h                        | --redis-url holds a password: leave it out and set ROWLOCK_REDIS_PASSWORD or --redis-password-file (see rowlock serve --help)
                    serve --redis-url redis://:gehe/im@h                         | --redis-url holds a password: leave it out and set ROWLOCK_REDIS_PASSWORD or --redis-password-file (see rowlock serve --help)
                    serve --redis-url redis://h --redis-prefix a:b               | A prefix is up to 50 letters, digits, '-' and '_' (prefix=a:b) (see rowlock serve --help)
                    serve --redis-prefix a                                       | --redis-prefix goes with --redis-url (see rowlock serve --help)
                    serve --redis-password-file f                                | --redis-password-file goes with --redis-url (see rowlock serve --help)
                    load mastery --users 3                                       | --users is a number from 10 to 1000000, not 3 (see rowlock load mastery --help)
                    load mastery --kill-redis-every 3s                           | --kill-redis-every goes with --redis (see rowlock load mastery --help)
                    load mastery --redis --url http://h:1                        | --redis starts a Redis and --url names what runs: give one of them (see rowlock load mastery --help)
                    compare                                                      | Missing required subcommand (see rowlock compare --help)
                    compare roulette                                             | Unmatched argument at index 1: 'roulette', did you mean lottery or mastery? (see rowlock compare --help)
                    compare lottery --engine oracle                              | --engine is sqlite, postgres or mariadb, not 'oracle' (see rowlock compare lottery --help)
                    compare lottery --clients 0                                  | --clients is a number from 1 to 400, not 0 (see rowlock compare lottery --help)
                    compare lottery --remote-millis 5                            | Unknown options: '--remote-millis', '5' (see rowlock compare lottery --help)
                    compare sync --remote-millis 5000                            | --remote-millis is a number from 0 to 1000, not 5000 (see rowlock compare sync --help)
                    compare mastery --engine oracle                              | --engine is sqlite, postgres or mariadb, not 'oracle' (see rowlock compare mastery --help)
                    compare mastery --rate 0                                     | Invalid value for option '--rate': '0' is no rate such as 200/s (see rowlock compare mastery --help)
                    compare mastery --rounds 0                                   | --rounds is a number from 1 to 1000, not 0 (see rowlock compare mastery --help)
                    compare mastery --clients 1001                               | --clients is a number from 1 to 1000, not 1001 (see rowlock compare mastery --help)
                    compare mastery --turn-millis 5                              | --turn-millis is a number from 10 to 60000, not 5 (see rowlock compare mastery --help)
                    compare mastery --warm-up-millis 0                           | --warm-up-millis is a number from 10 to 60000, not 0 (see rowlock compare mastery --help)
                    compare mastery --users 9                                    | --users is a number from 10 to 1000000, not 9 (see rowlock compare mastery --help)
                    compare mastery --servers 5                                  | --servers is a number from 1 to 4, not 5 (see rowlock compare mastery --help)
                    compare mastery --decision-millis 20                         | --decision-millis is a number from 50 to 5000, not 20 (see rowlock compare mastery --help)
                    compare mastery --rounds 1000                                | These are 12040000 requests, and 10000000 are the most (see rowlock compare mastery --help)
                    sync --user me                                               | --user and --credential go with --add (see rowlock sync --help)
                    sync --db-user me                                            | --db-user and --db-password-file go with --db-url (see rowlock sync --help)
                    races lottery-99 --system lottery                            | There is no race 'lottery-99'; there are lottery-1, lottery-2, lottery-3, lottery-4, lottery-5, lottery-6, lottery-7, lottery-8, lottery-9, lottery-10, lottery-11, lottery-13 (see rowlock races --help)
                    races --system roulette                                      | --system is lottery or credits or story or sync or mastery, not 'roulette' (see rowlock races --help)
                    races --form half                                            | --form is naive, published or guarded, not 'half' (see rowlock races --help)
                    races --isolation none                                       | --isolation is read-committed, repeatable-read or serializable, not 'none' (see rowlock races --help)
                    races --engine oracle                                        | --engine is sqlite, postgres, mariadb or all, not 'oracle' (see rowlock races --help)
                    races --schedules 0                                          | --schedules is a positive number (see rowlock races --help)
                    races credits-1 --form published                             | No race that was asked for has this form (see rowlock races --help)
                    lab spec                                                     | Missing required parameter: 'FILE' (see rowlock lab spec --help)
                    lab spec x --release 17                                      | --release is 15 or 18, not 17 (see rowlock lab spec --help)
                    lab hermitage --engine oracle                                | --engine is postgres or mariadb, not 'oracle' (see rowlock lab hermitage --help)
                    lab hermitage --engine mariadb --release 15                  | --release is of PostgreSQL (see rowlock lab hermitage --help)
                    serve now                                                    | Unmatched argument at index 1: 'now' (see rowlock serve --help)
                    sevre                                                        | Unmatched argument at index 0: 'sevre', did you mean serve or compare? (see rowlock --help)
                    """)
    void whatIsNotUnderstoodIsToldInOneLine(String args, String says) {
        Told told = Told.by(args.split(" "));

        assertThat(told.exitCode()).as("%s", told).isEqualTo(2);
        assertThat(told.out()).isEmpty();
        assertThat(told.err()).isEqualTo("rowlock: " + says + System.lineSeparator());
    }

    @Test
    void itIsTheProcessThatSaysSo() {
        requireOneLine(2, "Unknown options: '--prot', '80' (see rowlock serve --help)", "serve", "--prot", "80");
    }

    // ---- the world is not as it has to be: 1

    @Test
    void aPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            requireOneLine(
                    1,
                    "Cannot listen there, the port is taken or not allowed (bind=127.0.0.1, port="
                            + taken.getLocalPort() + "); choose another with --port",
                    "serve",
                    "--port",
                    Integer.toString(taken.getLocalPort()));
        }
        assertThat(folder.resolve("data/rowlock.db"))
                .as("the database is untouched")
                .doesNotExist();
    }

    @Test
    void anAddressThatThisMachineDoesNotHave() {
        requireOneLine(1, "No such address to listen on (bind=no.such.host.invalid)", "--bind", "no.such.host.invalid");
    }

    @Test
    void anOptionThatThereIsNot() {
        requireOneLine(
                1,
                "No such option (name=rowlock.lottery.rate-limit.maximum, known=[rowlock.credits.rate-limit.max,"
                        + " rowlock.credits.rate-limit.window, rowlock.lottery.draw-when-full,"
                        + " rowlock.lottery.expire-orders.every, rowlock.lottery.rate-limit.max,"
                        + " rowlock.lottery.rate-limit.window, rowlock.mastery.check-every,"
                        + " rowlock.mastery.decision-timeout, rowlock.mastery.lock-timeout,"
                        + " rowlock.mastery.rewards.delay, rowlock.mastery.rewards.every,"
                        + " rowlock.mastery.transactional-persistence.enabled,"
                        + " rowlock.mastery.transactional-persistence.percent, rowlock.story.lock-timeout,"
                        + " rowlock.story.retry.cycles, rowlock.story.retry.iterations,"
                        + " rowlock.story.retry.pause-first, rowlock.story.retry.pause-max, "
                        + "rowlock.sync.allowed-hosts, "
                        + "rowlock.sync.answer-wait, "
                        + "rowlock.sync.clean-up-every, "
                        + "rowlock.sync.credentials-file, "
                        + "rowlock.sync.limits.accounts-max, "
                        + "rowlock.sync.limits.connect, "
                        + "rowlock.sync.limits.statement, "
                        + "rowlock.sync.limits.whole, "
                        + "rowlock.sync.lock-timeout, "
                        + "rowlock.sync.parallel, "
                        + "rowlock.sync.recover-after, "
                        + "rowlock.sync.recover-every, "
                        + "rowlock.sync.retention, "
                        + "rowlock.sync.schedule-every, "
                        + "rowlock.sync.sessions-at-once, "
                        + "rowlock.sync.sqlite-folders, "
                        + "rowlock.sync.take-over-after, "
                        + "rowlock.sync.workers])",
                "--set",
                "rowlock.lottery.rate-limit.maximum=3");
    }

    @Test
    void aDataFolderThatIsAFile() throws IOException {
        Files.writeString(folder.resolve("data"), "a file");
        requireOneLine(1, "The data folder is not a folder (path=data)", "serve");
    }

    @Test
    void aDataFolderThatCannotBeWritten() {
        requireOneLine(
                1,
                "Cannot write to the data folder (path=/proc/rowlock); choose another with --data",
                "--data",
                "/proc/rowlock");
    }

    @Test
    void aPasswordFileThatIsNotThere() {
        requireOneLine(
                1,
                "Cannot read the password file (path=secret.txt)",
                "--db-url",
                "jdbc:postgresql://h/d",
                "--db-password-file",
                "secret.txt");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    races --html nowhere/page.html | Cannot write there, the folder is not there (file=nowhere/page.html)
                    races --html .                 | Cannot write there, it is a folder (file=.)
                    races --junit file             | Cannot write there, it is not a folder (folder=file)
                    races --junit /proc/tests      | Cannot write there, the folder cannot be made (folder=/proc/tests)
                    lab spec no.spec               | There is no such file (file=no.spec)
                    lab hermitage no.md            | There is no such file (file=no.md)
                    """)
    void whatIsToBeReadOrWrittenIsNotThere(String args, String says) throws IOException {
        Files.writeString(folder.resolve("file"), "");
        requireOneLine(1, says, args.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"postgresql", "mariadb"})
    void aDatabaseThatIsAway(String engine) {
        String said =
                say(1, "--port", "0", "--db-url", "jdbc:" + engine + "://" + NOWHERE + "/shop", "--db-user", "me");
        assertThat(said)
                .startsWith("rowlock: The database does not answer (url=jdbc:" + engine + "://" + NOWHERE
                        + "/shop, user=me): ")
                .containsIgnoringCase("refused");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rediss://me@h:6390",
                "redis://me@a:7000,b:7001",
                "redis-sentinel://a,b:26380#main",
                "rediss-sentinel://a#main"
            })
    void aRedisIsNamedWhicheverKindItIs(String url) throws CannotStart {
        assertThat(RedisChoice.Given.of(url, null, null).url()).isEqualTo(url);
    }

    @Test
    void aDatabaseFileThatCannotBeMade() {
        requireOneLine(
                1,
                "The database file cannot be opened (url=jdbc:sqlite:/no/such/folder/shop.db)",
                "--port",
                "0",
                "--db-url",
                "jdbc:sqlite:/no/such/folder/shop.db");
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void aWrongPassword(Database database) {
        try (Child child = Child.start(
                folder,
                Map.of("ROWLOCK_DB_PASSWORD", "geheim"),
                "--port",
                "0",
                "--db-url",
                database.url(),
                "--db-user",
                database.user())) {
            assertThat(child.awaitEnd()).as(child.err()).isEqualTo(1);
            assertThat(child.err())
                    .hasLineCount(1)
                    .startsWith("rowlock: The database refused user or password (url=jdbc:")
                    .doesNotContain("geheim");
        }
    }

    // ---- what is asked for is told: 0

    @ParameterizedTest
    @CsvSource({
        "--help",
        "-h",
        "serve --help",
        "version --help",
        "help",
        "help serve",
        "compare sync --help",
        "compare mastery --help",
        "version",
        "--version"
    })
    void whatIsAskedForIsTold(String args) {
        Told told = Told.by(args.split(" "));

        assertThat(told.exitCode()).as("%s", told).isZero();
        assertThat(told.out()).contains("rowlock");
        assertThat(told.err()).isEmpty();
    }

    @Test
    void everyOptionIsInTheHelpAndNothingIsStarted() {
        try (Child child = Child.start(folder, "serve", "--help")) {
            assertThat(child.awaitEnd()).isZero();
            assertThat(child.out())
                    .contains("--port", "--bind", "--data", "--engine", "--db-url", "--db-user", "--db-password-file")
                    .contains("--pool", "--no-samples", "--zone", "ROWLOCK_DB_PASSWORD");
            assertThat(child.err()).isEmpty();
        }
        assertThat(folder.resolve("data")).doesNotExist();
    }

    /** What a command says in this process: a machine's time goes into starting others. */
    private record Told(int exitCode, String out, String err) {
        static Told by(String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
            return new Told(exitCode, out.toString(), err.toString());
        }
    }

    private void requireOneLine(int exitCode, String says, String... args) {
        assertThat(say(exitCode, args)).isEqualTo("rowlock: " + says);
    }

    private String say(int exitCode, String... args) {
        try (Child child = Child.start(folder, args)) {
            assertThat(child.awaitEnd())
                    .as("out: %s, err: %s", child.out(), child.err())
                    .isEqualTo(exitCode);
            assertThat(child.out()).isEmpty();
            assertThat(child.err()).hasLineCount(1);
            return child.err().strip();
        }
    }
}
