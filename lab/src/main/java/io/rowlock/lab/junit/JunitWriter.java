package io.rowlock.lab.junit;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Writes a run that went wrong as a JUnit test. The class compiles against the lab and JUnit, needs nothing else but the
 * scenario's own code, fails as long as the race is there, and passes when it is gone on that engine and at that level: it
 * replays the schedule, and then runs all others. A schedule that the code no longer takes is no failure (see {@link Replay}).
 *
 * <p>Safe for use by many threads.
 */
public final class JunitWriter {
    private static final String MARK = "// Written by Rowlock.";

    private JunitWriter() {}

    /**
     * Writes the class into the folder of its package. One that was written before is replaced.
     *
     * @param dir the root of the sources, such as {@code src/test/java}; made if it is not there
     * @return the file
     * @throws FileAlreadyExistsException if a file of that name does not begin as those written here do: it is somebody's work
     */
    public static Path write(Path dir, GeneratedTest test) throws IOException {
        Path file = dir.resolve(test.packageName().replace('.', '/')).resolve(test.className() + ".java");
        if (Files.exists(file) && !Files.readString(file).startsWith(MARK)) {
            throw new FileAlreadyExistsException(file.toString(), null, "not written by Rowlock");
        }
        Files.createDirectories(file.getParent());
        return Files.writeString(file, source(test));
    }

    /** The class as text. */
    public static String source(GeneratedTest test) {
        TreeSet<String> imports = new TreeSet<>(List.of(
                "io.rowlock.dialect.Engine",
                "io.rowlock.lab.junit.Race",
                "io.rowlock.lab.junit.RaceTest",
                "io.rowlock.lab.junit.Replay"));
        if (test.isolation().isPresent()) {
            imports.add("io.rowlock.dialect.Isolation");
        }
        if (test.source() instanceof GeneratedTest.Statements) {
            imports.add("io.rowlock.lab.Scenario");
        }
        return MARK + " It fails as long as the race is there.\n"
                + JavaText.comment(test.title())
                + JavaText.comment(test.violation())
                + "package " + test.packageName() + ";\n\n"
                + imports.stream().map(each -> "import " + each + ";\n").collect(Collectors.joining())
                + "\nclass " + test.className() + " {\n\n"
                + "    @Replay(\"" + test.schedule() + "\")\n"
                + "    @RaceTest(engines = Engine." + test.engine()
                + test.isolation()
                        .map(level -> ", isolation = Isolation." + level)
                        .orElse("")
                + test.sessionSql()
                        .map(sql -> ", sessionSql = " + JavaText.literal(sql))
                        .orElse("")
                + ")\n"
                + "    void noScheduleGoesWrong(Race race) throws Exception {\n"
                + body(test)
                + "    }\n}\n";
    }

    private static String body(GeneratedTest test) {
        if (test.source() instanceof GeneratedTest.ScenarioMethod its) {
            return "        race.check(" + its.type() + "." + its.method() + "(race.dataSource()"
                    + its.arguments().stream()
                            .map(argument -> ", " + JavaText.literal(argument))
                            .collect(Collectors.joining())
                    + "));\n";
        }
        GeneratedTest.Statements its = (GeneratedTest.Statements) test.source();
        StringBuilder body = new StringBuilder();
        String indent = " ".repeat(16);
        if (!its.tables().isEmpty()) {
            body.append("        race.execute(")
                    .append(JavaText.literals(its.tables(), indent))
                    .append(");\n");
        }
        body.append("        race.check(Scenario.named(")
                .append(JavaText.literal(test.title()))
                .append(")");
        if (!its.reset().isEmpty()) {
            body.append("\n                .reset(")
                    .append(JavaText.literals(its.reset(), indent + " ".repeat(8)))
                    .append(")");
        }
        for (List<String> statements : its.transactions()) {
            body.append("\n                .actor(race.transaction(")
                    .append(JavaText.literals(statements, indent + " ".repeat(8)))
                    .append("))");
        }
        return body.append(");\n").toString();
    }
}
