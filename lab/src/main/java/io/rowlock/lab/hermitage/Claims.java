package io.rowlock.lab.hermitage;

import io.rowlock.dialect.Engine;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What Hermitage says of PostgreSQL 9.3 and MySQL 5.6: which phenomena a level lets happen. */
final class Claims {

    /** In Hermitage's words, "+" for "does not prevent"; a level that it does not try is left out. */
    private static final Map<Phenomenon, Map<String, Boolean>> POSTGRESQL = parse("""
            G0 -rc
            G1A -rc
            G1B -rc
            G1C -rc
            OTV -rc
            PMP +rc -rr
            PMP_WRITE +rc -rr
            P4 +rc -rr
            G_SINGLE +rc -rr
            G_SINGLE_PREDICATE -rr
            G_SINGLE_WRITE -rr
            G2_ITEM +rr -s
            G2 +rr -s
            G2_TWO_EDGES -s
            """);

    private static final Map<Phenomenon, Map<String, Boolean>> MYSQL = parse("""
            G0 -ru
            G1A +ru -rc
            G1B +ru -rc
            G1C +ru -rc
            OTV +ru -rc
            PMP +rc -rr
            PMP_WRITE +rc +rr
            P4 +rr -s
            G_SINGLE +rc -rr
            G_SINGLE_PREDICATE -rr
            G_SINGLE_WRITE +rr -s
            G2_ITEM +rr -s
            G2 +rr -s
            G2_TWO_EDGES -s
            """);

    private static final Map<String, String> LEVELS =
            Map.of("ru", "read uncommitted", "rc", "read committed", "rr", "repeatable read", "s", "serializable");

    private Claims() {}

    private static Map<Phenomenon, Map<String, Boolean>> parse(String text) {
        Map<Phenomenon, Map<String, Boolean>> claims = new EnumMap<>(Phenomenon.class);
        text.lines().map(line -> line.split(" ", -1)).forEach(words -> {
            Map<String, Boolean> levels = new HashMap<>();
            for (int i = 1; i < words.length; i++) {
                levels.put(words[i].substring(1), words[i].startsWith("+"));
            }
            claims.put(Phenomenon.valueOf(words[0]), levels);
        });
        return claims;
    }

    /**
     * What is claimed.
     *
     * @param asMySql whether MariaDB is set to do as MySQL does, of which alone Hermitage speaks
     */
    static Optional<Boolean> of(Engine engine, Phenomenon phenomenon, String level, boolean asMySql) {
        Map<Phenomenon, Map<String, Boolean>> claims = engine == Engine.POSTGRESQL ? POSTGRESQL : MYSQL;
        if (engine != Engine.POSTGRESQL && !asMySql) {
            return Optional.empty();
        }
        return claims.getOrDefault(phenomenon, Map.of()).entrySet().stream()
                .filter(entry -> level.equals(LEVELS.get(entry.getKey())))
                .map(Map.Entry::getValue)
                .findFirst();
    }
}
