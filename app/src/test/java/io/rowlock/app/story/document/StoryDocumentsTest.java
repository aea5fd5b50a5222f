package io.rowlock.app.story.document;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.Stories;
import io.rowlock.app.story.StoryEvents;
import io.rowlock.app.story.StoryQueries;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.app.story.document.FileReport.What;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryPath;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Folders of documents, whole and broken ones, in and out. */
class StoryDocumentsTest {
    @TempDir
    Path folder;

    private Path write(Path in, String path, String content) throws IOException {
        Path file = in.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    private static String status(String status) {
        return "# Story\n\n**Status**: " + status + "\n\nText – ünïcode 故事 \uD83D\uDE00\n";
    }

    private static FileReport importFrom(Rowlock rowlock, Path from) throws IOException {
        return importFrom(rowlock, from, FolderLimits.STANDARD);
    }

    private static FileReport importFrom(Rowlock rowlock, Path from, FolderLimits limits) throws IOException {
        return new StoryDocuments(rowlock).importFrom(new StoryFolder(from, limits), null, line -> {});
    }

    private static Map<String, String> told(FileReport report) {
        Map<String, String> told = new TreeMap<>();
        report.files().forEach(line -> told.put(line.file(), line.what() + ": " + line.detail()));
        return told;
    }

    private static Rowlock rowlock(Database database) {
        Schema.migrate(database);
        return Rowlock.on(database.dataSource()).build();
    }

    private static void clear(Database database) throws SQLException {
        database.execute("DELETE FROM story_documents");
        database.execute("DELETE FROM story_history");
        database.execute("DELETE FROM stories");
    }

    private static void booksAreRight(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(Finding.lines(StoryAudit.run(connection))).isEmpty();
        }
    }

