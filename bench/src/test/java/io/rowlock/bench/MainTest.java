package io.rowlock.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jooq.tools.json.JSONArray;
import org.jooq.tools.json.JSONObject;
import org.jooq.tools.json.JSONParser;
import org.junit.jupiter.api.Test;

class MainTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... args) {
        return Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void coreMeasuresEveryWorkloadOnSqlite() {
        int code = run(
                "core",
                "--engine",
                "sqlite",
                "--threads",
                "1,2",
                "--quick",
                "--rounds",
                "3",
                "--round-millis",
                "15",
                "--seed",
                "5");

        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        assertThat(out())
                .contains(
                        "command   ./rowlock bench core --engine sqlite --threads 1,2 --rounds 3 --round-millis 15 --seed 5")
                .contains("synchronous=2 (FULL)")
                .contains("journal_mode=wal")
                .contains("read-modify-write:", "read-two-write-one:", "save:")
                .contains("rowlock.transact(read, update)", "rowlock.update", "Jdbi", "jOOQ", "rowlock.save")
                .contains("2 threads, each on rows of its own")
                .doesNotContain("Hibernate");
    }

    @Test
    void coreTellsProgramsInJson() throws Exception {
        int code = run(
                "core",
                "--engine=sqlite",
                "--threads=1",
                "--quick",
                "--rounds=3",
                "--round-millis=5",
                "--json",
                "--only=transact");

        assertThat(code).isZero();
        JSONObject document = (JSONObject) new JSONParser().parse(out());
        JSONObject sqlite = (JSONObject) ((JSONArray) document.get("engines")).get(0);
        JSONArray measurements = (JSONArray) sqlite.get("measurements");
        assertThat(measurements.size()).isEqualTo(2);
        JSONArray candidates = (JSONArray) ((JSONObject) measurements.get(0)).get("candidates");
        assertThat(candidates.size()).isEqualTo(2);
        JSONObject transact = (JSONObject) candidates.get(1);
        assertThat(transact.get("name")).isEqualTo("transact");
        assertThat(((Number) transact.get("cost")).doubleValue()).isPositive();
        assertThat(transact.get("bound")).isEqualTo(1.05);
        assertThat((String) transact.get("verdict")).isIn("holds", "unsure", "missed");
    }

    @Test
    void serialMeasuresAndLooksForWhatIsLeftBehind() {
        int code = run("serial", "--threads", "1", "--quick", "--rounds", "3", "--round-millis", "10");

        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        assertThat(out())
                .contains("ReentrantLock", "rowlock.serial", "<= 10.00")
                .containsPattern("one key, one at a time +holds")
                .containsPattern("two keys never share a lock +holds")
                .containsPattern("0 entries; heap after collection");
    }

    @Test
    void leasesAreMeasuredOnSqliteWithoutPeers() {
        int code = run(
                "leases",
                "--engine=sqlite",
                "--threads=4",
                "--no-peers",
                "--rounds=3",
                "--round-millis=10",
                "--quick",
                "--seed=3");

        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        assertThat(out())
                .contains("./rowlock bench leases --engine sqlite --threads 4 --rounds 3 --round-millis 10 --seed 3")
                .contains("uncontended: ", "contended-4: ", "4 threads in 4 instances", "contended-1: ", "fenced: ")
                .contains("fence CHECK_AT_COMMIT", "fence PIN")
                .containsPattern("lease: the slowest thread has half of the fastest's +(holds|MISSED) \\(share [01]\\.")
                .containsPattern("lease: every holder with its own token, above the last +holds")
                .containsPattern("lease: nobody else inside +holds \\(\\d+ holders, 0 violations\\)")
                .doesNotContain("Redisson", "Spring", "redis_version");
    }

    @Test
    void leasesAreMeasuredBesidePeersAndHeldToTheirBounds() throws Exception {
        int code = run(
                "leases", "--rounds=3", "--round-millis=5", "--quick", "--redis=write", "--only=uncontended", "--json");

        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        JSONObject document = (JSONObject) new JSONParser().parse(out());
        JSONObject postgres = (JSONObject) ((JSONArray) document.get("engines")).get(0);
        JSONObject settings = (JSONObject) postgres.get("settings");
        assertThat(settings.get("fsync")).isEqualTo("on");
        assertThat(settings.get("appendfsync")).isEqualTo("always");
        JSONArray measurements = (JSONArray) postgres.get("measurements");
        JSONArray candidates = (JSONArray) ((JSONObject) measurements.get(0)).get("candidates");
        List<Object> names = new ArrayList<>();
        for (Object candidate : candidates) {
            JSONObject line = (JSONObject) candidate;
            names.add(line.get("name"));
            assertThat((Long) line.get("holds")).as("%s", line).isPositive();
            assertThat((Long) line.get("violations")).as("%s", line).isZero();
            assertThat(((Number) line.get("p99Millis")).doubleValue())
                    .isLessThanOrEqualTo(((Number) line.get("maxMillis")).doubleValue());
        }
        assertThat(names).containsExactly("row", "lease", "spring", "shedlock", "redisson", "redisson-30s");
        JSONObject bound = (JSONObject) measurements.get(1);
        assertThat(bound.get("fact")).isEqualTo("lease: at least 1.6 times as fast as spring");
        assertThat((String) bound.get("verdict")).isIn("holds", "unsure", "missed");
    }

