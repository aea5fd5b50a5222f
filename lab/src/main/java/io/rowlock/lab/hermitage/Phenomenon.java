package io.rowlock.lab.hermitage;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The cases, after Hermitage, and by what each is known to have happened. The table holds (1, 10) and (2, 20); every
 * transaction begins before the first step.
 */
enum Phenomenon {
    G0(
            "Write cycle",
            """
            T1 update test set value = 11 where id = 1
            T2 update test set value = 12 where id = 1
            T1 update test set value = 21 where id = 2
            T1 commit
            T2 update test set value = 22 where id = 2
            T2 commit
            """,
            seen -> seen.committed("T1", "T2")
                    && !List.of(Map.of(1, 11, 2, 21), Map.of(1, 12, 2, 22)).contains(seen.atEnd)),

    G1A("Aborted read", """
            T1 update test set value = 101 where id = 1
            T2 select id, value from test
            T1 rollback
            T2 select id, value from test
            T2 commit
            """, seen -> seen.saw("T2", 101)),

    G1B("Intermediate read", """
            T1 update test set value = 101 where id = 1
            T2 select id, value from test
            T1 update test set value = 11 where id = 1
            T1 commit
            T2 select id, value from test
            T2 commit
            """, seen -> seen.saw("T2", 101)),

    G1C("Circular information flow", """
            T1 update test set value = 11 where id = 1
            T2 update test set value = 22 where id = 2
            T1 select id, value from test where id = 2
            T2 select id, value from test where id = 1
            T1 commit
            T2 commit
            """, seen -> seen.saw("T1", 22) && seen.saw("T2", 11)),

    OTV("Observed transaction vanishes", """
            T1 update test set value = 11 where id = 1
            T1 update test set value = 19 where id = 2
            T2 update test set value = 12 where id = 1
            T1 commit
            T3 select id, value from test
            T2 update test set value = 18 where id = 2
            T3 select id, value from test
            T2 commit
            T3 select id, value from test
            T3 commit
            """, seen -> vanished(seen)),

    PMP(
            "Predicate-many-preceders, reading",
            """
            T1 select id, value from test where value = 30
            T2 insert into test (id, value) values (3, 30)
            T2 commit
            T1 select id, value from test where value % 3 = 0
            T1 commit
            """,
            seen -> seen.read("T1", 1).filter(rows -> rows.containsKey(3)).isPresent()),

    PMP_WRITE(
            "Predicate-many-preceders, writing", """
            T1 update test set value = value + 10
            T2 select id, value from test where value = 20
            T2 delete from test where value = 20
            T1 commit
            T2 select id, value from test
            T2 commit
            """, seen -> seen.committed("T1", "T2") && deletedSomethingElse(seen)),

    P4("Lost update", """
            T1 select id, value from test where id = 1
            T2 select id, value from test where id = 1
            T1 update test set value = 11 where id = 1
            T2 update test set value = 11 where id = 1
            T1 commit
            T2 commit
            """, seen -> seen.committed("T1", "T2")),

    G_SINGLE("Read skew", """
            T1 select id, value from test where id = 1
            T2 select id, value from test where id = 1
            T2 select id, value from test where id = 2
            T2 update test set value = 12 where id = 1
            T2 update test set value = 18 where id = 2
            T2 commit
            T1 select id, value from test where id = 2
            T1 commit
            """, seen -> seen.saw("T1", 10) && seen.saw("T1", 18)),

    G_SINGLE_PREDICATE(
            "Read skew, by predicates",
            """
            T1 select id, value from test where value % 5 = 0
            T2 update test set value = 12 where value = 10
            T2 commit
            T1 select id, value from test where value % 3 = 0
            T1 commit
            """,
            seen -> seen.read("T1", 1).filter(rows -> rows.containsKey(1)).isPresent()),

    G_SINGLE_WRITE(
            "Read skew, on a write's predicate", """
            T1 select id, value from test where id = 1
            T2 select id, value from test
            T2 update test set value = 12 where id = 1
            T2 update test set value = 18 where id = 2
            T2 commit
            T1 delete from test where value = 20
            T1 commit
            """, seen -> seen.committed("T1", "T2") && seen.atEnd.containsKey(2)),

