package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.rowlock.dialect.Engine;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;
import org.junit.platform.testkit.engine.Events;

/** Which engines a method runs on, and that none is left out in silence. */
class DatabasesSelectionTest {

    private static final String PROPERTY = "rowlock.engines";

    private final String before = System.getProperty(PROPERTY, "");

    /** Whether this run leaves an engine out on purpose; then what needs it is skipped, here as everywhere. */
    static void assumeWanted(Engine engine) {
        assumeThat(Settings.get(PROPERTY).map(DatabasesExtension::parse).orElse(EnumSet.allOf(Engine.class)))
                .contains(engine);
    }

    @AfterEach
    void putThePropertyBack() {
        System.setProperty(PROPERTY, before);
    }

    @Test
    void aRestrictionLeavesTheEnginesItNames() {
        System.setProperty(PROPERTY, "sqlite");
        assertThat(run(ThreeKinds.class))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "onTheDefaultOfTheClass SQLITE", "ran",
                        "onOne no engine",
                                "skipped: No engine is left for this test (wants=[POSTGRESQL], rowlock.engines=sqlite)",
                        "inside SQLITE", "ran"));
    }

    @Test
    void aMethodWinsOverItsClassAndAnInnerClassOverItsOuter() {
        assumeWanted(Engine.POSTGRESQL);
        System.setProperty(PROPERTY, "postgres, sqlite");
        assertThat(run(ThreeKinds.class).keySet())
                .containsExactlyInAnyOrder("onTheDefaultOfTheClass SQLITE", "onOne POSTGRESQL", "inside SQLITE");
    }

    @Test
    void anEngineThatCannotBeHadFailsWithItsReason() {
        System.setProperty(PROPERTY, "");
        assertThat(run(WantsMySql.class))
                .hasEntrySatisfying(
                        "test MYSQL",
                        outcome ->
                                assertThat(outcome).endsWith("No server of this kind can be started (engine=MYSQL)"));
    }

    @Test
    void anUnknownNameIsRefused() {
        assertThatThrownBy(() -> DatabasesExtension.parse("sqlite,oracle"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Unknown engines (rowlock.engines=sqlite,oracle, unknown=[oracle], known=sqlite,postgres,mariadb)");
        assertThat(DatabasesExtension.parse("PostgreSQL,")).containsExactly(Engine.POSTGRESQL);
    }

    private static Map<String, String> run(Class<?> type) {
        Events tests = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(type))
                .execute()
                .testEvents();
        Map<String, String> outcomes = new TreeMap<>();
        for (Event event : tests.list()) {
            String method = event.getTestDescriptor().getLegacyReportingName().replaceFirst("\\(.*", "");
            String name = method + " " + event.getTestDescriptor().getDisplayName();
            if (event.getType() == EventType.SKIPPED) {
                outcomes.put(name, "skipped: " + event.getRequiredPayload(String.class));
            } else if (event.getType() == EventType.FINISHED) {
                TestExecutionResult result = event.getRequiredPayload(TestExecutionResult.class);
                outcomes.put(
                        name, result.getThrowable().map(Throwable::toString).orElse("ran"));
            }
        }
        return outcomes;
    }

    static class WantsMySql {
        @Databases(Engine.MYSQL)
        void test(Database database) {
            throw new AssertionError(database);
        }
    }

    @Databases(Engine.SQLITE)
    static class ThreeKinds {

        @Databases
        void onTheDefaultOfTheClass(Database database) {
            assertThat(database.engine()).isEqualTo(Engine.SQLITE);
        }

        @Databases(Engine.POSTGRESQL)
        void onOne(Database database) {
            assertThat(List.of(database.engine())).containsExactly(Engine.POSTGRESQL);
        }

        @Nested
        class Inner {
            @Databases
            void inside(Database database) {
                assertThat(database.engine()).isEqualTo(Engine.SQLITE);
            }
        }
    }
}