    @Test
    void cachesAreMeasuredBesidePeersAndReadFromWhereTheyAreMeantTo() throws Exception {
        int code = run(
                "cache",
                "--engine=sqlite",
                "--threads=2",
                "--quick",
                "--rounds=3",
                "--round-millis=10",
                "--seed=3",
                "--json");

        assertThat(err()).isEmpty();
        assertThat(code).isZero();
        JSONObject document = (JSONObject) new JSONParser().parse(out());
        assertThat(document.get("command"))
                .isEqualTo("./rowlock bench cache --engine sqlite --threads 2 --rounds 3 --round-millis 10 --seed 3"
                        + " --quick --json");
        JSONObject sqlite = (JSONObject) ((JSONArray) document.get("engines")).get(0);
        assertThat(((JSONObject) sqlite.get("settings")).get("redis_version")).isNotNull();
        JSONArray measurements = (JSONArray) sqlite.get("measurements");
        assertThat(names(measurements, 0))
                .containsExactly("hand", "rowlock-local", "rowlock-shared", "caffeine", "spring", "redisson");
        assertThat(fact(measurements, 1)).startsWith("every read was a hit");
        assertThat(names(measurements, 2)).isEqualTo(names(measurements, 0));
        assertThat(fact(measurements, 3)).startsWith("every read was a miss");
        assertThat(names(measurements, 4))
                .containsExactly("hand", "save", "rowlock-local", "rowlock-shared", "caffeine", "spring", "redisson");
        assertThat(fact(measurements, 5)).startsWith("rowlock: Redis was told in time");
    }

    private static List<Object> names(JSONArray measurements, int place) {
        List<Object> names = new ArrayList<>();
        for (Object candidate : (JSONArray) ((JSONObject) measurements.get(place)).get("candidates")) {
            names.add(((JSONObject) candidate).get("name"));
        }
        return names;
    }

    private static String fact(JSONArray measurements, int place) {
        JSONObject fact = (JSONObject) measurements.get(place);
        return fact.get("fact") + ": " + fact.get("text");
    }

    @Test
    void helpNamesTheCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("core", "serial", "leases", "cache", "lab");
        assertThat(run("core", "--help")).isZero();
        assertThat(out()).contains("--engine", "--threads", "--rounds", "--quick", "--json", "--[no-]peers", "--only");
    }

    @Test
    void aWrongCommandIsOneLineAndCode2() {
        assertWrong("Unknown option: '--fast'", "core", "--fast");
        assertWrong("No such engine: oracle", "core", "--engine", "oracle");
        assertWrong("--threads takes numbers from 1 to 64 (given: 0)", "core", "--threads", "0");
        assertWrong("'two' is not", "core", "--threads", "two");
        assertWrong("--rounds takes 3 to 10000 (given: 1)", "serial", "--rounds", "1");
        assertWrong("--round-millis takes 1 to 60000 (given: 0)", "core", "--round-millis", "0");
        assertWrong("No such workload or candidate: nothing", "core", "--only", "nothing");
        assertWrong("--threads takes numbers from 4 to 64 (given: 3)", "leases", "--threads", "3");
        assertWrong("No such engine: oracle", "leases", "--engine", "oracle");
        assertWrong("--redis takes none, second or write (given: maybe)", "leases", "--redis", "maybe");
        assertWrong("No such workload or candidate: zookeeper", "leases", "--only", "row,zookeeper");
        assertWrong("No such engine: all", "cache", "--engine", "all");
        assertWrong("No such workload or candidate: memcached", "cache", "--only", "hit,memcached");
        assertWrong("--threads takes numbers from 1 to 64 (given: 65)", "cache", "--threads", "1,65");
        assertWrong("core", "cores");
    }

    private void assertWrong(String part, String... args) {
        err.reset();
        out.reset();

        assertThat(run(args)).isEqualTo(2);
        assertThat(err()).startsWith("rowlock bench: ").contains(part).hasLineCount(1);
        assertThat(out()).isEmpty();
    }
}