    G2_ITEM("Write skew", """
            T1 select id, value from test where id in (1, 2)
            T2 select id, value from test where id in (1, 2)
            T1 update test set value = 11 where id = 1
            T2 update test set value = 21 where id = 2
            T1 commit
            T2 commit
            """, seen -> seen.committed("T1", "T2")),

    G2("Anti-dependency cycle", """
            T1 select id, value from test where value % 3 = 0
            T2 select id, value from test where value % 3 = 0
            T1 insert into test (id, value) values (3, 30)
            T2 insert into test (id, value) values (4, 42)
            T1 commit
            T2 commit
            """, seen -> seen.committed("T1", "T2")),

    G2_TWO_EDGES(
            "Anti-dependency cycle of three, one of which only reads",
            """
            T1 select id, value from test
            T2 update test set value = value + 5 where id = 2
            T2 commit
            T3 select id, value from test
            T3 commit
            T1 update test set value = 0 where id = 1
            T1 commit
            """,
            seen -> seen.committed("T1", "T2", "T3") && seen.saw("T3", 25) && seen.saw("T3", 10));

    private final String title;
    private final String steps;

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final Predicate<Observation> happened;

    Phenomenon(String title, String steps, Predicate<Observation> happened) {
        this.title = title;
        this.steps = steps;
        this.happened = happened;
    }

    /** T3 sees what T2 did to one row, and at once or later what T2 overwrote in the other. */
    private static boolean vanished(Observation seen) {
        boolean sawSecond = false;
        for (Observation.Read read : seen.reads) {
            if (read.transaction().equals("T3")) {
                sawSecond |= read.rows().containsValue(12) || read.rows().containsValue(18);
                if (sawSecond && (read.rows().containsValue(11) || read.rows().containsValue(19))) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * T2 that saw row 2 as the one to delete has to have deleted that one. If it looked after T1, or did not look, it was
     * row 1.
     */
    private static boolean deletedSomethingElse(Observation seen) {
        boolean lookedBefore = seen.reads.stream()
                .anyMatch(read -> read.transaction().equals("T2")
                        && read.step() < firstDelete(seen)
                        && Integer.valueOf(20).equals(read.rows().get(2)));
        return lookedBefore ? !seen.atEnd.equals(Map.of(1, 20)) : !seen.atEnd.equals(Map.of(2, 30));
    }

    private static int firstDelete(Observation seen) {
        return seen.waits.stream()
                .filter(wait -> wait.transaction().equals("T2"))
                .mapToInt(Observation.Wait::step)
                .findFirst()
                .orElse(Integer.MAX_VALUE);
    }

    /** As the literature writes it. */
    String symbol() {
        return switch (this) {
            case G1A -> "G1a";
            case G1B -> "G1b";
            case G1C -> "G1c";
            case PMP_WRITE -> "PMP";
            case G_SINGLE, G_SINGLE_PREDICATE, G_SINGLE_WRITE -> "G-single";
            case G2_ITEM -> "G2-item";
            case G2_TWO_EDGES -> "G2";
            default -> name();
        };
    }

    String title() {
        return title;
    }

    List<HermitageStep> steps() {
        return steps.lines()
                .map(line -> HermitageStep.of(line.substring(0, 2), line.substring(3)))
                .toList();
    }

    List<String> transactions() {
        return steps().stream()
                .map(HermitageStep::transaction)
                .distinct()
                .sorted()
                .toList();
    }

    boolean happened(Observation seen) {
        return happened.test(seen);
    }

    /** Which phenomenon a sentence of Hermitage is about. */
    static Optional<Phenomenon> of(String claim) {
        String words = claim.toLowerCase(Locale.ROOT);
        Phenomenon plain = Stream.of(values())
                .filter(each -> words.contains("(" + each.symbol().toLowerCase(Locale.ROOT) + ")"))
                .findFirst()
                .orElse(null);
        if (plain == null) {
            return Optional.empty();
        }
        boolean writes = words.contains("write predicate");
        return Optional.of(
                switch (plain) {
                    case PMP -> writes ? PMP_WRITE : PMP;
                    case G_SINGLE ->
                        writes ? G_SINGLE_WRITE : words.contains("predicate") ? G_SINGLE_PREDICATE : G_SINGLE;
                    case G2 -> words.contains("two anti-dependency edges") ? G2_TWO_EDGES : G2;
                    default -> plain;
                });
    }
}
