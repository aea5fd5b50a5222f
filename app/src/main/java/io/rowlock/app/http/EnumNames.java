package io.rowlock.app.http;

import java.util.Arrays;
import java.util.Locale;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.converter.Converter;
import org.springframework.core.convert.converter.ConverterFactory;
import org.springframework.format.FormatterRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** In paths and queries enumerations are written as in JSON: in small letters. */
@Configuration(proxyBeanMethods = false)
class EnumNames implements WebMvcConfigurer {

    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverterFactory(new BySmallName());
    }

    @SuppressWarnings("rawtypes") // as ConverterFactory wants it for all enumerations at once
    private static final class BySmallName implements ConverterFactory<String, Enum> {
        @Override
        public <T extends Enum> Converter<String, T> getConverter(Class<T> type) {
            return text -> Arrays.stream(type.getEnumConstants())
                    .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst()
                    .orElseThrow(() -> new Malformed(JsonErrors.expected(type)));
        }
    }
}
