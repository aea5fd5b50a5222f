package io.rowlock.lab.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Run;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Schedule;
import io.rowlock.lab.junit.GeneratedTest.ScenarioMethod;
import io.rowlock.lab.junit.GeneratedTest.Statements;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From code that knows nothing of Rowlock to a test of its race that is kept. */
class JunitWriterTest {
    private static final int LINES_MAX = 15;

    private static final String SHOP = """
            package shop;

            import java.sql.*;
            import javax.sql.DataSource;

            public class Tickets {
                private final DataSource dataSource;

                public Tickets(DataSource dataSource) {
                    this.dataSource = dataSource;
                }

                public boolean buy(int id) throws SQLException {
                    try (Connection connection = dataSource.getConnection();
                            Statement statement = connection.createStatement()) {
                        try (ResultSet rows = statement.executeQuery("SELECT sold, total FROM ticket WHERE id = " + id)) {
                            if (!rows.next() || rows.getInt(1) >= rows.getInt(2)) {
                                return false;
                            }
                        }
                        return statement.executeUpdate("UPDATE ticket SET sold = sold + 1 WHERE id = " + id) == 1;
                    }
                }
            }
            """;

    /** Decides where it writes, and says no by the count. */
    private static final String FIXED_SHOP =
            SHOP.replace("sold + 1 WHERE id = \" + id)", "sold + 1 WHERE sold < total AND id = \" + id)");

    private static final String RACE_TEST = """
            package shop;

            import io.rowlock.lab.Scenario;
            import io.rowlock.lab.junit.*;

            class TicketsRaceTest {
                @RaceTest(engines = io.rowlock.dialect.Engine.SQLITE)
                void nobodyGetsTheLastTicketTwice(Race race) throws Exception {
                    race.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
                    Tickets tickets = new Tickets(race.dataSource());
                    race.check(Scenario.named("two buyers of the last ticket")
                            .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                            .actor(() -> tickets.buy(1))
                            .actor(() -> tickets.buy(1)));
                }
            }
            """;

    private static final String RACES = """
            package shop;

            import io.rowlock.lab.Scenario;
            import java.sql.*;
            import javax.sql.DataSource;

            public class Races {
                public static Scenario lastTicket(DataSource dataSource) throws SQLException {
                    try (Connection connection = dataSource.getConnection();
                            Statement statement = connection.createStatement()) {
                        statement.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
                    }
                    Tickets tickets = new Tickets(dataSource);
                    return Scenario.named("two buyers of the last ticket")
                            .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                            .actor(() -> tickets.buy(1))
                            .actor(() -> tickets.buy(1));
                }
            }
            """;

    @TempDir
    Path folder;

