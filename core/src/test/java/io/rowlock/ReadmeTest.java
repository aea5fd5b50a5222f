package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's Java compiles, and does what the README says. */
class ReadmeTest {
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private static final Path LAB_EXAMPLES =
            Path.of("..", "lab", "src/test/java/io/rowlock/lab/guides/LabGuideExamples.java");

    @Test
    void everyJavaSnippetOfTheReadmeIsCompiledHere() throws IOException {
        String readme = Files.readString(Path.of("..", "README.md"));
        String examples = bare(Files.readString(Path.of("src/test/java/io/rowlock/ReadmeExamples.java")))
                        .replace("between.run();", "")
                + bare(Files.readString(LAB_EXAMPLES));
        Matcher blocks = JAVA_BLOCK.matcher(readme);
        int found = 0;
        while (blocks.find()) {
            assertThat(examples).contains(bare(blocks.group(1)));
            found++;
        }
        assertThat(found).isGreaterThanOrEqualTo(4);
    }

    private static String bare(String java) {
        return java.replaceAll("\\s+", "");
    }

    @Databases
    void theBugLosesADeductionAndTheGuardDoesNot(Database database) throws Exception {
        database.execute(
                "CREATE TABLE accounts (id BIGINT PRIMARY KEY, owner VARCHAR(40) NOT NULL, balance BIGINT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)",
                "INSERT INTO accounts (id, owner, balance) VALUES (1, 'Ada', 1000)");
        Rowlock rowlock = ReadmeExamples.open(database.dataSource());

        try (Connection a = database.dataSource().getConnection();
                Connection b = database.dataSource().getConnection()) {
            ReadmeExamples.deductByHand(a, () -> {
                try {
                    ReadmeExamples.deductByHand(b, () -> {});
                } catch (SQLException failed) {
                    throw new IllegalStateException(failed);
                }
            });
            assertThat(ReadmeExamples.readBalance(a, 1))
                    .as("one of two deductions is lost")
                    .isEqualTo(850);
        }

        database.execute("UPDATE accounts SET balance = 1000, version = version + 1");
        Callable<Boolean> buyer = () -> {
            ReadmeExamples.deductGuarded(rowlock);
            return true;
        };
        assertThat(Actors.run(Actors.DEADLINE, Collections.nCopies(10, buyer)))
                .extracting(Actors.Outcome::get)
                .containsOnly(true);
        try (Connection a = database.dataSource().getConnection()) {
            assertThat(ReadmeExamples.readBalance(a, 1))
                    .as("six of ten fit into 1000")
                    .isEqualTo(100);
        }
    }
}
