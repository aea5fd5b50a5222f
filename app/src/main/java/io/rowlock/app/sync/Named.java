package io.rowlock.app.sync;

import java.util.Locale;

/** Enumerations of this system: in the tables and on the wire they are written in small letters. */
interface Named {
    /** As {@link Enum#name()}. */
    String name();

    /** As it is stored. */
    default String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The constant that is stored as this. */
    static <E extends Enum<E> & Named> E of(Class<E> type, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.text().equals(text)) {
                return constant;
            }
        }
        throw new IllegalStateException("Stored name is none (type=" + type.getSimpleName() + ", name=" + text + ")");
    }
}
