package io.rowlock.lab.spec;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What became of one test.
 *
 * @param name of its file, without ending
 * @param permutations how many orders were to be played
 * @param matched how many of them gave the expected output, in every line; all have to match one and the same expected file
 * @param waits how often a step was reported as waiting
 * @param errors how many steps ended with an error
 * @param expected the name of the expected file that is the nearest, if there is any
 * @param differences the first line of each permutation, and of what stands before them, that is not as expected
 * @param output as PostgreSQL's own tester writes it
 */
public record SpecResult(
        String name,
        int permutations,
        int matched,
        int waits,
        int errors,
        Optional<String> expected,
        List<Difference> differences,
        String output,
        Duration took) {

    public SpecResult {
        differences = List.copyOf(differences);
    }

    /**
     * Where an output leaves what is expected.
     *
     * @param permutation its steps
     * @param line in that permutation's output, from 1
     */
    public record Difference(String permutation, int line, String expected, String found) {}

    /** Whether there is an expected file and the output equals it. */
    public boolean asExpected() {
        return expected.isPresent() && differences.isEmpty();
    }
}
