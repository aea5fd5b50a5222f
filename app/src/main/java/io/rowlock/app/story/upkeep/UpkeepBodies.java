package io.rowlock.app.story.upkeep;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.story.model.StoryPath;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON bodies of the upkeep of stories. Messages of constraints say what has to stand there. */
final class UpkeepBodies {
    /** After so many days a story that is over may go, if nobody says otherwise. */
    static final int DAYS = 30;

    private static final String DAYS_EXPECTED = "a whole number from 1 to 3650";

    @Schema(name = "StoryCleanup")
    record OlderThan(
            @Schema(
                    description =
                            "Of completed and failed ones, those that were not changed for so long; 30 if left out")
            @Nullable
            @Min(value = 1, message = DAYS_EXPECTED)
            @Max(value = 3650, message = DAYS_EXPECTED)
            Integer days) {}

    @Schema(name = "StoryCleanupOfEpic")
    record OfEpic(@NotNull(message = "the path of an epic") StoryPath epicPath) {}

    @Schema(name = "StoryCleanupOfFolder")
    record OfFolder(
            @Schema(example = "temp") @NotNull(message = "the path of a folder")
            StoryPath folder) {}

    @Schema(
            name = "StoryCleaned",
            description = "How many have gone, 500 at the most, and whether there are more to go")
    record Cleaned(int deleted, boolean more) {
        static Cleaned of(Cleanup.Cleaned cleaned) {
            return new Cleaned(cleaned.deleted(), cleaned.more());
        }
    }

    @Schema(name = "StoryBackup", description = "A backup that was opened and read")
    record Backup(String name, long bytes, long stories, Instant madeAt) {
        static Backup of(StoryBackup.Made made) {
            return new Backup(made.name(), made.bytes(), made.stories(), made.madeAt());
        }
    }

    @Schema(name = "StoryConsistency", description = "Whether the books are right")
    record Consistency(boolean consistent, long violations, List<Finding> checks) {
        static Consistency of(List<Finding> findings) {
            long violations = findings.stream().mapToLong(Finding::violations).sum();
            return new Consistency(violations == 0, violations, findings);
        }
    }

    private UpkeepBodies() {}
}
