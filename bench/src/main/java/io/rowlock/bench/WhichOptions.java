package io.rowlock.bench;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which workloads and candidates are measured, where other libraries are among them. */
final class WhichOptions {
    @Option(
            names = "--peers",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether other libraries are measured as well; default yes.")
    private boolean peers;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "Only these workloads or candidates; see below for the names.")
    private List<String> only = new ArrayList<>();

    /** Whether other libraries are. */
    boolean peers() {
        return peers;
    }

    /** The names that were given; none for all. */
    List<String> only() {
        return List.copyOf(only);
    }

    /** The options written out, as far as they are not the usual ones. */
    List<String> spelled() {
        List<String> words = new ArrayList<>();
        if (!peers) {
            words.add("--no-peers");
        }
        if (!only.isEmpty()) {
            words.add("--only");
            words.add(String.join(",", only));
        }
        return words;
    }
}
