package io.rowlock.app.story.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every step between every two statuses, whose it is, and what each status looks like. */
class CoreStatusExhaustiveTest {

    @Test
    void theStepsAreThese() {
        List<String> steps = new ArrayList<>();
        for (CoreStatus from : CoreStatus.values()) {
            for (CoreStatus to : CoreStatus.values()) {
                if (from.leadsTo(to)) {
                    steps.add(from + " -> " + to);
                }
                assertThat(from.steps().contains(to)).isEqualTo(from.leadsTo(to));
            }
        }
        assertThat(steps)
                .filteredOn(step -> !step.endsWith("FAILED") && !step.endsWith("CANCELLED"))
                .containsExactly(
                        "DRAFT -> READY_FOR_DEVELOPMENT",
                        "READY_FOR_DEVELOPMENT -> IN_PROGRESS",
                        "IN_PROGRESS -> READY_FOR_REVIEW",
                        "READY_FOR_REVIEW -> READY_FOR_DONE",
                        "READY_FOR_DONE -> DONE");
        assertThat(steps).filteredOn(step -> step.endsWith("-> FAILED")).hasSize(7);
        assertThat(steps).filteredOn(step -> step.endsWith("-> CANCELLED")).hasSize(7);
    }

    @Test
    void devAndQaHaveTheirOwnSteps() {
        assertThat(movesOf(Role.SM)).isEqualTo(EnumSet.allOf(CoreStatus.class));
        assertThat(movesOf(Role.DEV))
                .containsExactlyInAnyOrder(CoreStatus.IN_PROGRESS, CoreStatus.READY_FOR_REVIEW, CoreStatus.FAILED);
        assertThat(movesOf(Role.QA))
                .containsExactlyInAnyOrder(CoreStatus.READY_FOR_DONE, CoreStatus.DONE, CoreStatus.FAILED);
        assertThat(Role.whoMayMoveTo(CoreStatus.DONE)).containsExactlyInAnyOrder(Role.SM, Role.QA);
    }

    private static Set<CoreStatus> movesOf(Role role) {
        Set<CoreStatus> moves = EnumSet.noneOf(CoreStatus.class);
        for (CoreStatus status : CoreStatus.values()) {
            if (role.mayMoveTo(status)) {
                moves.add(status);
            }
        }
        return moves;
    }

    @Test
    void whatAStatusLooksLikeIsDerived() {
        List<String> looks = new ArrayList<>();
        for (CoreStatus status : CoreStatus.values()) {
            looks.add(ProcessingStatus.of(status, null).label());
        }
        assertThat(looks)
                .containsExactly(
                        "pending", "pending", "in_progress", "review", "review", "completed", "failed", "cancelled");
        assertThat(ProcessingStatus.of(CoreStatus.FAILED, "out of memory")).isEqualTo(ProcessingStatus.ERROR);
        assertThat(ProcessingStatus.of(CoreStatus.IN_PROGRESS, "out of memory"))
                .isEqualTo(ProcessingStatus.IN_PROGRESS);
    }

    @Test
    void documentsMayWriteAStatusInSeveralWays() {
        for (CoreStatus status : CoreStatus.values()) {
            assertThat(CoreStatus.read(status.title())).contains(status);
            assertThat(CoreStatus.read("  " + status.name() + " ")).contains(status);
            assertThat(CoreStatus.read(
                            status.title().toUpperCase(java.util.Locale.ROOT).replace(' ', '-')))
                    .contains(status);
        }
        assertThat(CoreStatus.read("nearly done")).isEmpty();
        assertThat(CoreStatus.read("")).isEmpty();
    }
}
