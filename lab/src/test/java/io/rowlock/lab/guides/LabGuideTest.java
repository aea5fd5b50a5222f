package io.rowlock.lab.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.lab.junit.Launched;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code docs/guides/lab.md} says of its examples. */
class LabGuideTest {

    @Test
    void theRaceIsFoundOnEachEngine() {
        List<Launched.Result> found = Launched.run(LabGuideExamples.Found.class).results();
        assertThat(found)
                .extracting(Launched.Result::name)
                .contains("SQLITE READ_COMMITTED", "POSTGRESQL READ_COMMITTED", "MARIADB READ_COMMITTED");
        assertThat(found)
                .allSatisfy(result -> assertThat(result.message())
                        .contains("schedules go wrong")
                        .contains("isolation = Isolation.READ_COMMITTED)"));
    }

    @Test
    void theFixedCodePasses() {
        assertThat(Launched.run(LabGuideExamples.Kept.class).statuses())
                .hasSizeGreaterThanOrEqualTo(6)
                .containsOnly("SUCCESSFUL");
    }
}
