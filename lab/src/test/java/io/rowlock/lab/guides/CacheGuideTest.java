package io.rowlock.lab.guides;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the guide says of a cache is what comes out. */
class CacheGuideTest {
    @Test
    void theExampleLeavesWhatTheGuideShows() throws IOException {
        assertThat(LabGuideExamples.aside()).hasToString("1/20");
        assertThat(Files.readString(Path.of("..", "docs", "guides", "lab.md")))
                .contains(LabGuideExamples.aside().shortest().orElseThrow().toString());
    }
}
