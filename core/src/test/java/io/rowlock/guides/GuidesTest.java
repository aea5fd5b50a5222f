package io.rowlock.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.claim.Claim;
import io.rowlock.claim.WorkReport;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.guides.GuideExamples.Account;
import io.rowlock.guides.GuideExamples.Credit;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.Leases;
import io.rowlock.lease.LossReason;
import io.rowlock.lease.Renewed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guides' Java compiles, and does what the guides say, on every engine and by several threads at once. */
class GuidesTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final int BLOCKS_MIN = 25;

    /** Of the guides to race tests and to the cache those modules compile the Java, and run it. */
    private static final List<Path> COMPILED = List.of(
            Path.of("src/test/java/io/rowlock/guides"),
            Path.of("..", "lab", "src/test/java/io/rowlock/lab/guides"),
            Path.of("..", "cache", "src/test/java/io/rowlock/cache/guides"));

    @Test
    void everyJavaBlockOfEveryGuideIsCompiledHere() throws IOException {
        StringBuilder sources = new StringBuilder();
        for (Path folder : COMPILED) {
            try (Stream<Path> files = Files.list(folder)) {
                sources.append(files.map(GuidesTest::read).map(GuidesTest::bare).collect(Collectors.joining()));
            }
        }
        String compiled = sources.toString();
        int found = 0;
        try (Stream<Path> guides = Files.list(Path.of("..", "docs", "guides"))) {
            for (Path guide : guides.toList()) {
                Matcher blocks = JAVA_BLOCK.matcher(read(guide));
                while (blocks.find()) {
                    assertThat(compiled).as("%s", guide).contains(bare(blocks.group(1)));
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThanOrEqualTo(BLOCKS_MIN);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String bare(String java) {
        return java.replaceAll("\\s+", "");
    }

    // ----

    private static GuideExamples open(Database database) throws SQLException {
        RowlockTables.createMissing(database.dataSource());
        database.execute(
                "DROP TABLE IF EXISTS accounts",
                "DROP TABLE IF EXISTS rounds",
                "DROP TABLE IF EXISTS doctors",
                "DROP TABLE IF EXISTS seats",
                "DROP TABLE IF EXISTS devices",
                "DROP TABLE IF EXISTS stocks",
                "CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner VARCHAR(40) NOT NULL, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, CHECK (balance >= 0))",
                "CREATE TABLE rounds (id BIGINT PRIMARY KEY, total INT NOT NULL, sold INT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE doctors (name VARCHAR(40) PRIMARY KEY, on_call BOOLEAN NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE seats (number INT PRIMARY KEY, guest VARCHAR(40) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE devices (id VARCHAR(40) PRIMARY KEY, owner VARCHAR(40) NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "CREATE TABLE stocks (sku VARCHAR(40) PRIMARY KEY, pieces INT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL, lease_token BIGINT)",
                "INSERT INTO stocks (sku, pieces) VALUES ('bolt', 10)",
                "INSERT INTO accounts (id, owner, balance) VALUES (1, 'Ada', 1000), (2, 'Bob', 1000)",
                "INSERT INTO rounds (id, total, sold) VALUES (1, 10, 0)",
                "INSERT INTO doctors (name, on_call) VALUES ('Ann', TRUE), ('Ben', TRUE)",
                "INSERT INTO seats (number, guest) VALUES (1, ''), (2, ''), (3, '')");
        return new GuideExamples(Rowlock.on(database.dataSource()).build());
    }

    private static <R> List<R> atOnce(int clients, Callable<R> client) {
        return atOnce(IntStream.range(0, clients).mapToObj(i -> client).toList());
    }

    private static <R> List<R> atOnce(List<Callable<R>> clients) {
        return Actors.run(Actors.DEADLINE, clients).stream()
                .map(Actors.Outcome::get)
                .toList();
    }

    private static long balance(Database database, long id) throws Exception {
        try (var connection = database.dataSource().getConnection()) {
            return GuideExamples.balance(connection, id);
        }
    }

    // ---- change-a-row.md

    @Databases
    void deductsWhatIsThere(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(atOnce(10, () -> examples.deduct(1, 150)))
                .filteredOn(done -> done)
                .hasSize(6);
        assertThat(balance(database, 1)).isEqualTo(100);
    }

    @Databases
    void savesWhatThePersonHasSeen(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(examples.saveFromForm(new Account(1, "Ada", 900, 1), 1)).isEqualTo("200, ETag \"2\"");
        assertThat(examples.saveFromForm(new Account(1, "Ada", 800, 1), 1)).isEqualTo("409, it is now 900, ETag \"2\"");
        assertThat(examples.saveFromForm(new Account(9, "Eve", 800, 1), 1)).isEqualTo("404");
    }

    @Databases
    void addsWhateverIsThere(Database database) throws Exception {
        GuideExamples examples = open(database);
        atOnce(8, () -> examples.addBonus(1, 10));
        assertThat(balance(database, 1)).isEqualTo(1080);
        assertThatThrownBy(() -> examples.addBonus(9, 10)).hasMessage("no account 9");
    }

    @Databases
    void mergesWhatDoesNotCollide(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(examples.deduct(1, 100)).isTrue();
        Update<Account> merged = examples.saveMerging(new Account(1, "Ada Lovelace", 1000, 1), Version.of(1));
        assertThat(merged.isApplied()).isTrue();
        assertThat(merged.orElseThrow((now, version) -> new IllegalStateException(), IllegalStateException::new)
                        .row())
                .extracting(Account::owner, Account::balance)
                .containsExactly("Ada Lovelace", 900L);
    }

    // ---- several-rows.md

    @Databases
    void oneDoctorStays(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(atOnce(List.of(() -> examples.goHome("Ann", "Ben"), () -> examples.goHome("Ben", "Ann"))))
                .containsExactlyInAnyOrder(true, false);
    }

    @Databases
    void transfersMeetHeadOn(Database database) throws Exception {
        GuideExamples examples = open(database);
        List<Callable<Boolean>> transfers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            long from = 1L + i % 2;
            transfers.add(() -> examples.transfer(from, 3 - from, 100));
        }
        assertThat(atOnce(transfers)).containsOnly(true);
        assertThat(balance(database, 1)).isEqualTo(1000);
        assertThat(examples.total(List.of(1L, 2L))).isEqualTo(2000);
        assertThat(examples.transfer(1, 2, 5000)).isFalse();
    }

    // ---- limited-stock.md

    @Databases
    void sellsWhatThereIsAndNoMore(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(atOnce(15, () -> examples.buy(1, 1, 1, 10)))
                .filteredOn(done -> done)
                .hasSize(10);
        assertThat(balance(database, 1)).isEqualTo(900);
    }

    @Databases
    void everyGuestGetsASeatOfTheirOwn(Database database) throws Exception {
        GuideExamples examples = open(database);
        AtomicInteger guest = new AtomicInteger();
        assertThat(atOnce(3, () -> examples.takeAnySeat(List.of(1, 2, 3), "guest " + guest.incrementAndGet())))
                .filteredOn(seat -> seat.isPresent())
                .doesNotHaveDuplicates()
                .isNotEmpty();
    }

    // ---- what-is-not-there.md

    @Databases
    void nobodyHasFourDevices(Database database) throws Exception {
        GuideExamples examples = open(database);
        AtomicInteger device = new AtomicInteger();
        assertThat(atOnce(6, () -> examples.addDevice("Ada", "device " + device.incrementAndGet())))
                .filteredOn(done -> done)
                .hasSize(3);
    }

    @Databases
    void oneOfTwoRegistersADevice(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(atOnce(2, () -> examples.register("phone", "Ada"))).containsExactlyInAnyOrder(true, false);
    }

    @Databases
    void anOldVersionDoesNotComeBack(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(examples.register("phone", "Ada")).isTrue();
        assertThat(examples.replace("phone", "Bob")).isEqualTo(Version.of(2));
    }

    // ---- your-own-sql.md

    @Databases
    void ownStatementsTellWhatTheyDid(Database database) throws Exception {
        GuideExamples examples = open(database);
        assertThat(examples.addToAll("Ada", 5)).isTrue();
        assertThat(examples.addToAll("Nobody", 5)).isFalse();
        assertThat(balance(database, 1)).isEqualTo(1005);
    }

    @Databases
    void oneBadLineDoesNotSpoilTheOthers(Database database) throws Exception {
        GuideExamples examples = open(database);
        List<String> bad = new ArrayList<>();
        assertThat(examples.importLines(List.of("5,Eve,50", "1,Ada,1", "6,Max,-1", "7,Kim,70"), bad::add))
                .isEqualTo(2);
        assertThat(bad).containsExactly("1,Ada,1", "6,Max,-1");
        assertThat(balance(database, 7)).isEqualTo(70);
    }

    // ---- around-the-commit.md

    @Databases
    void tellsOnlyWhatIsTrue(Database database) throws Exception {
        GuideExamples examples = open(database);
        List<String> mails = new ArrayList<>();
        examples.payOut(1, 100, mails::add);
        assertThatThrownBy(() -> examples.payOut(1, 5000, mails::add)).isInstanceOf(RuntimeException.class);
        assertThat(mails).containsExactly("paid 100 to Ada");
    }

    @Databases
    void asksTheRemoteSideOnce(Database database) throws Exception {
        GuideExamples examples = open(database);
        Map<String, Integer> calls = new ConcurrentHashMap<>();
        Map<String, String> known = new HashMap<>();
        assertThat(atOnce(4, () -> examples.fetchOnce("Ada", known, user -> calls.merge(user, 1, Integer::sum))))
                .containsOnly("profile of Ada");
        assertThat(calls).containsExactly(Map.entry("Ada", 1));
    }

    @Databases
    void takesTwoThingsInOneOrder(Database database) throws Exception {
        GuideExamples examples = open(database);
        Key one = Key.of("room", 1);
        Key two = Key.of("room", 2);
        int[] together = new int[1];
        AtomicInteger turn = new AtomicInteger();
        assertThat(atOnce(4, () -> {
                    boolean odd = turn.incrementAndGet() % 2 == 1;
                    for (int i = 0; i < 100; i++) {
                        int unused = examples.withBoth(odd ? one : two, odd ? two : one, () -> ++together[0]);
                    }
                    return "done";
                }))
                .containsOnly("done");
        assertThat(together[0]).isEqualTo(400);
    }

    // ---- once.md

    @Databases
    void paysOnceHoweverOftenItIsAsked(Database database) throws Exception {
        GuideExamples examples = open(database);
        String key = UUID.randomUUID().toString();
        List<String> answers = atOnce(6, () -> examples.pay("Ada", key, 1, 150));
        assertThat(answers).containsOnlyOnce("200, left 850").containsOnly("200, left 850", "200 again, left 850");
        assertThat(examples.pay("Ada", key, 1, 151)).startsWith("422");
        assertThat(examples.pay("Bob", key, 1, 150)).isEqualTo("200, left 700");
        assertThat(examples.pay("Ada", key + "a", 1, 5000)).isEqualTo("200, left 700");
        assertThat(balance(database, 1)).isEqualTo(700);
        assertThat(examples.reapAnswers()).isZero();
        database.execute("UPDATE rowlock_once SET expires_at = 1");
        assertThat(examples.reapAnswers()).isGreaterThanOrEqualTo(3);
    }

    // ---- batch.md

    @Databases
    void booksEachCreditOnceAndTellsOfAll(Database database) throws Exception {
        GuideExamples examples = open(database);
        String file = UUID.randomUUID().toString();
        List<Credit> credits = List.of(
                new Credit("c", 2, 30), new Credit("a", 1, 10), new Credit("b", 9, 5), new Credit("d", 2, -5000));
        for (int time = 1; time <= 2; time++) {
            List<String> lines = examples.book(file, credits);
            assertThat(lines.subList(0, 3)).containsExactly("balance 1030", "balance 1010", "no such account");
            assertThat(lines.get(3)).startsWith("try again");
        }
        assertThat(balance(database, 1)).isEqualTo(1010);
        assertThat(balance(database, 2)).isEqualTo(1030);
    }

    // ---- claims.md

    @Databases
    void sendsEachMailOnceAndKeepsWhatCannotBeSent(Database database) throws Exception {
        GuideExamples examples = open(database);
        Rowlock rowlock = Rowlock.on(database.dataSource()).build();
        String time = database.url().contains("sqlite")
                ? "TEXT"
                : database.url().contains("postgres") ? "timestamptz" : "datetime(6)";
        database.execute(
                "DROP TABLE IF EXISTS mails",
                "CREATE TABLE mails (id BIGINT PRIMARY KEY, recipient VARCHAR(80) NOT NULL, send_at " + time
                        + " NOT NULL, status VARCHAR(8) NOT NULL, version BIGINT DEFAULT 1 NOT NULL)");
        database.execute(rowlock.claims(GuideExamples.TO_SEND).ddl().toArray(String[]::new));
        for (long id = 1; id <= 8; id++) {
            long mail = id;
            rowlock.transact(tx -> tx.insert(
                    GuideExamples.MAILS,
                    new GuideExamples.Mail(
                            mail, "m" + mail, Instant.parse("2026-01-01T00:00:00Z"), GuideExamples.MailStatus.NEW, 0)));
        }
        List<Long> posted = new CopyOnWriteArrayList<>();
        Consumer<Claim<GuideExamples.Mail, Long>> post = claim -> {
            if (claim.key() == 7) {
                throw new IllegalStateException("no such recipient");
            }
            posted.add(claim.key());
        };

        List<WorkReport> reports = atOnce(2, () -> examples.sendWhatIsDue(post));

        assertThat(posted).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 8L);
        assertThat(reports.stream().mapToInt(WorkReport::completed).sum()).isEqualTo(7);
        for (int attempt = 2; attempt <= 5; attempt++) {
            // The time to wait is over.
            database.execute("UPDATE mails SET claim_until = 1 WHERE claim_state = 'OPEN'");
            assertThat(examples.sendWhatIsDue(post).completed()).isZero();
        }
        assertThat(examples.notSent()).containsExactly("m7: java.lang.IllegalStateException: no such recipient");
        assertThat(examples.tryAgain(7)).isTrue();
        assertThat(examples.sendTen(claim -> posted.add(claim.key()))).isEqualTo(1);
        assertThat(posted).hasSize(8).contains(7L);
    }

    // ---- leases.md

    @Databases
    void booksAFeeUnderALease(Database database) throws Exception {
        GuideExamples examples = open(database);
        List<Callable<Long>> fees =
                List.of(() -> examples.bookFee(1, account -> 100L), () -> examples.bookFee(1, account -> 200L));
        assertThat(atOnce(fees)).contains(700L);
        assertThat(balance(database, 1)).isEqualTo(700);
    }

    /** Another process is granted the key while the slow service answers. */
    @Databases
    void aFeeOfAHolderThatStoodStillIsNotBooked(Database database) throws Exception {
        GuideExamples examples = open(database);
        GuideExamples other =
                new GuideExamples(Rowlock.on(database.dataSource()).build());
        assertThatThrownBy(() -> examples.bookFee(1, account -> {
                    database.execute("UPDATE rowlock_lease SET expires_at = 0 WHERE run_id IS NOT NULL");
                    assertThat(other.bookFee(1, meanwhile -> 100L)).isEqualTo(900);
                    return 200L;
                }))
                .isInstanceOf(LeaseLost.class);
        assertThat(balance(database, 1)).isEqualTo(900);
    }

    @Databases
    void stampsRowsWithTheTokenOfALease(Database database) throws Exception {
        GuideExamples examples = open(database);
        Leases leases = Rowlock.on(database.dataSource()).build().leases();
        Key key = Key.of("stocks", UUID.randomUUID());
        Lease first = leases.acquire(key, LeaseOptions.defaults(), Duration.ofSeconds(5));
        assertThat(examples.take(first, "bolt", 3)).isEqualTo(7);
        first.close();
        try (Lease second = leases.acquire(key, LeaseOptions.defaults(), Duration.ofSeconds(5))) {
            assertThat(examples.take(second, "bolt", 3)).isEqualTo(4);
        }
        assertThatThrownBy(() -> examples.take(first, "bolt", 3)).isInstanceOf(LeaseLost.class);
    }

    @Databases
    void worksAtNightInOneProcess(Database database) throws Exception {
        GuideExamples examples = open(database);
        GuideExamples other =
                new GuideExamples(Rowlock.on(database.dataSource()).build());
        List<String> told = new ArrayList<>();
        told.add(examples.nightly(() -> told.add(other.nightly(() -> told.add("twice")))));
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).startsWith("not now, ").endsWith(" is at it");
        assertThat(told.get(1)).startsWith("done, token ");
    }

    @Databases
    void endsWorkWhoseLeaseIsLostAndTellsWhy(Database database) throws Exception {
        GuideExamples examples = open(database);
        Leases leases = Rowlock.on(database.dataSource()).build().leases();
        Key key = Key.of("parts", UUID.randomUUID());
        List<LossReason> told = new ArrayList<>();
        try (Lease lease = leases.acquire(key, LeaseOptions.defaults(), Duration.ofSeconds(5))) {
            assertThat(examples.workOff(lease, List.of(() -> {}, () -> {}), told::add))
                    .isEqualTo(2);
            Runnable takesAway = () -> assertThat(examples.takeAway(key, lease.token(), "it hangs"))
                    .isTrue();
            Runnable looks = () -> assertThat(lease.renew()).isEqualTo(new Renewed.Lost(LossReason.FORCED));
            List<Runnable> parts = List.of(takesAway, looks, () -> told.clear());
            assertThatThrownBy(() -> examples.workOff(lease, parts, told::add)).isInstanceOf(LeaseLost.class);
            assertThat(told).containsOnly(LossReason.FORCED).hasSize(2);
        }
        assertThat(examples.takeAway(key, 1, "again")).isFalse();
    }

    @Databases
    void showsWhoHoldsAKeyForLong(Database database) throws Exception {
        GuideExamples examples = open(database);
        Leases leases = Rowlock.on(database.dataSource()).build().leases();
        LeaseOptions options = LeaseOptions.defaults().withOwner("the nightly import");
        try (Lease lease = leases.acquire(Key.of("import", UUID.randomUUID()), options, Duration.ofSeconds(5))) {
            Instant inAnHour = Instant.now().plus(Duration.ofHours(1));
            assertThat(examples.heldFor(Duration.ofMinutes(10), inAnHour))
                    .filteredOn(line -> line.contains(lease.key() + "#" + lease.token() + " the nightly import at "))
                    .hasSize(1);
            assertThat(examples.heldFor(Duration.ofHours(3), inAnHour)).isEmpty();
        }
    }
}
