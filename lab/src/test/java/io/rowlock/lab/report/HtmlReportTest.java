package io.rowlock.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Run;
import io.rowlock.lab.Runs;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final String HOSTILE = "</script><script>alert(1)</script><img src=x onerror='alert(1)'>\"&\u202E";

    static Explored explored(String name, String version, Run... runs) {
        List<Exploration.Found> found =
                List.of(runs).stream().map(run -> new Exploration.Found(run, 2)).toList();
        return new Explored(
                new Exploration(
                        name,
                        2 * runs.length,
                        1,
                        found,
                        List.of(),
                        true,
                        3,
                        0,
                        Optional.empty(),
                        Duration.ofMillis(40)),
                new EngineProfile(Engine.POSTGRESQL, version, false, false, false),
                Isolation.READ_COMMITTED);
    }

    private static Run hostile() {
        return new Runs()
                .reads("A1", "SELECT '" + HOSTILE + "' FROM counter WHERE id = ?", 1, Map.of(HOSTILE, HOSTILE))
                .writes("B1", "UPDATE counter SET n = ? WHERE id = ?", List.of(HOSTILE, 1), 1)
                .commits("Bc")
                .writes("A2", "UPDATE counter SET n = ? WHERE id = ?", List.of("]]>" + HOSTILE, 1), 1)
                .commits("Ac")
                .wrong(
                        Map.of('A', new ActorResult.Returned(HOSTILE), 'B', new ActorResult.Threw(HOSTILE, false)),
                        List.of(HOSTILE),
                        HOSTILE);
    }

    @Test
    void nothingThatComesFromOutsideBecomesMarkup() {
        String page = HtmlReport.of(HOSTILE, List.of(explored(HOSTILE, HOSTILE, hostile())));
        assertThat(page).doesNotContain("<script>alert", "<img", "\u202E");
        assertThat(page).containsOnlyOnce("<script>").containsOnlyOnce("</script>");
        assertThat(page).contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        Matcher attributes = Pattern.compile("<[a-z][^>]*\\son\\w+=").matcher(page);
        assertThat(attributes.find()).isFalse();
    }

    @Test
    void theOneScriptIsTheOneThatMayRun() throws Exception {
        String page = HtmlReport.of("t", List.of(explored("s", "18.6", Runs.lostUpdate())));
        String script = page.substring(page.indexOf("<script>") + "<script>".length(), page.indexOf("</script>"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
        assertThat(page)
                .contains("default-src 'none'")
                .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
    }

    @Test
    void nothingIsFetched() {
        String page = HtmlReport.of("t", List.of(explored("s", "18.6", Runs.lostUpdate())));
        assertThat(page).doesNotContain("http:", "https:", "@import", "url(", "src=", "<link");
    }

    @Test
    void aWitnessShowsItsStepsItsWaitTheContradictionAndTheReplay() {
        String page = HtmlReport.of("t", List.of(explored("two who add", "18.6 (Debian)", Runs.lostUpdate())));
        assertThat(page)
                .contains("PostgreSQL 18.6<")
                .contains("lost update")
                .contains("waits until Bc")
                .contains("data-arrows=\"x0w0s0>x0w0s2>misses")
                .contains("B2 changes this, A2 relies on it")
                .contains("A1 B1 B2 A2 Bc Ac</code>")
                .contains("holds counter[1]");
    }

    @Test
    void eachIdIsThereOnce() {
        String page = HtmlReport.of(
                "t", List.of(explored("one", "18.6", Runs.lostUpdate()), explored("two", "18.6", Runs.lostUpdate())));
        List<String> ids = Pattern.compile(" id=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(ids).doesNotHaveDuplicates().contains("x0", "x1", "x1w0s0");
    }

    @Test
    void whatHoldsIsOnlyALineOfTheTable() {
        Explored holds = explored("holds", "18.6");
        assertThat(holds.verdict()).isEqualTo(Explored.Verdict.HOLDS);
        assertThat(HtmlReport.of("t", List.of(holds))).contains("tag good").doesNotContain("<article>");
    }
}
