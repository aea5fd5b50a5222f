package io.rowlock.app.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is said to people: one sentence for each key in {@code messages.properties}, with the facts in it by name as in
 * {@code {max}}, and the same in Chinese beside it. A system adds its refusals there, and what else it says.
 *
 * <p>Reachable without the framework, because Tomcat refuses some requests before the framework sees them.
 */
public final class Messages {
    private static final Pattern FACT = Pattern.compile("\\{(\\w+)}");
    private static final JsonMapper FACTS = new JsonMapper();
    private static final ResourceBundleMessageSource SOURCE = source();

    /** Which of the languages a request asks for; English if none of them. */
    static final AcceptHeaderLocaleResolver LANGUAGE = language();

    private Messages() {}

    private static ResourceBundleMessageSource source() {
        ResourceBundleMessageSource source = new ResourceBundleMessageSource();
        source.setBasename("messages");
        source.setDefaultEncoding(StandardCharsets.UTF_8.name());
        source.setFallbackToSystemLocale(false);
        return source;
    }

    private static AcceptHeaderLocaleResolver language() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver();
        resolver.setSupportedLocales(List.of(Locale.ENGLISH, Locale.CHINESE));
        resolver.setDefaultLocale(Locale.ENGLISH);
        return resolver;
    }

    /**
     * The sentence of a key with the facts in it, in the language of the request that the calling thread answers; in English
     * elsewhere.
     */
    public static String say(String key, Map<String, ?> facts) {
        Locale language = LANGUAGE.getSupportedLocales().stream()
                .filter(supported -> supported
                        .getLanguage()
                        .equals(LocaleContextHolder.getLocale().getLanguage()))
                .findFirst()
                .orElse(Locale.ENGLISH);
        return text(key, facts, language);
    }

    static boolean has(String key) {
        return SOURCE.getMessage(key, null, null, Locale.ENGLISH) != null;
    }

    /** The sentence of a key with the facts in it. A key that is not there is a mistake of ours; people see the key. */
    static String text(String key, Object facts, Locale language) {
        String sentence = String.valueOf(SOURCE.getMessage(key, null, key, language));
        Matcher wanted = FACT.matcher(sentence);
        if (!wanted.find()) {
            return sentence;
        }
        JsonNode named = facts instanceof JsonNode node ? node : FACTS.valueToTree(facts);
        return wanted.replaceAll(
                fact -> Matcher.quoteReplacement(named.path(fact.group(1)).asString("")));
    }
}
