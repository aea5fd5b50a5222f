package io.rowlock.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpecTest {

    private static final String FULL = """
            # A comment { with braces } and "quotes"
            setup { CREATE TABLE a (i int); }
            setup
            {
              INSERT INTO a VALUES (1);  # no comment in here
            }
            teardown { DROP TABLE a; }

            session "the first"
            setup\t\t{ BEGIN; }
            step r1\t{ SELECT * FROM a; }
            step "say ""hi\"""\t{
              SELECT 1;
              SELECT 2;
            }
            teardown { ABORT; }
            session s2 step w2 {UPDATE a SET i = 2;} step c$2 {}

            permutation r1 w2(*) c$2 # trailing
            permutation "say ""hi\""" w2(r1, r1 notices 2)
                r1
            """;

    @Test
    void everyPartOfTheFormatIsRead() {
        Spec spec = Spec.parse(FULL);
        assertThat(spec.setups())
                .containsExactly("CREATE TABLE a (i int);", "\n  INSERT INTO a VALUES (1);  # no comment in here\n");
        assertThat(spec.teardown()).contains("DROP TABLE a;");
        assertThat(spec.sessions())
                .containsExactly(
                        new Spec.Session(
                                "the first",
                                Optional.of("BEGIN;"),
                                List.of(
                                        new Spec.Step("r1", "SELECT * FROM a;"),
                                        new Spec.Step("say \"hi\"", "\n  SELECT 1;\n  SELECT 2;\n")),
                                Optional.of("ABORT;")),
                        new Spec.Session(
                                "s2",
                                Optional.empty(),
                                List.of(new Spec.Step("w2", "UPDATE a SET i = 2;"), new Spec.Step("c$2", "")),
                                Optional.empty()));
        assertThat(spec.permutations().get(0).steps().get(1).blockers()).containsExactly(new Spec.Blocker.Once());
        assertThat(spec.permutations().get(1).steps().get(1).blockers())
                .containsExactly(new Spec.Blocker.OtherStep("r1"), new Spec.Blocker.Notices("r1", 2));
        assertThat(spec.permutations()).hasToString("[r1 w2 c$2, say \"hi\" w2 r1]");
        assertThat(spec.unusedSteps()).isEmpty();
    }

    @Test
    void withoutPermutationsAllOrdersAreTakenTheEarlierSessionFirst() {
        Spec spec = Spec.parse("session a step a1 {} step a2 {} session b step b1 {} step b2 {}");
        assertThat(spec.orders())
                .extracting(Spec.Permutation::toString)
                .containsExactly(
                        "a1 a2 b1 b2", "a1 b1 a2 b2", "a1 b1 b2 a2", "b1 a1 a2 b2", "b1 a1 b2 a2", "b1 b2 a1 a2");
    }

    @Test
    void stepsThatNoPermutationNamesAreListed() {
        assertThat(Spec.parse("session a step z {} step y {} step x {} permutation y")
                        .unusedSteps())
                .containsExactly("x", "z");
    }

    @Test
    void whatIsNoTestIsRefusedWithItsLine() {
        assertRefused("", "Not what an isolation test has here (line=1, expected=session, found=the end)");
        assertRefused("session a\nstep s", "(line=2, expected=SQL between braces, found=the end)");
        assertRefused("session a\nstep s { SELECT 1", "SQL does not end (line=2)");
        assertRefused("session \"a\n", "A name in quotes does not end (line=1)");
        assertRefused("session a step s {}\nsetup {}", "(line=2, expected=session or permutation, found=setup)");
        assertRefused("session a step s {}\n\n?", "Not a character of an isolation test (line=3, found=?)");
        assertRefused("session a step s {} step s {}", "Two steps have one name (step=s)");
        assertRefused(
                "session a step s {} permutation s t", "names a step that is not there (step=t, permutation=s t)");
        assertRefused("session a step s {} permutation s(*", "(line=1, expected=, or ), found=the end)");
        assertRefused("session a step s {} step t {} permutation s(t) t", "cannot wait for its own session");
        assertRefused("session a step s {} session b step t {} permutation s(t)", "not in its permutation");
        assertRefused(
                "session a step s {} session b step t {} permutation s(t notices 99999999999) t",
                "Not a number of notices");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> Spec.parse(text))
                .isInstanceOf(SpecSyntaxException.class)
                .hasMessageContaining(message);
    }

    @Test
    void moreOrdersThanAnybodyWaitsForAreRefused() {
        String steps = "step %1$s1 {} step %1$s2 {} step %1$s3 {} step %1$s4 {} step %1$s5 {} step %1$s6 {} ";
        Spec spec = Spec.parse("session a " + steps.formatted("a") + "session b " + steps.formatted("b") + "session c "
                + steps.formatted("c"));
        assertThatThrownBy(spec::orders).hasMessageContaining("Too many orders");
    }
}
