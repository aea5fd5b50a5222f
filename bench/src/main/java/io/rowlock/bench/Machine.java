package io.rowlock.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the numbers were measured on. */
final class Machine {
    private Machine() {}

    static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "machine",
                "%d processors (%s), %s, %s %s"
                        .formatted(
                                Runtime.getRuntime().availableProcessors(),
                                line(Path.of("/proc/cpuinfo"), "model name", "model unknown"),
                                memory(),
                                System.getProperty("os.name"),
                                System.getProperty("os.version")));
        facts.put(
                "java",
                "%s, %s, heap %d MB"
                        .formatted(
                                System.getProperty("java.vm.name"),
                                System.getProperty("java.runtime.version"),
                                Runtime.getRuntime().maxMemory() >> 20));
        return facts;
    }

    private static String memory() {
        String kilobytes = line(Path.of("/proc/meminfo"), "MemTotal", "").replaceAll("\\D", "");
        return kilobytes.isEmpty() ? "memory unknown" : (Long.parseLong(kilobytes) >> 10) + " MB";
    }

    private static String line(Path file, String name, String otherwise) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException none) {
            return otherwise;
        }
        for (String line : lines) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                return line.substring(colon + 1).strip();
            }
        }
        return otherwise;
    }
}
