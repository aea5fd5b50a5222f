package io.rowlock.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Run;
import io.rowlock.lab.Runs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

class JsonReportTest {

    @Test
    void theDocumentIsThatOfTheReference() throws Exception {
        String document = JsonReport.of(List.of(HtmlReportTest.explored("two who add", "18.6", Runs.lostUpdate())));
        String reference = Files.readString(Path.of("..", "docs", "reference", "lab.md"));
        assertThat(reference).contains("```json\n" + document + "```");
    }

    @Test
    void whateverIsInAValueComesBackAsItWas() {
        String hostile = "\"\\\u0000\u001f</script>\u2028\uD83D\uDE00{}[],:";
        Run run = new Runs()
                .reads("A1", "SELECT " + hostile, 1, Map.of(hostile, 1))
                .wrong(Map.of('A', new ActorResult.Returned(hostile)), List.of(hostile), hostile);
        List<String> strings = strings(JsonReport.of(List.of(HtmlReportTest.explored(hostile, hostile, run))));
        assertThat(strings).filteredOn(hostile::equals).hasSizeGreaterThanOrEqualTo(5);
    }

    @Test
    void halfACharacterDoesNotKeepItFromBeingWritten(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.json");
        JsonReport.write(file, List.of(HtmlReportTest.explored("\uD83D", "18.6", Runs.lostUpdate())));
        assertThat(strings(Files.readString(file))).contains("LOST_UPDATE");
    }

    @Test
    void withoutExplorationsItIsStillADocument() {
        assertThat(strings(JsonReport.of(List.of()))).containsExactly("rowlock-lab");
    }

    private static List<String> strings(String document) {
        List<String> strings = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), document)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.VALUE_STRING) {
                    strings.add(parser.getString());
                }
            }
        }
        return strings;
    }
}