    private static void put(Path sources, String name, String source) throws IOException {
        Path file = sources.resolve("shop").resolve(name + ".java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source);
    }

    @Test
    void fifteenLinesFindTheRaceAndTheWrittenTestKeepsIt() throws Exception {
        assertThat(RACE_TEST.lines().filter(line -> !line.isBlank())).hasSizeLessThanOrEqualTo(LINES_MAX);
        Path sources = folder.resolve("broken");
        put(sources, "Tickets", SHOP);
        put(sources, "TicketsRaceTest", RACE_TEST);
        put(sources, "Races", RACES);
        Run witness;
        try (Compiled shop = Compiled.from(sources, folder.resolve("broken-classes"))) {
            String told = Launched.run(shop.type("shop.TicketsRaceTest")).failure();
            assertThat(told).contains("No serial order comes to this");
            witness = witness(shop.type("shop.Races"));
            assertThat(told).contains("\"" + witness.schedule() + "\"");
        }

        Path written = JunitWriter.write(
                sources,
                GeneratedTest.of(
                                "shop.kept.LastTicketRaceTest",
                                "lottery.last-ticket",
                                Engine.SQLITE,
                                witness,
                                ScenarioMethod.parse("shop.Races#lastTicket(DataSource)"))
                        .withIsolation(Isolation.READ_COMMITTED));
        assertThat(written).isEqualTo(sources.resolve("shop/kept/LastTicketRaceTest.java"));
        assertThat(written)
                .content()
                .contains("@Replay(\"" + witness.schedule() + "\")")
                .contains("@RaceTest(engines = Engine.SQLITE, isolation = Isolation.READ_COMMITTED)")
                .contains("// lottery.last-ticket\n// SCOPE_SPLIT: No serial order comes to this.");
        try (Compiled broken = Compiled.from(sources, folder.resolve("kept-classes"))) {
            Launched launched = Launched.run(broken.type("shop.kept.LastTicketRaceTest"));
            assertThat(launched.statuses()).containsExactly("FAILED", "FAILED");
            assertThat(launched.results().get(0).message())
                    .contains("\"" + witness.schedule() + "\"")
                    .containsIgnoringWhitespaces(witness.violation().orElseThrow());
        }

        put(sources, "Tickets", FIXED_SHOP);
        try (Compiled fixed = Compiled.from(sources, folder.resolve("fixed-classes"))) {
            assertThat(Launched.run(fixed.type("shop.kept.LastTicketRaceTest")).statuses())
                    .containsExactly("SUCCESSFUL", "SUCCESSFUL");
            assertThat(Launched.run(fixed.type("shop.TicketsRaceTest")).statuses())
                    .containsExactly("SUCCESSFUL");
        }
    }

    private static Run witness(Class<?> races) throws Exception {
        try (RaceDatabase database = new SqliteFiles().create(Engine.SQLITE);
                Lab lab = Lab.on(database.dataSource())) {
            Scenario scenario =
                    (Scenario) races.getMethod("lastTicket", DataSource.class).invoke(null, lab.dataSource());
            return lab.explore(scenario).witness().orElseThrow();
        }
    }

    @Test
    void statementsAreWrittenOut() throws Exception {
        List<String> readsTwice =
                List.of("SELECT n FROM \"t\\u\" WHERE id = 1", "UPDATE \"t\\u\" SET n = 7 WHERE id = 2 -- größer\n");
        Statements statements = new Statements(
                List.of("CREATE TABLE \"t\\u\" (id INT PRIMARY KEY, n INT)"),
                List.of("DELETE FROM \"t\\u\"", "INSERT INTO \"t\\u\" VALUES (1, 0), (2, 0)"),
                List.of(readsTwice, List.of("UPDATE \"t\\u\" SET n = 5 WHERE id = 1")));
        GeneratedTest test = new GeneratedTest(
                "shop.StatementsRaceTest",
                "odd\\u text */\nin two lines",
                Engine.SQLITE,
                Optional.empty(),
                Optional.of("PRAGMA synchronous = OFF"),
                Schedule.parse("A1 A2 Ac B1 Bc"),
                "",
                statements);

        JunitWriter.write(folder, test);
        JunitWriter.write(folder, test);

        try (Compiled compiled = Compiled.from(folder, folder.resolve("classes"))) {
            assertThat(Launched.run(compiled.type("shop.StatementsRaceTest")).results())
                    .containsExactly(
                            new Launched.Result("SQLITE replay A1 A2 Ac B1 Bc", "SUCCESSFUL", ""),
                            new Launched.Result("SQLITE", "SUCCESSFUL", ""));
        }
    }

    @Test
    void statementsThatRaceFail() throws Exception {
        Statements statements = new Statements(
                List.of("CREATE TABLE t (id INT PRIMARY KEY, n INT)"),
                List.of("DELETE FROM t", "INSERT INTO t VALUES (1, 0)"),
                List.of(
                        List.of("SELECT n FROM t WHERE id = 1", "SELECT n FROM t WHERE id = 1"),
                        List.of("UPDATE t SET n = 5 WHERE id = 1")));
        GeneratedTest test = new GeneratedTest(
                "shop.TwoReadsRaceTest",
                "non-repeatable read",
                Engine.POSTGRESQL,
                Optional.of(Isolation.READ_COMMITTED),
                Optional.empty(),
                Schedule.parse("A1 B1 Bc A2 Ac"),
                "",
                statements);

        JunitWriter.write(folder, test);

        try (Compiled compiled = Compiled.from(folder, folder.resolve("classes"))) {
            Launched launched = Launched.run(compiled.type("shop.TwoReadsRaceTest"));
            assertThat(launched.statuses()).containsExactly("FAILED", "FAILED");
            assertThat(launched.results().get(0).message()).contains("[0]; [5]");
        }
    }

    @Test
    void nobodysWorkIsOverwritten() throws IOException {
        put(folder, "MineRaceTest", "package shop; class MineRaceTest {}");
        GeneratedTest test = test("shop.MineRaceTest");

        assertThatThrownBy(() -> JunitWriter.write(folder, test)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(folder.resolve("shop/MineRaceTest.java")).content().startsWith("package shop;");
    }

    private static GeneratedTest test(String name) {
        return test(name, List.of());
    }

    private static GeneratedTest test(String name, List<String> arguments) {
        return new GeneratedTest(
                name,
                "",
                Engine.SQLITE,
                Optional.empty(),
                Optional.empty(),
                Schedule.parse("A1"),
                "",
                new ScenarioMethod("shop.Races$Inner", "lastTicket", arguments));
    }

    @Test
    void aMethodIsToldWhichScenario() {
        assertThat(JunitWriter.source(test("shop.KeptTest", List.of("lottery-2", "a \"naive\" one"))))
                .contains("lastTicket(race.dataSource(), \"lottery-2\", \"a \\\"naive\\\" one\")");
    }

    @Test
    void namesThatAreNoneAreRefused() {
        assertThat(JunitWriter.source(test("shop.KeptTest")))
                .contains("shop.Races.Inner.lastTicket(race.dataSource())");
        assertThatThrownBy(() -> test("../../Kept")).hasMessageContaining("Not a name in Java (name=../../Kept)");
        assertThatThrownBy(() -> test("Kept")).hasMessageContaining("has a package");
        assertThatThrownBy(() -> ScenarioMethod.parse("shop.Races.lastTicket"))
                .hasMessageContaining("package.Type#method");
        assertThatThrownBy(() -> ScenarioMethod.parse("shop.Races#last ticket")).hasMessageContaining("Not a name");
    }
}
