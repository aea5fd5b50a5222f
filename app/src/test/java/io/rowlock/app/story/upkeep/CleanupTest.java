package io.rowlock.app.story.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.Outcome;
import io.rowlock.app.story.Stories;
import io.rowlock.app.story.StoryEvents;
import io.rowlock.app.story.StoryQueries;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.app.story.upkeep.Cleanup.Cleaned;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.TestClock;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;

/** What goes, and what stays. */
class CleanupTest {
    private final TestClock clock = new TestClock();

    @SuppressWarnings("NullAway.Init") // by begin()
    private Rowlock rowlock;

    @SuppressWarnings("NullAway.Init") // by begin()
    private Stories stories;

    @BeforeEach
    void begin(Database database) throws SQLException {
        Schema.migrate(database);
        for (String table : List.of("story_documents", "story_history", "stories")) {
            database.execute("DELETE FROM " + table);
        }
        Timing system = Timing.system();
        rowlock = Rowlock.on(database.dataSource())
                .timing(new Timing(clock, system.nanoTime(), system.sleeper(), system.random()))
                .build();
        stories = new Stories(rowlock, StoryEvents.NONE);
    }

    private StoryPath made(String epic, String path, CoreStatus status) {
        StoryPath story = new StoryPath(path);
        Outcome<?> made = stories.create(
                new StoryPath(epic), story, Change.to(Role.SM, status).as("create"));
        assertThat(made).isInstanceOf(Outcome.Done.class);
        return story;
    }

    private List<String> left() {
        return new StoryQueries(rowlock)
                .stories(new StoryQueries.Wanted(null, null, null, null), 500).stream()
                        .map(view -> view.value().storyPath())
                        .sorted()
                        .toList();
    }

    private static void booksAreRight(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(Finding.lines(StoryAudit.run(connection))).isEmpty();
        }
    }

    @Databases
    void onlyWhatIsOverAndOldGoes(Database database) throws SQLException {
        for (CoreStatus status : CoreStatus.values()) {
            made("e", "old-" + status.name(), status);
        }
        clock.advance(Duration.ofDays(31));
        made("e", "new", CoreStatus.DONE);
        StoryPath touched = made("e", "touched", CoreStatus.FAILED);

        Cleaned cleaned = new Cleanup(rowlock).olderThan(Duration.ofDays(30));

        assertThat(cleaned).isEqualTo(new Cleaned(2, false));
        assertThat(left())
                .containsExactly(
                        "new",
                        "old-CANCELLED",
                        "old-DRAFT",
                        "old-IN_PROGRESS",
                        "old-READY_FOR_DEVELOPMENT",
                        "old-READY_FOR_DONE",
                        "old-READY_FOR_REVIEW",
                        "touched");
        assertThat(touched.text()).isIn(left());
        assertThat(new Cleanup(rowlock).olderThan(Duration.ofDays(30))).isEqualTo(new Cleaned(0, false));
        booksAreRight(database);
    }

    /** Names are text: no character in them stands for others. */
    @Databases
    void epicsAndFoldersAreTakenAtTheirWord(Database database) throws SQLException {
        made("e%", "temp/a", CoreStatus.DRAFT);
        made("e%x", "temp%/b", CoreStatus.DRAFT);
        made("E%", "Temp/c", CoreStatus.DRAFT);
        made("e_", "tem_/d", CoreStatus.DRAFT);
        made("ex", "temporary/e", CoreStatus.DRAFT);
        made("it's", "😀é/f", CoreStatus.DRAFT);
        made("x' OR '1'='1", "故事/g", CoreStatus.DRAFT);
        Cleanup cleanup = new Cleanup(rowlock);

        assertThat(cleanup.inFolder(new StoryPath("tem_"))).isEqualTo(new Cleaned(1, false));
        assertThat(cleanup.inFolder(new StoryPath("temp%"))).isEqualTo(new Cleaned(1, false));
        assertThat(cleanup.inFolder(new StoryPath("%"))).isEqualTo(new Cleaned(0, false));
        assertThat(cleanup.inFolder(new StoryPath("temp"))).isEqualTo(new Cleaned(1, false));
        assertThat(left()).containsExactly("Temp/c", "temporary/e", "故事/g", "😀é/f");
        assertThat(cleanup.inFolder(new StoryPath("😀é"))).isEqualTo(new Cleaned(1, false));
        assertThat(cleanup.ofEpic(new StoryPath("e%"))).isEqualTo(new Cleaned(0, false));
        assertThat(cleanup.ofEpic(new StoryPath("x' OR '1'='1"))).isEqualTo(new Cleaned(1, false));
        assertThat(left()).containsExactly("Temp/c", "temporary/e");
        booksAreRight(database);
    }

    /** Each call takes 500 at the most; two at once take each story once. */
    @Databases
    void manyGoInPartsAndOnce(Database database) throws SQLException {
        for (int i = 0; i < 3; i++) {
            List<StoryPath> paths = new java.util.ArrayList<>();
            for (int j = 0; j < 200; j++) {
                paths.add(new StoryPath("p/" + i + "-" + j));
            }
            assertThat(stories.initialize(new StoryPath("many"), paths).created())
                    .isEqualTo(200);
        }
        List<Callable<Cleaned>> both = List.of(
                () -> new Cleanup(rowlock).ofEpic(new StoryPath("many")),
                () -> new Cleanup(Rowlock.on(database.dataSource()).build()).ofEpic(new StoryPath("many")));
        int deleted = Actors.run(Actors.DEADLINE, both).stream()
                .mapToInt(cleaned -> cleaned.get().deleted())
                .sum();
        assertThat(deleted).isBetween(500, 600);
        assertThat(deleted + left().size()).isEqualTo(600);
        assertThat(new Cleanup(rowlock).ofEpic(new StoryPath("many")).more()).isFalse();
        assertThat(left()).isEmpty();
        booksAreRight(database);
    }
}
