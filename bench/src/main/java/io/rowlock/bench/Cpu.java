package io.rowlock.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How much of the processors other programs use: all that is busy, less this process and the servers it started, as Linux
 * counts them in {@code /proc}. Elsewhere it knows nothing and says so.
 */
final class Cpu {
    private static final Path PROC = Path.of("/proc");

    private final Set<Long> servers = new HashSet<>();

    /** A server that works for us. */
    void add(long pid) {
        servers.add(pid);
    }

    /**
     * What was used since the machine was started, in ticks.
     *
     * @param known whether it could be read
     * @param busy all programs together
     * @param total what could have been used
     * @param ours this process and its servers
     * @param servers the servers alone
     */
    record Use(boolean known, long busy, long total, long ours, long servers) {

        /** Microseconds that the servers used since then, counted in hundredths of a second. */
        double serverMicrosSince(Use before) {
            return (servers - before.servers) * 10_000.0;
        }

        /** The share of the machine that other programs used since then, 0 to 1; 0 if it cannot be told. */
        double foreignSince(Use before) {
            long all = total - before.total;
            if (!known || !before.known || all <= 0) {
                return 0;
            }
            return Math.max(0, (double) (busy - before.busy - (ours - before.ours)) / all);
        }
    }

    Use now() {
        Path stat = PROC.resolve("stat");
        if (!Files.isReadable(stat)) {
            return new Use(false, 0, 0, 0, 0);
        }
        try {
            // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest is part of user.
            String[] fields = Files.readAllLines(stat).get(0).trim().split("\\s+", -1);
            long total = 0;
            for (int i = 1; i <= Math.min(8, fields.length - 1); i++) {
                total += Long.parseLong(fields[i]);
            }
            long waiting = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
            Set<Long> seen = new HashSet<>();
            Map<Long, Ticks> all = processes();
            Map<Long, List<Ticks>> children = all.values().stream().collect(Collectors.groupingBy(Ticks::parent));
            long ofServers = 0;
            for (long pid : servers) {
                ofServers += withDescendants(all.get(pid), children, seen);
            }
            long own = withDescendants(all.get(ProcessHandle.current().pid()), children, seen);
            return new Use(true, total - waiting, total, own + ofServers, ofServers);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What one process used, itself and those of its children that have ended. */
    private record Ticks(long pid, long parent, long ticks) {}

    private static Map<Long, Ticks> processes() throws IOException {
        Map<Long, Ticks> all = new HashMap<>();
        try (DirectoryStream<Path> numbers = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : numbers) {
                Ticks process = process(folder);
                if (process != null) {
                    all.put(process.pid, process);
                }
            }
        }
        return all;
    }

    private static long withDescendants(@Nullable Ticks process, Map<Long, List<Ticks>> children, Set<Long> seen) {
        if (process == null || !seen.add(process.pid)) {
            return 0;
        }
        long ticks = process.ticks;
        for (Ticks child : children.getOrDefault(process.pid, List.of())) {
            ticks += withDescendants(child, children, seen);
        }
        return ticks;
    }

    private static @Nullable Ticks process(Path folder) {
        try {
            String stat = Files.readString(folder.resolve("stat"));
            // The name stands in parentheses and may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split("\\s+", -1);
            long ticks = 0;
            for (int i = 11; i <= 14; i++) {
                ticks += Long.parseLong(fields[i]);
            }
            return new Ticks(Long.parseLong(folder.getFileName().toString()), Long.parseLong(fields[1]), ticks);
        } catch (IOException ended) {
            return null;
        }
    }
}
