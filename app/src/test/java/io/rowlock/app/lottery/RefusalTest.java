package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every refusal has its sentence, and every fact in it is one of the refusal's. */
class RefusalTest {

    @Test
    void everyRefusalHasASentence() {
        ResourceBundle sentences = ResourceBundle.getBundle("messages", Locale.ROOT);
        for (Class<?> refusal : refusals(Refusal.class).toList()) {
            String code = refusal.getSimpleName()
                    .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                    .toUpperCase(Locale.ROOT);
            assertThat(sentences.containsKey(code)).as(code).isTrue();
            assertThat(facts(sentences.getString(code)))
                    .as(code)
                    .isSubsetOf(Arrays.stream(refusal.getRecordComponents())
                            .map(component -> component.getName())
                            .toList());
        }
    }

    private static Stream<Class<?>> refusals(Class<?> type) {
        return type.isRecord()
                ? Stream.of(type)
                : Arrays.stream(type.getPermittedSubclasses()).flatMap(RefusalTest::refusals);
    }

    private static Set<String> facts(String sentence) {
        return Pattern.compile("(?<=\\{)\\w+(?=})")
                .matcher(sentence)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
