package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an engineer reads who is woken at night. */
class TimelineGoldenTest {

    @Test
    void aLostUpdateIsToldAsText() {
        assertThat(Timeline.explain("two who add", Runs.lostUpdate(), 12, 14)).isEqualTo(GOLDEN);
    }

    @Test
    void noLineIsLongerThanTheTerminal() {
        String longSql = "SELECT " + "a_column, ".repeat(60) + "n FROM counter WHERE id = ?";
        Run run = new Runs()
                .reads("A1", longSql, 1, Map.of("n", "x".repeat(500)))
                .reads("B1", "SELECT " + "x".repeat(300), 1, Map.of("n", "y z ".repeat(100)))
                .writes("C1", "UPDATE counter SET n = ? WHERE id = ?", List.of("w".repeat(90), 1), 1)
                .commits("Cc")
                .wrong(
                        Map.of(
                                'A', new ActorResult.Returned("1"),
                                'B', new ActorResult.Returned("1"),
                                'C', new ActorResult.Crashed()),
                        List.of("counter[" + "id=1 n=1, ".repeat(40) + "]"),
                        "No serial order comes to this.");
        assertThat(Timeline.explain("long", run, 1, 1).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(120));
    }

    @Test
    void aRunThatIsRightIsOnlyTheLanes() {
        Run wrong = Runs.lostUpdate();
        Run right = new Run(wrong.steps(), wrong.outcome(), java.util.Optional.empty(), java.util.Optional.empty());
        assertThat(right.because().sentences()).isEmpty();
        assertThat(right.timeline()).contains("waits").doesNotContain("relies on");
    }

    private static final String GOLDEN = """
            two who add: 12 of 14 schedules go wrong: LOST_UPDATE

                     A                                                       B
            ───────┬───────────────────────────────────────────────────────┬───────────────────────────────────────────────────────
             A1    │ SELECT n FROM counter WHERE id = 1                    │
                   │ → n=0                                                 │
                   │ ▲ B2 changes this, A2 relies on it                    │
             B1    │                                                       │ SELECT n FROM counter WHERE id = 1
                   │                                                       │ → n=0
             B2    │                                                       │ UPDATE counter SET n = 1 WHERE id = 1
                   │                                                       │ → 1 row
             A2    │ UPDATE counter SET n = 1 WHERE id = 1                 │
                   │ ┃ waits                                               │
             Bc    │ ┃                                                     │ ● COMMIT
                   │ A2 goes on → 1 row                                    │
             Ac    │ ● COMMIT                                              │

            Wrong:   No serial order comes to this.
              A      1
              B      1
              then   counter[id=1 n=1]
            Because: A1 read counter[1] and got n=0.
                     B2 changed counter[1] (UPDATE counter SET n = 1 WHERE id = 1), and Bc committed it.
                     From what A1 had read, A2 changed counter[1] (UPDATE counter SET n = 1 WHERE id = 1): what B2 had stored there
                       is overwritten.
                     So A comes before B, for it did not see the change; and B comes before A, for A2 wrote over it. Both cannot be.
            Mend:    Let the write say what it was computed from (a version in its condition, and look at the count), compute it in
                       the statement, or read under a lock.
            Replay:  A1 B1 B2 A2 Bc Ac
            """;
}
