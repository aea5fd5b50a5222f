package io.rowlock.engines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChoicesTest {

    @Test
    void everyCombinationIsWalkedOnce() {
        List<String> seen = new ArrayList<>();
        int runs = Choices.exhaust(choices -> {
            int first = choices.choose(3);
            String second = first == 1 ? choices.pick(List.of("x", "y")) : "-";
            seen.add(first + second + choices.flag());
        });
        assertThat(seen)
                .containsExactly("0-false", "0-true", "1xfalse", "1xtrue", "1yfalse", "1ytrue", "2-false", "2-true");
        assertThat(runs).isEqualTo(seen.size());
    }

    @Test
    void aBodyWithoutChoicesRunsOnce() {
        assertThat(Choices.exhaust(choices -> {})).isEqualTo(1);
    }

    @Test
    void everyOrderIsWalkedOnce() {
        Set<List<Integer>> orders = new HashSet<>();
        int runs = Choices.exhaust(choices -> orders.add(choices.permutation(List.of(1, 2, 3, 4))));
        assertThat(runs).isEqualTo(24);
        assertThat(orders).hasSize(24);
    }

    @Test
    void aFailureNamesItsChoicesAndCanBeReplayed() {
        Choices.Body body = choices -> {
            int a = choices.choose(3);
            int b = choices.choose(3);
            assertThat(a + b).isLessThan(4);
        };
        assertThatThrownBy(() -> Choices.exhaust(body))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("Fails for these choices (choices=2.2). Again: Choices.replay(\"2.2\", ...)");
        assertThatThrownBy(() -> Choices.replay("2.2", body)).hasMessageContaining("choices=2.2");
        Choices.replay("2.1", body);
        Choices.replay("", body);
    }

    @Test
    void aRandomRunIsTheSameForTheSameSeed() {
        assertThat(randomNumbers(42)).isEqualTo(randomNumbers(42)).isNotEqualTo(randomNumbers(43));
        assertThatThrownBy(() -> Choices.random(
                        7, 1000, choices -> assertThat(choices.choose(100)).isNotEqualTo(13)))
                .hasMessageContaining("choices=13, seed=");
    }

    private static List<Integer> randomNumbers(long seed) {
        List<Integer> numbers = new ArrayList<>();
        Choices.random(seed, 20, choices -> numbers.add(choices.choose(1000)));
        return numbers;
    }

    @Test
    void aBodyThatIsNotDeterministicIsRefused() {
        int[] run = {0};
        assertThatThrownBy(() -> Choices.exhaust(choices -> {
                    choices.choose(2 + run[0]++);
                    choices.choose(2);
                }))
                .hasMessageContaining("not deterministic");
    }

    @Test
    void nothingToChooseFromIsRefused() {
        assertThatThrownBy(() -> Choices.exhaust(choices -> choices.choose(0)))
                .hasRootCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Choices.replay("5", choices -> choices.choose(2)))
                .hasRootCauseInstanceOf(IllegalStateException.class);
    }
}
