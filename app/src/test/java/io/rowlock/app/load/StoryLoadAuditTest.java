package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.load.DrivenLoads.Plant;
import io.rowlock.app.load.StoryPromises.Told;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load of the stories that went well passes the audit, and each error that is planted afterwards is found and named. */
class StoryLoadAuditTest {
    private static final Load.Plan PLAN = new Load.Plan(8, 400, null, 42);

    @RegisterExtension
    static final DrivenLoads<StoryLoad> LOADS = new DrivenLoads<>(StoryLoad::new, PLAN);

    private static List<String> findings(Database database, String... planted) throws SQLException, CannotLoad {
        return LOADS.findings(database, Plant.of(planted));
    }

    /** The newest version of a story that is still there. */
    private static Told last(Database database) {
        List<Told> told = LOADS.on(database).system().promises().told();
        return told.stream()
                .filter(each -> !each.status().isEmpty() && number(each) > 1)
                .filter(each -> told.stream()
                        .noneMatch(other -> other.story().equals(each.story())
                                && incarnation(other).equals(incarnation(each))
                                && number(other) > number(each)))
                .findFirst()
                .orElseThrow();
    }

    private static long number(Told told) {
        return Long.parseLong(told.tag().substring(0, told.tag().indexOf('-')));
    }

    private static String incarnation(Told told) {
        return told.tag().substring(told.tag().indexOf('-'));
    }

    private static String line(Told told) {
        return " WHERE story_id = '" + told.story() + "' AND story_version = " + number(told) + " AND incarnation = "
                + Long.parseUnsignedLong(incarnation(told).substring(1), 16);
    }

    @Databases
    void aCleanRunPasses(Database database) throws Exception {
        assertThat(findings(database)).isEmpty();

        Tally all = LOADS.on(database).run().all();
        assertThat(all.operations()).isEqualTo(PLAN.operations());
        assertThat(all.failures()).isEmpty();
        assertThat(all.unanswered()).isZero();
        assertThat(all.replayed()).isPositive();
        assertThat(all.refusals()).containsKey("VERSION_CONFLICT");
        assertThat(LOADS.on(database).system().leftOut()).isEmpty();
        assertThat(LOADS.on(database).system().promises().told())
                .as("some were deleted, and made again")
                .anyMatch(told -> told.status().isEmpty());
    }

    /** The books agree without it: only who was told of it can miss it. */
    @Databases
    void aVersionThatWasAcknowledgedAndIsLostIsNamed(Database database) throws Exception {
        Told told = last(database);
        assertThat(findings(
                        database,
                        "UPDATE stories SET version = version - 1,"
                                + " status = (SELECT h.from_status FROM story_history h" + line(told) + "),"
                                + " iteration = (SELECT h.iteration FROM story_history h" + line(before(told)) + "),"
                                + " phase = (SELECT h.phase FROM story_history h" + line(before(told)) + "),"
                                + " qa_result = (SELECT h.qa_result FROM story_history h" + line(before(told)) + "),"
                                + " error_message = (SELECT h.error_message FROM story_history h"
                                + line(before(told)) + ")"
                                + " WHERE id = '" + told.story() + "'",
                        "DELETE FROM story_history" + line(told)))
                .singleElement()
                .satisfies(finding -> assertThat(finding)
                        .startsWith("Lost: a version that was acknowledged is not in the history")
                        .contains(told.key()));
    }

    private static Told before(Told told) {
        return new Told(told.key(), told.story(), number(told) - 1 + incarnation(told), told.status());
    }

    @Databases
    void aVersionThatWasOverwrittenIsNamed(Database database) throws Exception {
        Told told = last(database);
        assertThat(findings(
                        database,
                        "UPDATE story_history SET to_status = 'CANCELLED', role = 'SM'" + line(told),
                        "UPDATE stories SET status = 'CANCELLED' WHERE id = '" + told.story() + "'"))
                .singleElement()
                .satisfies(finding -> assertThat(finding)
                        .startsWith("Not as acknowledged: a version has another status")
                        .contains(told.key()));
    }

    @Databases
    void aStoryThatIsNotItsHistoryIsNamed(Database database) throws Exception {
        assertThat(findings(
                        database,
                        "UPDATE stories SET version = version + 1 WHERE id = '"
                                + last(database).story() + "'"))
                .singleElement()
                .satisfies(finding -> assertThat(finding).startsWith("version-counts-successes: "));
    }

    /** Two keys, and both were told that the version is theirs; and one of which nobody was told. */
    @Databases
    void whatWasToldToTwoOrToNobodyIsNamed(Database database) throws Exception {
        Told told = last(database);
        StoryPromises twice = copy(database, null);
        twice.add(new Told("another", told.story(), told.tag(), told.status()));
        StoryPromises without = copy(database, told);

        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(twice.findings(connection))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding)
                            .startsWith("Two requests were told that the same version is theirs")
                            .contains("another"));
            assertThat(without.findings(connection))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding)
                            .startsWith("Nobody was told of a version")
                            .contains(told.story()));
            without.doubts().unknown(1);
            assertThat(without.findings(connection)).isEmpty();
        }
    }

    private static StoryPromises copy(Database database, @org.jspecify.annotations.Nullable Told left) {
        StoryPromises promises = LOADS.on(database).system().promises().copy();
        LOADS.on(database).system().promises().told().stream()
                .filter(each -> left == null || !each.version().equals(left.version()))
                .forEach(promises::add);
        return promises;
    }

    @Test
    void everyStepIsDrawnButTheOneThatComesBefore() {
        SplittableRandom random = new SplittableRandom(1);
        assertThat(Stream.generate(() -> StoryStep.next(random)).limit(5_000).distinct())
                .doesNotContain(StoryStep.INITIALIZE)
                .hasSize(StoryStep.values().length - 1);
    }
}
