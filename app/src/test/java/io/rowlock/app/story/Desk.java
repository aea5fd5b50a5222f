package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.model.StoryTables;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** The stories of a test without HTTP: an epic of its own, and nodes of the service. */
final class Desk {
    final Database database;
    final StoryPath epic = new StoryPath("epic-" + UUID.randomUUID());
    final Rowlock rowlock;
    final Stories stories;
    final StoryQueries queries;

    Desk(Database database) {
        Schema.migrate(database);
        withTables(database);
        this.database = database;
        rowlock = node();
        stories = new Stories(rowlock, StoryEvents.NONE);
        queries = new StoryQueries(rowlock);
    }

    /** Those of Rowlock, which the migrations of the systems leave to it. */
    private static void withTables(Database database) {
        try {
            assertThat(RowlockTables.createMissing(database.dataSource())).isNotNull();
        } catch (SQLException failed) {
            throw new AssertionError("No tables", failed);
        }
    }

    /** Another node, with nothing but the database between it and the others. */
    Rowlock node() {
        return Rowlock.on(database.dataSource())
                .order(StoryTables.ORDER.toArray(Table<?, ?>[]::new))
                .build();
    }

    StoryPath path(String name) {
        return new StoryPath(epic + "/" + name + ".md");
    }

    View<StoryRow> made(String name, CoreStatus status) {
        return done(stories.create(epic, path(name), Change.to(Role.SM, status).as("create")));
    }

    View<StoryRow> look(UUID id) {
        return queries.story(id).orElseThrow();
    }

    static <T> T done(Outcome<T> outcome) {
        return outcome.fold(
                done -> done,
                refusal -> {
                    throw new AssertionError(refusal.toString());
                },
                conflict -> {
                    throw new AssertionError(conflict.toString());
                });
    }

    static Refusal refused(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return ((Outcome.Refused<?>) outcome).why();
    }

    static <T> Outcome.Conflict<T> conflict(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Conflict.class);
        return (Outcome.Conflict<T>) outcome;
    }

    /** A change of nothing but the phase. */
    static Change phase(String phase) {
        return Change.to(Role.DEV, CoreStatus.IN_PROGRESS).withStatus(null).withPhase(phase);
    }

    static Change iteration(int iteration) {
        return phase("").withPhase(null).withIteration(iteration);
    }

    static Version version(View<StoryRow> story) {
        return story.version();
    }

    List<String> wrong() {
        try (Connection connection = database.dataSource().getConnection()) {
            return Finding.lines(StoryAudit.run(connection));
        } catch (SQLException failed) {
            throw new AssertionError("Not audited", failed);
        }
    }

    void booksAreRight() {
        assertThat(wrong()).isEmpty();
    }
}
