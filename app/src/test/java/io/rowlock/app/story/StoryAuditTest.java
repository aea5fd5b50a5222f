package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.View;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Right books pass, and each error that is planted is found by the check that is for it, and by no other. */
class StoryAuditTest {
    /** The history of the story that the errors are planted in; %s is its condition. */
    private static final Map<String, List<String>> PLANTED = new LinkedHashMap<>();

    static {
        PLANTED.put("history-without-gap", List.of("DELETE FROM story_history WHERE %s AND story_version = 3"));
        PLANTED.put(
                "history-begins-and-ends",
                List.of("UPDATE story_history SET happened = 'CHANGED', from_status = to_status WHERE %s"
                        + " AND story_version = 1"));
        PLANTED.put(
                "history-joins",
                List.of("UPDATE story_history SET from_status = 'READY_FOR_REVIEW', to_status = 'READY_FOR_REVIEW'"
                        + " WHERE %s AND story_version = 3"));
        PLANTED.put(
                "legal-steps",
                List.of(
                        "UPDATE story_history SET to_status = 'DONE', role = 'SM' WHERE %s AND story_version = 4",
                        "UPDATE stories SET status = 'DONE' WHERE id = '%i'"));
        PLANTED.put("whose-step", List.of("UPDATE story_history SET role = 'QA' WHERE %s AND story_version = 4"));
        PLANTED.put("story-has-history", List.of("DELETE FROM story_history WHERE %s"));
        PLANTED.put(
                "history-has-story",
                List.of("DELETE FROM story_documents WHERE story_id = '%i'", "DELETE FROM stories WHERE id = '%i'"));
        PLANTED.put("version-counts-successes", List.of("UPDATE stories SET version = version + 1 WHERE id = '%i'"));
        PLANTED.put("story-is-its-last-line", List.of("UPDATE stories SET phase = 'other' WHERE id = '%i'"));
        PLANTED.put(
                "document-has-story",
                List.of("UPDATE story_documents SET story_id = '" + new UUID(0, 77) + "' WHERE story_id = '%i'"));
    }

    @Databases
    void whatIsPlantedIsFoundByItsCheckAlone(Database database) throws SQLException {
        Desk desk = new Desk(database);
        View<StoryRow> story = desk.made("audit", CoreStatus.READY_FOR_DEVELOPMENT);
        UUID id = story.value().id();
        for (Change change : List.of(
                Change.to(Role.DEV, CoreStatus.IN_PROGRESS),
                Desk.phase("built"),
                Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW))) {
            Desk.done(desk.stories.change(id, change, null));
        }
        desk.rowlock.transact(tx -> StoryUnits.keepDocument(tx, story.value(), "Status: Draft"));
        View<StoryRow> gone = desk.made("gone", CoreStatus.DRAFT);
        Desk.done(desk.stories.delete(gone.value().id(), Role.SM, gone.version()));
        desk.made("gone", CoreStatus.DRAFT);
        desk.booksAreRight();

        for (Map.Entry<String, List<String>> planted : PLANTED.entrySet()) {
            List<Finding> found = planted(database, id, planted.getValue());
            assertThat(found).extracting(Finding::check).as(planted.getKey()).containsExactly(planted.getKey());
            assertThat(found.get(0).examples().toString()).as(planted.getKey()).containsIgnoringCase("story_id=");
        }
        desk.booksAreRight();
    }

    /** Three more are kept by the tables themselves, and nothing can be planted past them. */
    @Databases
    void everyOtherCheckIsAConstraintToo(Database database) {
        assertThat(new TreeSet<>(StoryAudit.checks()))
                .containsAll(PLANTED.keySet())
                .hasSize(PLANTED.size() + 3)
                .contains("one-story", "version-once", "known-status");
    }

    private static List<Finding> planted(Database database, UUID id, List<String> sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (String each : sql) {
                    String planted =
                            each.replace("%s", "story_id = '" + id + "'").replace("%i", id.toString());
                    assertThat(statement.executeUpdate(planted)).as(planted).isPositive();
                }
                return StoryAudit.run(connection).stream()
                        .filter(finding -> !finding.holds())
                        .toList();
            } finally {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
