package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.RowlockTables;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RacesRun;
import io.rowlock.app.races.Verdict;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A race that went wrong is kept as a test that compiles, goes wrong in the same way, and passes once the code is right. */
class KeptRacesTest {
    private static final String CLASS = "io.rowlock.app.kept.Lottery2NaiveSqliteSerializableRaceTest";

    @TempDir
    Path folder;

    @Databases(Engine.SQLITE)
    void whatWentWrongIsKept(Database database) throws Exception {
        Verdict verdict = verdict(database, "lottery-2", Form.NAIVE);
        Path sources = folder.resolve("src");

        assertThat(KeptRaces.write(sources, List.of(verdict))).isEqualTo(1);
        List<String> broken = failures(sources, "broken");

        assertThat(broken).hasSize(2);
        assertThat(broken.get(0))
                .contains(
                        verdict.exploration().witness().orElseThrow().schedule().toString())
                .contains(verdict.anomaly().orElseThrow().name());

        Path written = file(sources);
        Files.writeString(written, Files.readString(written).replace("\"naive\"", "\"guarded\""));
        assertThat(failures(sources, "mended")).isEmpty();
    }

    @Databases(Engine.SQLITE)
    void aFormThatIsRightLeavesNoTest(Database database) throws Exception {
        assertThat(KeptRaces.write(folder, List.of(verdict(database, "lottery-2", Form.GUARDED))))
                .isZero();
        assertThat(folder).isEmptyDirectory();
    }

    @Databases(Engine.SQLITE)
    void somebodysFileIsLeftAlone(Database database) throws Exception {
        Verdict verdict = verdict(database, "lottery-2", Form.NAIVE);
        Files.createDirectories(file(folder).getParent());
        Files.writeString(file(folder), "mine");

        assertThatThrownBy(() -> KeptRaces.write(folder, List.of(verdict)))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(file(folder)).content().isEqualTo("mine");
    }

    private static Path file(Path sources) {
        return sources.resolve(CLASS.replace('.', '/') + ".java");
    }

    private static Verdict verdict(Database database, String id, Form form) throws SQLException {
        Schema.migrate(database);
        List<String> created = RowlockTables.createMissing(database.dataSource());
        assertThat(created).isNotNull();
        List<Race> races = RaceSystems.all().stream()
                .flatMap(system -> system.races().stream())
                .filter(race -> race.id().equals(id) && race.form() == form)
                .toList();
        return new RacesRun(
                        database.engine(), database.dataSource(), database.dataSource(), Budget.standard(), race -> {})
                .run(races, Optional.empty())
                .get(0);
    }

    /** What the class says when JUnit runs it; empty if it passes. */
    private List<String> failures(Path sources, String output) throws Exception {
        Path classes = compile(sources, folder.resolve(output));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, KeptRacesTest.class.getClassLoader())) {
            List<String> failures = new CopyOnWriteArrayList<>();
            List<String> finished = new CopyOnWriteArrayList<>();
            TestExecutionListener listener = new TestExecutionListener() {
                @Override
                public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                    result.getThrowable().ifPresent(thrown -> failures.add(thrown.toString()));
                    if (test.isTest()) {
                        finished.add(test.getDisplayName());
                    }
                }
            };
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(DiscoverySelectors.selectClass(loader.loadClass(CLASS)))
                                    .build(),
                            listener);
            assertThat(finished).as("the replay, and all schedules").hasSize(2);
            return new ArrayList<>(failures);
        }
    }

    private Path compile(Path sources, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            boolean passed = compiler.getTask(
                            messages,
                            manager,
                            null,
                            List.of(
                                    "-proc:none",
                                    "-d",
                                    Files.createDirectories(classes).toString(),
                                    "-classpath",
                                    System.getProperty("java.class.path")),
                            null,
                            manager.getJavaFileObjects(file(sources)))
                    .call();
            assertThat(passed).as(messages.toString()).isTrue();
        }
        return classes;
    }
}
