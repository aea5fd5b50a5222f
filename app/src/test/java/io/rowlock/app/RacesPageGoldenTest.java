package io.rowlock.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The races of the systems, by the numbers of their scenarios, as {@code docs/reference/races.md} lists them;
 * {@code -Drowlock.golden.write=true} writes the list.
 */
class RacesPageGoldenTest {
    private static final Path PAGE = Path.of("").toAbsolutePath().resolveSibling("docs/reference/races.md");
    private static final String BEGIN = "<!-- all races -->\n";
    private static final String END = "<!-- end of all races -->";

    private static final List<Race> RACES = RaceSystems.all().stream()
            .flatMap(system -> system.races().stream())
            .toList();

    @Test
    void thePageListsThem() throws IOException {
        String table = "\n" + header() + ids().map(RacesPageGoldenTest::row).collect(Collectors.joining()) + "\n";
        String page = Files.readString(PAGE);
        if (Boolean.getBoolean("rowlock.golden.write")) {
            page = page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table + page.substring(page.indexOf(END));
            Files.writeString(PAGE, page);
        }
        assertThat(page).contains(BEGIN + table + END);
    }

    /** All but those that are no question of schedules. */
    @Test
    void eachScenarioIsARaceInAGuardedFormAndInOneThatIsNot() {
        assertThat(ids())
                .containsExactlyElementsOf(Stream.of(
                                numbered("lottery", 13, 12),
                                numbered("credits", 11, 10),
                                numbered("story", 9, 0),
                                numbered("sync", 11, 0),
                                numbered("mastery", 13, 0))
                        .flatMap(Function.identity())
                        .toList());
        assertThat(ids()).allSatisfy(id -> {
            assertThat(forms(id)).contains(Form.GUARDED);
            assertThat(forms(id)).containsAnyOf(Form.NAIVE, Form.PUBLISHED);
            assertThat(forms(id)).doesNotHaveDuplicates();
        });
    }

    private static Stream<String> numbered(String system, int last, int without) {
        return IntStream.rangeClosed(1, last)
                .filter(number -> number != without)
                .mapToObj(number -> system + "-" + number);
    }

    private static Stream<String> ids() {
        return RACES.stream().map(Race::id).distinct();
    }

    private static List<Form> forms(String id) {
        return RACES.stream()
                .filter(race -> race.id().equals(id))
                .map(Race::form)
                .toList();
    }

    private static String header() {
        return "| | naive | published | guarded |\n|---|---|---|---|\n";
    }

    private static String row(String id) {
        return Stream.concat(Stream.of("`" + id + "`"), Stream.of(Form.values()).map(form -> title(id, form)))
                .collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String title(String id, Form form) {
        return RACES.stream()
                .filter(race -> race.id().equals(id) && race.form() == form)
                .map(Race::title)
                .findFirst()
                .orElse("");
    }
}
