package io.rowlock.lab.hermitage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files in Hermitage's form. Its own are read too if {@code -Drowlock.hermitage=} names a folder with its
 * {@code postgres.md} and {@code mysql.md}.
 */
class HermitageFileTest {

    private static final String MARKDOWN = """
            Some levels
            ===========

            Setup (before every test case):

            ```sql
            create table test (id int primary key, value int);
            insert into test (id, value) values (1, 10), (2, 20);
            ```

            To see the current isolation level:

            ```sql
            select 1;
            ```

            Lost Update (P4)
            ----------------

            This engine "repeatable read" prevents Lost Update (P4):

            ```sql
            begin; set transaction isolation level repeatable read; -- T1
            begin; set transaction isolation level repeatable read; -- T2
            select id, value from test where id = 1; -- T1
            select id, value from test where id = 1; -- T2. Shows 1 => 10
            update test set value = 11 where id = 1; -- T1
            update test set value = 11 where id = 1; -- T2, BLOCKS
            commit; -- T1. T2 now prints out "ERROR: could not serialize access"
            abort;  -- T2. There's nothing else we can do
            select * from test; -- Either. Shows 1 => 11, 2 => 20
            ```

            This engine "read committed" prevents Lost Update (P4), which is not true:

            ```sql
            begin; set transaction isolation level read committed; -- T1
            begin; set transaction isolation level read committed; -- T2
            select id, value from test where id = 1; -- T1. Returns nothing
            select id, value from test where id = 1; -- T2, BLOCKS
            update test set value = 11 where id = 1; -- T1
            update test set value = 11 where id = 1; -- T2, BLOCKS
            commit; -- T1. T2 now prints out "ERROR"
            commit; -- T2
            select * from test; -- either. Shows 1 => 12
            ```
            """;

    @Test
    void aFileIsReadAsItIs() {
        HermitageFile file = HermitageFile.parse(MARKDOWN);
        assertThat(file.setup())
                .containsExactly(
                        "create table test (id int primary key, value int)",
                        "insert into test (id, value) values (1, 10), (2, 20)");
        assertThat(file.cases()).hasSize(2);
        HermitageFile.Case first = file.cases().get(0);
        assertThat(first.level()).isEqualTo("repeatable read");
        assertThat(first.claimsAllowed()).isFalse();
        assertThat(first.steps()).hasSize(9);
        assertThat(first.steps().get(0).statements())
                .containsExactly("begin", "set transaction isolation level repeatable read");
        assertThat(first.steps().get(5).notesWait()).isTrue();
        assertThat(first.steps().get(6).notedFailure()).contains("T2");
        assertThat(first.steps().get(8).transaction()).isEmpty();
        assertThat(first.steps().get(8).notedRows()).isEqualTo(Map.of(1, 11, 2, 20));
    }

    @Test
    void aSentenceNamesItsPhenomenon() {
        assertThat(Phenomenon.of("prevents Predicate-Many-Preceders (PMP) for write predicates"))
                .contains(Phenomenon.PMP_WRITE);
        assertThat(Phenomenon.of("prevents Predicate-Many-Preceders (PMP) for read predicates"))
                .contains(Phenomenon.PMP);
        assertThat(Phenomenon.of("prevents Read Skew (G-single) -- test using predicate dependencies"))
                .contains(Phenomenon.G_SINGLE_PREDICATE);
        assertThat(Phenomenon.of("prevents Anti-Dependency Cycles (G2) -- an example with two anti-dependency edges"))
                .contains(Phenomenon.G2_TWO_EDGES);
        assertThat(Phenomenon.of("prevents Write Skew (G2-item)")).contains(Phenomenon.G2_ITEM);
        assertThat(Phenomenon.of("something else")).isEqualTo(Optional.empty());
    }

    @Databases(Engine.POSTGRESQL)
    void notesAndVerdictsAreHeldAgainstWhatIsSeen(Database database, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("some.md"), MARKDOWN);
        HermitageReport report = HermitageRun.on(database.dataSource()).file(file);
        assertThat(report.problems()).isEmpty();
        assertThat(report.cells().get(0).verdict()).isEqualTo("prevented: T2 waits, T2 40001");
        assertThat(report.cells().get(0).asClaimed()).isTrue();
        assertThat(report.cells().get(0).differences()).isEmpty();
        assertThat(report.cells().get(1).asClaimed()).isFalse();
        assertThat(report.cells().get(1).differences())
                .containsExactly(
                        "T1 select id, value from test where id = 1 saw {1=10}",
                        "T2 select id, value from test where id = 1 did not wait",
                        "T1 commit: T2 did not fail",
                        "select * from test saw {1=11, 2=20}, not {1=12}");
        assertThat(report.text()).contains("1 of 2 verdicts as Hermitage has them; 2 cells played");
    }

    @Databases(Engine.POSTGRESQL)
    void aFileWithoutCasesIsAProblemInOneLine(Database database, @TempDir Path folder) throws IOException {
        HermitageRun run = HermitageRun.on(database.dataSource());
        assertThat(run.file(folder.resolve("none.md")).problems())
                .singleElement()
                .asString()
                .startsWith("There is no such file")
                .doesNotContain("\n");
        assertThat(run.file(Files.writeString(folder.resolve("empty.md"), "# Nothing"))
                        .problems())
                .singleElement()
                .asString()
                .startsWith("The file has no cases of Hermitage");
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void hermitagesOwnFilesAreRight(Database database) {
        String folder = System.getProperty("rowlock.hermitage", "");
        assumeTrue(!folder.isBlank(), "Hermitage is not here; name its folder with -Drowlock.hermitage=FOLDER");
        Path file = Path.of(folder, database.engine() == Engine.POSTGRESQL ? "postgres.md" : "mysql.md");
        HermitageReport report = HermitageRun.on(database.dataSource()).file(file);
        System.out.print(report.text());
        assertThat(report.asClaimed()).as(report.text()).isTrue();
    }
}
