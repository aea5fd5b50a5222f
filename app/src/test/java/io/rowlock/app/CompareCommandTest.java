package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock compare} as a user runs it: what is measured is what is said. */
class CompareCommandTest {
    private static final int TRIP_MILLIS = 10;

    /** Of 8 instances and 6 accounts each: all questions but the one before the first account is stored. */
    private static final int TRIPS_LOCKED = 8 * (1 + 6) - 2;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sqlite", "postgres", "mariadb"})
    void theNaiveSyncHoldsItsLocksAcrossRemoteCalls(String engine) {
        try (Child child = Child.start(
                folder,
                "compare",
                "sync",
                "--engine",
                engine,
                "--clients",
                "2",
                "--rounds",
                "1",
                "--turn-millis",
                "100",
                "--remote-millis",
                Integer.toString(TRIP_MILLIS),
                "--seed",
                "7",
                "--json")) {
            assertThat(child.awaitEnd())
                    .as("out: %s, err: %s", child.out(), child.err())
                    .isZero();

            JsonNode results = new JsonMapper().readTree(child.out()).path("results");
            assertThat(results).extracting(each -> each.path("form").asString()).containsExactly("naive", "guarded");
            assertThat(results.path(0).path("heldMaxMillis").asDouble())
                    .as("for so long it cannot have been shorter")
                    .isGreaterThanOrEqualTo(TRIPS_LOCKED * TRIP_MILLIS);
            assertThat(results).allSatisfy(each -> {
                assertThat(each.path("perSecond").asDouble()).isPositive();
                assertThat(each.path("wrong").asInt()).isZero();
            });
            assertThat(results.path(1).path("failedPercent").asDouble()).isZero();
        }
    }

    /** Not how long anything takes: that is the machine's. */
    @Test
    void bothFormsOfTheMasteryHaveTheirTurnsAndTheGuardedOneLosesNothing() throws IOException {
        try (Child child = Child.start(
                folder,
                Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.io.tmpdir=" + folder),
                "compare",
                "mastery",
                "--rate",
                "50/s",
                "--clients",
                "4",
                "--rounds",
                "2",
                "--turn-millis",
                "300",
                "--warm-up-millis",
                "300",
                "--users",
                "20",
                "--seed",
                "7",
                "--json")) {
            int exitCode = child.awaitEnd(Child.PATIENCE.multipliedBy(2));
            assertThat(exitCode)
                    .as("out: %s, err: %s", child.out(), child.err())
                    .isIn(0, 3);

            JsonNode document = new JsonMapper().readTree(child.out());
            assertThat(document.path("forms"))
                    .extracting(each -> each.path("form").asString())
                    .containsExactly("naive", "guarded");
            assertThat(document.path("forms")).allSatisfy(each -> {
                assertThat(each.path("requests").asInt()).isEqualTo(2 * 15);
                assertThat(each.path("errors").asInt()).isZero();
                assertThat(each.path("p99PerTurnMillis")).hasSize(2);
            });
            assertThat(document.path("p99AboveMillis")).hasSize(2);
            assertThat(document.path("audit").asString()).isEqualTo("ok");
            assertThat(document.path("acknowledged").asInt()).isPositive();
            assertThat(document.path("lost").isIntegralNumber()).isTrue();
            assertThat(document.path("holds").asBoolean()).isEqualTo(exitCode == 0);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("rowlock-load"));
        }
    }
}
