package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.RunningService;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the command prints and how it ends, driven against a service that runs already. */
class LotteryLoadOutcomeTest {
    @TempDir
    Path folder;

    private record Outcome(int exitCode, String out) {}

    private Outcome load(Database database, List<String> options) {
        Map<String, String> noLimit = Map.of("rowlock.lottery.rate-limit.max", "0");
        try (RunningService service = RunningService.on(database, noLimit)) {
            List<String> args = new ArrayList<>(List.of("--url", service.url(), "--clients", "2", "--ops", "20"));
            args.addAll(options);
            StringWriter out = new StringWriter();
            int exitCode = new CommandLine(new LotteryLoadCommand())
                    .setOut(new PrintWriter(out))
                    .execute(args.toArray(String[]::new));
            return new Outcome(exitCode, out.toString());
        }
    }

    private List<String> audited(Database database) throws IOException {
        if (database.engine() == Engine.SQLITE) {
            return List.of("--db-url", database.url());
        }
        Path password = Files.writeString(folder.resolve("password"), database.password());
        return List.of(
                "--db-url", database.url(), "--db-user", database.user(), "--db-password-file", password.toString());
    }

    @Databases
    void rightBooksEndWithZero(Database database) throws IOException {
        Outcome outcome = load(database, audited(database));

        assertThat(outcome.exitCode()).as(outcome.out()).isZero();
        assertThat(outcome.out())
                .contains("throughput", "latency", "share", "accepted", "success", "kills")
                .containsPattern("(?m)^AUDIT OK \\([0-9,]+ acknowledged effects are there, each once\\)$")
                .doesNotContain("AUDIT: ");
    }

    @Databases(Engine.SQLITE)
    void wrongBooksEndWithThreeAndAreNamedInOneLine(Database database) throws IOException {
        // The tables are there after a first run.
        assertThat(load(database, List.of("--no-audit")).exitCode()).isZero();
        database.execute("UPDATE users SET balance_cents = balance_cents + 1 WHERE telegram_id ="
                + " (SELECT MIN(telegram_id) FROM users)");

        Outcome outcome = load(database, audited(database));

        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.out().lines().filter(line -> line.startsWith("AUDIT")))
                .hasSize(2)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("AUDIT: ledger-sum: not so: "),
                        line -> assertThat(line).isEqualTo("AUDIT FAILED"));
        database.execute("UPDATE users SET balance_cents = balance_cents - 1 WHERE telegram_id ="
                + " (SELECT MIN(telegram_id) FROM users)");
    }

    @Databases(Engine.SQLITE)
    void withoutADatabaseNothingIsAuditedAndThatIsFour(Database database) {
        Outcome outcome = load(database, List.of());

        assertThat(outcome.exitCode()).isEqualTo(4);
        assertThat(outcome.out()).endsWith("AUDIT NOT RUN" + System.lineSeparator());
    }

    @Databases(Engine.SQLITE)
    void asJsonItIsOneDocument(Database database) throws IOException {
        List<String> options = new ArrayList<>(audited(database));
        options.addAll(List.of("--json", "--rate", "200/s", "--seed", "5"));
        Outcome outcome = load(database, options);

        JsonNode report = new JsonMapper().readTree(outcome.out());
        assertThat(report.path("audit").asString()).isEqualTo("ok");
        assertThat(report.path("seed").asLong()).isEqualTo(5);
        assertThat(report.path("operations").asLong()).isEqualTo(20);
        assertThat(report.path("latencyFrom").asString()).isEqualTo("due");
        assertThat(report.path("accepted").asLong()
                        + report.path("refused").asLong()
                        + report.path("failed").asLong()
                        + report.path("unanswered").asLong())
                .isEqualTo(20);
    }
}
