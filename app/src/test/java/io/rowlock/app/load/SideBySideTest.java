package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.load.SideBySide.FormFigures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is said of two forms beside each other, and what does not hold of them. */
class SideBySideTest {
    private static final MasteryBooks RIGHT = new MasteryBooks(7, List.of(), Map.of());
    private static final FormFigures NAIVE = form("naive", 0, 0, 999, 20, 10, 20, 30);

    private static FormFigures form(
            String name, long errors, long undone, double perSecond, double p99, Double... p99PerTurn) {
        return new FormFigures(
                name,
                3000,
                errors,
                undone == 0 ? Map.of() : Map.of("circuit_open", undone),
                perSecond,
                2,
                p99,
                80,
                List.of(p99PerTurn));
    }

    private static FormFigures form(
            String name, long errors, long undone, double perSecond, double p99, int first, int second, int third) {
        return form(name, errors, undone, perSecond, p99, (double) first, (double) second, (double) third);
    }

    private static SideBySide of(FormFigures naive, FormFigures guarded, MasteryBooks books) {
        return new SideBySide("Run", 1000, 7, naive, guarded, books, Map.of());
    }

    private static SideBySide of(FormFigures guarded) {
        return of(NAIVE, guarded, RIGHT);
    }

    @Test
    void theDifferenceIsTheMedianOfTheRoundsAndThatOfAllRequests() {
        SideBySide three = of(form("guarded", 0, 0, 999, 23, 12, 500, 31));
        assertThat(three.above()).containsExactly(2.0, 480.0, 1.0);
        assertThat(three.aboveMedian()).isEqualTo(2);
        assertThat(three.aboveOfAll()).isEqualTo(3);

        SideBySide two =
                of(form("naive", 0, 0, 999, 20, 10.0, 20.0), form("guarded", 0, 0, 999, 20, 12.0, 26.0), RIGHT);
        assertThat(two.aboveMedian()).isEqualTo(4);
    }

    @Test
    void itHoldsUpToTheBoundsAndWhateverTheNaiveFormHasLost() {
        SideBySide atTheBounds = of(
                form("naive", 5, 25, 990, 20, 10, 20, 30),
                form("guarded", 0, 3, 990, 35, 25, 35, 45),
                new MasteryBooks(7, List.of(), Map.of("model-sums", 4L)));

        assertThat(atTheBounds.notHeld()).isEmpty();
        assertThat(atTheBounds.holds()).isTrue();
        assertThat(atTheBounds.books().lost()).isEqualTo(4);
    }

    @Test
    void whatDoesNotHoldIsNamed() {
        assertThat(of(form("guarded", 0, 0, 989.9, 20, 10, 20, 30)).notHeld())
                .containsExactly("The rate was not held, so that latencies are those of a queue"
                        + " (form=guarded, achieved=989.9/s, rate=1000.0/s)");
        assertThat(of(form("naive", 0, 0, 400, 20, 10, 20, 30), form("guarded", 0, 0, 999, 20, 10, 20, 30), RIGHT)
                        .notHeld())
                .singleElement()
                .asString()
                .contains("form=naive, achieved=400.0/s");
        assertThat(of(form("guarded", 1, 0, 999, 20, 10, 20, 30)).notHeld())
                .containsExactly("Requests ended with errors (form=guarded, errors=1)");
        assertThat(of(form("guarded", 0, 4, 999, 20, 10, 20, 30)).notHeld())
                .containsExactly("Too many requests were not done (form=guarded, success=99.866 %, min=99.9 %)");
        assertThat(of(form("naive", 1, 30, 999, 20, 10, 20, 30), form("guarded", 0, 0, 999, 20, 10, 20, 30), RIGHT)
                        .notHeld())
                .containsExactly("So many requests were not done that there is no P99 to compare with"
                        + " (form=naive, success=98.966 %, min=99.0 %)");
        assertThat(of(form("guarded", 0, 0, 999, 35.1, 10, 20, 30)).notHeld())
                .containsExactly("The P99 of the guarded form is too far above that of the naive one"
                        + " (median=0.0 ms, ofAll=15.1 ms, max=15 ms)");
        assertThat(of(form("guarded", 0, 0, 999, 20, 26, 36, 46)).notHeld())
                .singleElement()
                .asString()
                .contains("median=16.0 ms, ofAll=0.0 ms");
    }

    @Test
    void wrongBooksOfTheGuardedFormDoNotHold() {
        SideBySide wrong = of(
                NAIVE,
                form("guarded", 0, 0, 999, 20, 10, 20, 30),
                new MasteryBooks(7, List.of("model-sums: not so"), Map.of()));

        assertThat(wrong.notHeld()).isEmpty();
        assertThat(wrong.holds()).isFalse();
        assertThat(text(wrong)).contains("AUDIT: model-sums: not so", "AUDIT FAILED", "DOES NOT HOLD");
    }

    @Test
    void whatWasUndoneAndLostIsToldByReason() {
        assertThat(text(of(
                        form("naive", 0, 2, 999, 20, 10, 20, 30),
                        form("guarded", 0, 3, 999, 20, 10, 20, 30),
                        new MasteryBooks(7, List.of(), Map.of("model-sums", 4L, "events-counted", 1L)))))
                .contains("  undone     naive: circuit_open 2", "  undone     guarded: circuit_open 3")
                .contains("  lost       naive: events-counted 1, model-sums 4");
    }

    @Test
    void aPersonReadsATableAndAVerdict() {
        assertThat(text(of(NAIVE, form("guarded", 0, 0, 998.5, 23, 12, 22, 31), RIGHT)))
                .isEqualToNormalizingNewlines("""
                        Run, seed 7

                                       requests   errors   undone     success    achieved    p50 ms    p99 ms    max ms
                          naive           3,000        0        0   100.000 %     999.0/s       2.0      20.0      80.0
                          guarded         3,000        0        0   100.000 %     998.5/s       2.0      23.0      80.0

                          p99        guarded above naive by +2.0 ms in the median of 3 rounds, by +3.0 ms of all requests; 15 ms are the bound
                          rounds     +2.0 +2.0 +1.0
                          lost       naive: nothing

                        AUDIT OK (guarded: 7 acknowledged effects are there, each once)
                        HOLDS
                        """);
    }

    @Test
    void aProgramReadsTheSame() {
        StringWriter out = new StringWriter();
        of(form("guarded", 0, 4, 999, 20, 10, 20, 30)).printJson(new PrintWriter(out));

        JsonNode document = new JsonMapper().readTree(out.toString());
        assertThat(document.path("holds").asBoolean()).isFalse();
        assertThat(document.path("notHeld")).hasSize(1);
        assertThat(document.at("/forms/1/form").asString()).isEqualTo("guarded");
        assertThat(document.at("/forms/1/successPercent").asDouble()).isEqualTo(99.866);
        assertThat(document.at("/forms/0/rateHeld").asBoolean()).isTrue();
        assertThat(document.path("p99AboveMillis")).hasSize(3);
    }

    private static String text(SideBySide report) {
        StringWriter out = new StringWriter();
        report.printText(new PrintWriter(out));
        return out.toString();
    }
}
