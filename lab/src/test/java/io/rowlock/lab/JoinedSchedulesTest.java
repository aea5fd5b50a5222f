package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JoinedSchedulesTest {

    @Test
    void stretchesOfOneActorAreJoined() {
        assertThat(Shrinker.joined(Schedule.parse("A1 B1 A2 B2 Bc Ac")))
                .extracting(Schedule::toString)
                .containsExactlyInAnyOrder(
                        "A1 A2 B1 B2 Bc Ac", "B1 A1 A2 B2 Bc Ac", "A1 B1 B2 Bc A2 Ac", "A1 B1 A2 Ac B2 Bc");
        assertThat(Shrinker.joined(Schedule.parse("A1 A2 B1"))).isEmpty();
    }
}
