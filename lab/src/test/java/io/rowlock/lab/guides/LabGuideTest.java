package io.rowlock.lab.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.junit.Launched;
import io.rowlock.lab.matrix.Matrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Databases(Engine.POSTGRESQL)
    void theTableOfRepairsIsTheOneOfTheGuide(Database database) throws IOException {
        database.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
        Matrix compared = LabGuideExamples.Repairs.compared(database.dataSource());
        assertThat(Files.readString(Path.of("..", "docs", "guides", "lab.md"))).contains("\n\n" + compared);
        assertThat(compared.holdsEverywhere("one statement")).isTrue();
    }

    @Test
    void theFixedCodePasses() {
        assertThat(Launched.run(LabGuideExamples.Kept.class).statuses())
                .hasSizeGreaterThanOrEqualTo(6)
                .containsOnly("SUCCESSFUL");
    }
}
