package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code rowlock compare sync} as a user runs it: what is measured is what is said. */
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
}
