package io.rowlock.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that all measurements share. */
final class MeasureOptions {
    private static final int THREADS_MAX = 64;

    /** On a busy machine it may take this many times the rounds to have as many quiet ones. */
    private static final int ROUNDS_MAX_TIMES = 3;

    /** What is measured unless it is said otherwise. */
    record Defaults(int rounds, int millis, int quickRounds, int quickMillis) {}

    private final Defaults defaults;

    MeasureOptions() {
        this(new Defaults(40, 120, 7, 60));
    }

    MeasureOptions(Defaults defaults) {
        this.defaults = defaults;
    }

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec command;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this and exits.")
    boolean help;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often every candidate has its turn, at least 3; default 40 (leases: 10), with --quick fewer.")
    @Nullable
    Integer rounds;

    @Option(
            names = "--round-millis",
            paramLabel = "M",
            description = "How long a turn is, 1 to 60000 ms; default 120 (leases: 1000), with --quick less.")
    @Nullable
    Integer roundMillis;

    @Option(names = "--quick", description = "Short rounds and few: shows that it runs, and wide intervals.")
    boolean quick;

    @Option(names = "--seed", paramLabel = "S", description = "Order within the rounds; default random, and printed.")
    @Nullable
    Long seed;

    @Option(names = "--json", description = "One JSON document instead of tables.")
    boolean json;

    Plan plan() {
        int turns = rounds != null ? rounds : quick ? defaults.quickRounds : defaults.rounds;
        int millis = roundMillis != null ? roundMillis : quick ? defaults.quickMillis : defaults.millis;
        if (turns < 3 || turns > 10_000) {
            throw wrong("--rounds takes 3 to 10000 (given: " + turns + ")");
        }
        if (millis < 1 || millis > 60_000) {
            throw wrong("--round-millis takes 1 to 60000 (given: " + millis + ")");
        }
        return new Plan(
                turns,
                quick ? turns : ROUNDS_MAX_TIMES * turns,
                Duration.ofMillis(millis),
                Duration.ofMillis(quick ? 2L * millis : Math.max(2000, 2L * millis)),
                seed != null ? seed : ThreadLocalRandom.current().nextInt(1, 1_000_000));
    }

    List<Integer> requireThreads(List<Integer> threads) {
        List<Integer> distinct = new ArrayList<>();
        for (int number : threads) {
            if (number < 1 || number > THREADS_MAX) {
                throw wrong("--threads takes numbers from 1 to " + THREADS_MAX + " (given: " + number + ")");
            }
            if (!distinct.contains(number)) {
                distinct.add(number);
            }
        }
        return distinct;
    }

    /** That every name of a workload or a candidate is one. */
    void requireNames(List<String> only, List<String> names) {
        for (String name : only) {
            if (!names.contains(name)) {
                throw wrong("No such workload or candidate: " + name + " (there are " + String.join(", ", names) + ")");
            }
        }
    }

    /** The options, every one written out, so that the printed command does the same again. */
    List<String> spelled(Plan plan) {
        List<String> words = new ArrayList<>(List.of(
                "--rounds",
                String.valueOf(plan.rounds()),
                "--round-millis",
                String.valueOf(plan.slice().toMillis()),
                "--seed",
                String.valueOf(plan.seed())));
        if (quick) {
            words.add("--quick");
        }
        if (json) {
            words.add("--json");
        }
        return words;
    }

    ParameterException wrong(String what) {
        return new ParameterException(command.commandLine(), what);
    }
}
