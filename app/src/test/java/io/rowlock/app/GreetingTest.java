package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a newcomer sees first, and whether what is proposed works when it is pasted. */
class GreetingTest {
    @TempDir
    Path folder;

    @Test
    void theProposedCommandsWork() throws Exception {
        try (Child service = Child.start(folder, "--port", "0")) {
            service.awaitUrl();

            List<JsonNode> answers = paste(service);

            assertThat(answers).hasSize(11);
            assertThat(answers.get(0).get("productName").asString()).isEqualTo("Coffee machine");
            assertThat(answers.get(1).at("/participation/numbers")).hasSize(3);
            assertThat(answers.get(2).get(0).get("amount").asString()).isEqualTo("-3.00");
            assertThat(answers.get(3).get("status").asString()).isIn("on_time_finished", "late_finished");
            assertThat(answers.get(4)).hasSizeBetween(0, 1);
            assertThat(answers.get(5).at("/data/recorded").asBoolean()).isTrue();
            assertThat(answers.get(6).at("/data/initialized").asBoolean()).isTrue();
            assertThat(answers.get(7).get("status").asString()).isEqualTo("ready_for_review");
            assertThat(answers.get(8).at("/status/ready_for_review").asInt()).isEqualTo(2);
            assertThat(answers.get(9).get("success").asBoolean()).isTrue();
            assertThat(answers.get(9).get("success_count").asInt()).isEqualTo(3);
            assertThat(answers.get(10).get(0).get("name").asString()).isEqualTo("best_customer");
            assertThat(service.err()).isEmpty();
            assertThat(service.out())
                    .contains("SQLite")
                    .contains(folder.resolve("data").toString())
                    .doesNotContain("\u001b");
            assertThat(folder.resolve("data/rowlock.db")).exists();
            assertThat(Files.readString(folder.resolve("data/rowlock.log"))).contains("Tomcat started");
        }
    }

    @Test
    void theyWorkOnAnEmptyDatabaseToo() throws Exception {
        try (Child service = Child.start(folder, "--port", "0", "--no-samples", "--data", "shop")) {
            Http http = new Http(service.awaitUrl());

            List<JsonNode> answers = paste(service);

            assertThat(answers).hasSize(8);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.has("code")).isFalse());
            assertThat(http.get("/api/lottery/rounds").json()).isEmpty();
        }
    }

    private static List<JsonNode> paste(Child service) throws IOException, InterruptedException {
        assumeThat(Stream.of(System.getenv("PATH").split(":")).anyMatch(at -> Files.isExecutable(Path.of(at, "curl"))))
                .as("curl is here")
                .isTrue();
        List<JsonNode> answers = new ArrayList<>();
        for (String command : service.out().lines().map(String::strip).toList()) {
            if (command.startsWith("curl ")) {
                Process shell = new ProcessBuilder("sh", "-c", command).start();
                String answer = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(shell.waitFor()).as(command).isZero();
                answers.add(new JsonMapper().readTree(answer));
            }
        }
        return answers;
    }
}
