package io.rowlock.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.engines.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecRunTest {

    private static final String SPEC = """
            setup { CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL); INSERT INTO account VALUES (1, 10); }
            teardown { DROP TABLE account; }
            session s1
            setup { BEGIN; }
            step u1 { UPDATE account SET balance = 11 WHERE id = 1; }
            step n1 { DO $$BEGIN RAISE NOTICE 'one'; END$$; }
            step c1 { COMMIT; }
            session s2
            step u2 { UPDATE account SET balance = balance + 1 WHERE id = 1 RETURNING *; }
            step l2 { SET lock_timeout = '10ms'; UPDATE account SET balance = 0; }
            step r2 { RESET lock_timeout; }
            permutation u1 u2 c1
            permutation u1 l2(*) r2 c1
            permutation u2(c1) u1 n1 c1
            permutation u1 u2(n1 notices 1) n1 c1
            """;

    private static final String OUTPUT = """
            Parsed test spec with 2 sessions

            starting permutation: u1 u2 c1
            step u1: UPDATE account SET balance = 11 WHERE id = 1;
            step u2: UPDATE account SET balance = balance + 1 WHERE id = 1 RETURNING *; <waiting ...>
            step c1: COMMIT;
            step u2: <... completed>
            id|balance
            --+-------
             1|     12
            (1 row)


            starting permutation: u1 l2 r2 c1
            step u1: UPDATE account SET balance = 11 WHERE id = 1;
            step l2: SET lock_timeout = '10ms'; UPDATE account SET balance = 0; <waiting ...>
            step l2: <... completed>
            ERROR:  canceling statement due to lock timeout
            step r2: RESET lock_timeout;
            step c1: COMMIT;

            starting permutation: u2 u1 n1 c1
            step u2: UPDATE account SET balance = balance + 1 WHERE id = 1 RETURNING *;
            id|balance
            --+-------
             1|     11
            (1 row)

            step u1: UPDATE account SET balance = 11 WHERE id = 1;
            s1: NOTICE:  one
            step n1: DO $$BEGIN RAISE NOTICE 'one'; END$$;
            step c1: COMMIT;

            starting permutation: u1 u2 n1 c1
            step u1: UPDATE account SET balance = 11 WHERE id = 1;
            step u2: UPDATE account SET balance = balance + 1 WHERE id = 1 RETURNING *; <waiting ...>
            s1: NOTICE:  one
            step n1: DO $$BEGIN RAISE NOTICE 'one'; END$$;
            step c1: COMMIT;
            step u2: <... completed>
            id|balance
            --+-------
             1|     12
            (1 row)

            """;

    private static PostgresServer server;

    @BeforeAll
    static void startServer() {
        server = PostgresServer.startTemporary(Map.of("fsync", "off"));
    }

    @AfterAll
    static void endServer() {
        server.close();
    }

    private static SpecRun run() {
        return SpecRun.on(server.url("postgres"), server.user(), server.password());
    }

    @Test
    void waitsEndsRowsErrorsAndNoticesComeInTheirOrder(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("some.spec"), SPEC);
        Files.writeString(folder.resolve("some.out"), "Something else\n");
        Files.writeString(folder.resolve("some_1.out"), OUTPUT);
        List<String> told = new ArrayList<>();
        SpecReport report = run().run(List.of(folder), result -> told.add(result.name()));
        assertThat(report.results()).hasSize(1);
        SpecResult result = report.results().get(0);
        assertThat(result.output()).isEqualTo(OUTPUT);
        assertThat(result.expected()).contains("some_1.out");
        assertThat(result.matched()).isEqualTo(4);
        assertThat(result.waits()).isEqualTo(3);
        assertThat(result.errors()).isEqualTo(1);
        assertThat(report.asExpected()).isTrue();
        assertThat(told).containsExactly("some");
        assertThat(report.text())
                .contains(
                        "ok       some  4 of 4\n",
                        "4 of 4 permutations and 1 of 1 files as expected; 3 waits, 1 errors");
    }

    @Test
    void aDifferenceIsShownWithItsPermutationAndLine(@TempDir Path folder) throws IOException {
        Path specs = Files.createDirectories(folder.resolve("specs"));
        Path expected = Files.createDirectories(folder.resolve("expected"));
        Files.writeString(specs.resolve("some.spec"), SPEC);
        Files.writeString(expected.resolve("some.out"), OUTPUT.replaceFirst("     12", "     21"));
        SpecReport report = run().run(List.of(specs.resolve("some.spec")), result -> {});
        assertThat(report.asExpected()).isFalse();
        assertThat(report.matched()).isEqualTo(3);
        assertThat(report.results().get(0).differences())
                .containsExactly(new SpecResult.Difference("u1 u2 c1", 8, " 1|     21", " 1|     12"));
        assertThat(report.text()).contains("differs  some  3 of 4", "u1 u2 c1: line 8", "found      1|     12");
    }

    @Test
    void aTestThatCannotGoOnSaysWhyAndTheNextOneIsPlayed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a.spec"), "setup { SELECT 1/0; } session s step x {}");
        Files.writeString(
                folder.resolve("b.spec"),
                "session s step b { BEGIN; LOCK pg_class IN ACCESS EXCLUSIVE MODE; } teardown { ROLLBACK; } "
                        + "session t step w { TABLE pg_class; } permutation b w");
        Files.writeString(folder.resolve("c.spec"), "session s step x { SELECT 1; }");
        SpecReport report = run().withStepDeadline(Duration.ofMillis(300)).run(List.of(folder), result -> {});
        assertThat(report.results()).extracting(SpecResult::name).containsExactly("a", "b", "c");
        assertThat(report.results().get(0).output()).endsWith("setup failed: ERROR:  division by zero\n");
        assertThat(report.results().get(1).output())
                .contains("step w: TABLE pg_class; <waiting ...>\nisolationtester: canceling step w after 0 seconds")
                .contains("ERROR:  canceling statement due to user request");
        assertThat(report.results().get(2).output()).contains(" 1\n(1 row)");
        assertThat(report.text()).contains("there is no expected output beside it");
    }

    @Test
    void whatCannotBePlayedIsAProblemOfOneLine(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("bad.spec"), "session s step { }");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        SpecReport report =
                run().run(List.of(folder.resolve("bad.spec"), folder.resolve("none.spec"), empty), result -> {});
        assertThat(report.problems())
                .hasSize(3)
                .allSatisfy(problem -> assertThat(problem).doesNotContain("\n"))
                .anySatisfy(problem -> assertThat(problem).startsWith("There is no such test"))
                .anySatisfy(problem -> assertThat(problem).startsWith("There is no test in this folder"))
                .anySatisfy(problem -> assertThat(problem).contains("expected=the name of a step", "bad.spec"));
        assertThat(report.asExpected()).isFalse();
    }

    @Test
    void aServerThatDoesNotAnswerIsAProblemOfOneLine(@TempDir Path folder) throws IOException {
        Path spec = Files.writeString(folder.resolve("some.spec"), SPEC);
        SpecReport report =
                SpecRun.on(server.url("postgres"), server.user(), "wrong").run(List.of(spec), result -> {});
        assertThat(report.problems())
                .singleElement()
                .asString()
                .startsWith("The server cannot be used")
                .doesNotContain("\n");
        assertThatThrownBy(() -> SpecRun.on("jdbc:mariadb://localhost/x", "u", "p"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("jdbc:postgresql://HOST:PORT/DATABASE");
    }
}
