package io.rowlock.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** What errors say, in every language. */
class MessagesTest {

    @Test
    void everythingIsSaidInBothLanguagesWithTheSameFacts() throws IOException {
        Properties english = load("messages.properties");
        Properties chinese = load("messages_zh.properties");

        assertThat(chinese.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        for (String key : english.stringPropertyNames()) {
            assertThat(facts(chinese.getProperty(key))).as(key).isEqualTo(facts(english.getProperty(key)));
            assertThat(chinese.getProperty(key)).as(key).containsPattern("\\p{IsHan}");
        }
    }

    @Test
    void anErrorIsTheSameInAnotherLanguageButForItsMessage() {
        ApiError english = ApiError.of("MALFORMED.field", "field", "quantity", "expected", "a whole number");
        ApiError chinese = english.in(Locale.CHINESE);

        assertThat(english.code()).isEqualTo("MALFORMED");
        assertThat(english.message()).isEqualTo("quantity: expected a whole number");
        assertThat(chinese.message()).isEqualTo("quantity：格式不正确，应为 a whole number");
        assertThat(chinese.code()).isEqualTo(english.code());
        assertThat(chinese.facts()).isEqualTo(Map.of("field", "quantity", "expected", "a whole number"));
    }

    /** A fact may hold what a caller sent: it is put in as it is, and nothing in it is taken for a place of another. */
    @Test
    void factsAreNoPatterns() {
        assertThat(ApiError.of("MALFORMED.field", "field", "{expected}$1\\", "expected", "a whole number")
                        .message())
                .isEqualTo("{expected}$1\\: expected a whole number");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zh                  | zh
            zh-CN               | zh
            zh-Hant-TW          | zh
            de, zh;q=0.5        | zh
            en, zh;q=0.5        | en
            de                  | en
            *                   | en
            """)
    void theLanguageIsTheFirstThatIsAskedForAndThere(String asked, String language) {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.addHeader("Accept-Language", asked);
        request.setPreferredLocales(Stream.of(asked.split(","))
                .map(range -> Locale.forLanguageTag(range.strip().replaceFirst(";.*", "")))
                .toList());

        assertThat(Messages.LANGUAGE.resolveLocale(request).getLanguage()).isEqualTo(language);
    }

    private static Set<String> facts(String sentence) {
        return Pattern.compile("\\{\\w+}")
                .matcher(sentence)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Properties load(String name) throws IOException {
        Properties properties = new Properties();
        try (InputStreamReader reader =
                new InputStreamReader(MessagesTest.class.getResourceAsStream("/" + name), StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }
}
