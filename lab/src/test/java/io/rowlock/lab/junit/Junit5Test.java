package io.rowlock.lab.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Race tests run on JUnit 5 as they do on ours, in a JVM that has the one in place of the other. */
class Junit5Test {
    private static final long DEADLINE_MINUTES = 3;

    @TempDir
    Path folder;

    @Test
    void raceTestsRunOnJunit5() throws Exception {
        Path output = folder.resolve("output");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        String.join(File.pathSeparator, classPath()),
                        Launched.class.getName(),
                        Samples.OnSqlite.class.getName(),
                        Samples.Kept.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(child.waitFor(DEADLINE_MINUTES, TimeUnit.MINUTES)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output);
        List<String> results = lines.stream()
                .filter(line -> line.matches("(SUCCESSFUL|FAILED|ABORTED|SKIPPED) .*"))
                .map(line -> line.replaceAll(" java\\.lang.*", ""))
                .sorted()
                .toList();
        assertThat(lines).anyMatch(line -> line.matches("JUnit 5\\..*"));
        assertThat(lines).anyMatch(line -> line.contains("@Replay(value = \"A1 B1 "));
        assertThat(results).isEqualTo(here());
    }

    /** The same on the JUnit that runs this. */
    private static List<String> here() {
        assertThat(Test.class.getPackage().getImplementationVersion()).startsWith("6.");
        return Stream.of(Launched.run(Samples.OnSqlite.class), Launched.run(Samples.Kept.class))
                .flatMap(launched -> launched.results().stream())
                .map(result -> result.status() + " " + result.name() + " "
                        + result.message().lines().findFirst().orElse(""))
                .map(line -> line.replaceAll(" java\\.lang.*", ""))
                .sorted()
                .toList();
    }

    private static List<String> classPath() throws IOException, URISyntaxException {
        List<String> classPath = new ArrayList<>();
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).getFileName().toString().startsWith("junit-"))
                .forEach(classPath::add);
        Path classes = Path.of(Junit5Test.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (Stream<Path> jars = Files.list(classes.resolveSibling("junit5"))) {
            jars.map(Path::toString).forEach(classPath::add);
        }
        return classPath;
    }
}
