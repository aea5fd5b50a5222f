package io.rowlock.engines;

import java.util.Locale;
import java.util.Optional;

/**
 * What the person who starts the build may say: each setting is a system property such as {@code rowlock.engines.dir},
 * or the environment variable of the same words, {@code ROWLOCK_ENGINES_DIR}. The property wins.
 */
final class Settings {

    private Settings() {}

    static Optional<String> get(String property) {
        String variable = property.replace('.', '_').toUpperCase(Locale.ROOT);
        return Optional.ofNullable(System.getProperty(property))
                .or(() -> Optional.ofNullable(System.getProperty(variable)))
                .or(() -> Optional.ofNullable(System.getenv(variable)))
                .filter(value -> !value.isBlank());
    }

    static boolean isOn(String property) {
        return get(property).map(Boolean::parseBoolean).orElse(false);
    }
}
