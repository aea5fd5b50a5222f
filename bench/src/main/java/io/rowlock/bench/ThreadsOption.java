package io.rowlock.bench;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How many threads work at once, for measurements that have a table for each number. */
final class ThreadsOption {
    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,16",
            description = "Numbers of threads, one table each; default 1,16.")
    private List<Integer> threads = new ArrayList<>();

    /** Each number once, in the order given. */
    List<Integer> numbers(MeasureOptions options) {
        return options.requireThreads(threads);
    }

    /** The option written out. */
    static List<String> spelled(List<Integer> numbers) {
        return List.of(
                "--threads",
                String.join(",", numbers.stream().map(String::valueOf).toList()));
    }
}