    @Databases
    void whatIsTakenInComesOutAgainWithItsStatus(Database database) throws Exception {
        Rowlock rowlock = rowlock(database);
        clear(database);
        Path in = folder.resolve("in");
        List<String> names = List.of(
                "plain.md",
                "epic one/1.1 – Größe.md",
                "故事/一.md",
                "it's; DROP TABLE stories.md",
                "a%b_c.md",
                "e\u0301.md",
                "\u00e9.md",
                "😀/x.md");
        for (String name : names) {
            write(in, name, status("In Progress"));
        }
        write(in, ".hidden/x.md", status("Done"));
        write(in, "notes.txt", status("Done"));

        FileReport first = importFrom(rowlock, in);
        assertThat(told(first)).hasSize(names.size());
        assertThat(first.counts()).containsOnly(Map.entry(What.CREATED, (long) names.size()));
        assertThat(importFrom(rowlock, in).counts()).containsOnly(Map.entry(What.SAME, (long) names.size()));
        StoryQueries queries = new StoryQueries(rowlock);
        assertThat(queries.story(new StoryPath("epic one/1.1 – Größe.md").id())
                        .orElseThrow()
                        .value()
                        .epicPath())
                .isEqualTo("epic one");

        Stories stories = new Stories(rowlock, StoryEvents.NONE);
        String moved = stories.change(
                        new StoryPath("故事/一.md").id(), Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), null)
                .fold(done -> "done", refused -> "refused", conflict -> "conflict");
        assertThat(moved).isEqualTo("done");
        Path out = Files.createDirectory(folder.resolve("out"));
        FileReport exported =
                new StoryDocuments(rowlock).exportTo(new StoryFolder(out, FolderLimits.STANDARD), null, line -> {});
        assertThat(exported.counts()).containsOnly(Map.entry(What.WRITTEN, (long) names.size()));
        for (String name : names) {
            assertThat(Files.readString(out.resolve(name)))
                    .as(name)
                    .isEqualTo(name.equals("故事/一.md") ? status("Ready for Review") : status("In Progress"));
        }
        assertThat(new StoryDocuments(rowlock)
                        .exportTo(new StoryFolder(out, FolderLimits.STANDARD), null, line -> {})
                        .counts())
                .containsOnly(Map.entry(What.SAME, (long) names.size()));
        assertThat(told(importFrom(rowlock, out))).containsEntry("故事/一.md", "KEPT: Ready for Review");
        assertThat(importFrom(rowlock, out).counts()).containsOnlyKeys(What.SAME);
        try (Stream<Path> left = Files.walk(out)) {
            assertThat(left.filter(path -> path.getFileName().toString().endsWith(".part")))
                    .isEmpty();
        }
        booksAreRight(database);
    }

    @Databases
    void whatIsBrokenIsToldAndHoldsUpNothing(Database database) throws Exception {
        Rowlock rowlock = rowlock(database);
        clear(database);
        Path in = Files.createDirectory(folder.resolve("in"));
        Path outside = write(folder, "outside/secret.md", status("Done"));
        write(in, "good.md", status("Draft"));
        write(in, "none.md", "# Nothing\n");
        write(in, "odd.md", status("almost"));
        write(in, "large.md", status("Draft") + "x".repeat(3_000));
        Files.write(in.resolve("bytes.md"), new byte[] {(byte) 0xff, (byte) 0xfe, 'S'});
        Files.write(in.resolve("zero.md"), (status("Draft") + "\0").getBytes(StandardCharsets.UTF_8));
        Files.createSymbolicLink(in.resolve("link.md"), outside);
        Files.createSymbolicLink(in.resolve("up"), outside.getParent());
        write(in, "a/b/c/deep.md", status("Draft"));
        Files.createDirectory(in.resolve("folder.md"));
        write(in, "moved.md", status("In Progress"));

        FileReport report = importFrom(rowlock, in, new FolderLimits(100, 2_000, 3));

        assertThat(report.isWrong()).isTrue();
        assertThat(told(report))
                .containsExactly(
                        Map.entry("a/b/c", "BROKEN: more than 3 folders deep"),
                        Map.entry("bytes.md", "BROKEN: no UTF-8"),
                        Map.entry("good.md", "CREATED: Draft"),
                        Map.entry("large.md", "BROKEN: more than 2000 bytes"),
                        Map.entry("link.md", "BROKEN: a link: what it leads to is not read"),
                        Map.entry("moved.md", "CREATED: In Progress"),
                        Map.entry("none.md", "BROKEN: no status line"),
                        Map.entry("odd.md", "BROKEN: no such status: 'almost'"),
                        Map.entry("up", "BROKEN: a link: what it leads to is not read"),
                        Map.entry("zero.md", "BROKEN: no text"));

        write(in, "good.md", status("Done"));
        write(in, "moved.md", status("Ready for Review"));
        assertThat(told(importFrom(rowlock, in, new FolderLimits(100, 2_000, 3))))
                .containsEntry("good.md", "REFUSED: from Draft no step leads to Done")
                .containsEntry("moved.md", "MOVED: In Progress to Ready for Review");
        assertThat(told(importFrom(rowlock, in, new FolderLimits(1, 2_000, 3))))
                .containsEntry("good.md", "BROKEN: more than 1 documents");
        booksAreRight(database);
    }

    /** Whoever could write such a path to the database: it leads nowhere. */
    @Databases
    void nothingIsWrittenOutsideOfTheFolder(Database database) throws Exception {
        Rowlock rowlock = rowlock(database);
        clear(database);
        Path in = folder.resolve("in");
        write(in, "a/x.md", status("Draft"));
        write(in, "b/y.md", status("Draft"));
        write(in, "c.md", status("Draft"));
        assertThat(importFrom(rowlock, in).isWrong()).isFalse();
        database.execute("UPDATE stories SET story_path = '../escaped.md' WHERE story_path = 'c.md'");
        Path out = Files.createDirectory(folder.resolve("out"));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(out.resolve("a"), elsewhere);
        Files.createDirectory(out.resolve("b"));
        Files.createSymbolicLink(out.resolve("b/y.md"), elsewhere.resolve("y.md"));

        FileReport report =
                new StoryDocuments(rowlock).exportTo(new StoryFolder(out, FolderLimits.STANDARD), null, line -> {});

        assertThat(told(report))
                .containsEntry("../escaped.md", "BROKEN: no path below a folder")
                .containsEntry("a/x.md", "BROKEN: a link on the way: nothing is written through it")
                .containsEntry("b/y.md", "BROKEN: a link or a folder is in its place");
        assertThat(folder.resolve("escaped.md")).doesNotExist();
        assertThat(elsewhere).isEmptyDirectory();
    }

    /** Two who take in the same folder: each story is made once, and both are told the truth. */
    @Databases
    void twoImportsAtOnceMakeEachStoryOnce(Database database) throws Exception {
        Rowlock rowlock = rowlock(database);
        clear(database);
        Path in = folder.resolve("in");
        for (int i = 0; i < 20; i++) {
            write(in, "s" + i + ".md", status("Draft"));
        }
        Rowlock other = Rowlock.on(database.dataSource()).build();
        List<Callable<FileReport>> both = List.of(() -> importFrom(rowlock, in), () -> importFrom(other, in));
        List<FileReport.Line> lines = new ArrayList<>();
        Actors.run(Actors.DEADLINE, both)
                .forEach(report -> lines.addAll(report.get().files()));
        assertThat(lines).filteredOn(line -> line.what() == What.CREATED).hasSize(20);
        assertThat(lines).filteredOn(line -> line.what() == What.SAME).hasSize(20);
        booksAreRight(database);
    }
}
