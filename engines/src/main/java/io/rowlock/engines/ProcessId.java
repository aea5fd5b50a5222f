package io.rowlock.engines;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that is told apart from a later one with the same number, by when it started. The operating system gives the
 * number of a dead process to another one sooner or later, and that other one must never be stopped by us.
 *
 * @param pid its number
 * @param started when it started, as the system words it; comparable for equality alone
 */
record ProcessId(long pid, String started) {

    /** Position of the start time in {@code /proc/PID/stat}, counted from the state, which follows the name. */
    private static final int START_FIELD = 19;

    static ProcessId current() {
        return of(ProcessHandle.current().pid())
                .orElseGet(() -> new ProcessId(ProcessHandle.current().pid(), ""));
    }

    /** The process with this number that lives now. */
    static Optional<ProcessId> of(long pid) {
        Path stat = Path.of("/proc", Long.toString(pid), "stat");
        if (Files.exists(Path.of("/proc/self/stat"))) {
            try {
                String line = Files.readString(stat);
                String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
                return fields[0].equals("Z") ? Optional.empty() : Optional.of(new ProcessId(pid, fields[START_FIELD]));
            } catch (IOException e) {
                return Optional.empty();
            }
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(p -> new ProcessId(
                        pid, p.info().startInstant().map(Object::toString).orElse("")));
    }

    /**
     * The process for whose life a shared server runs: the nearest Java ancestor, which is Maven or an IDE when a test
     * JVM asks, and the asking JVM itself where no ancestor is Java.
     */
    static ProcessId ofBuild() {
        Optional<ProcessHandle> ancestor = ProcessHandle.current().parent();
        while (ancestor.isPresent() && !isJava(ancestor.get())) {
            ancestor = ancestor.flatMap(ProcessHandle::parent);
        }
        return ancestor.flatMap(p -> of(p.pid())).orElseGet(ProcessId::current);
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info()
                .command()
                .map(command -> {
                    Path program = Path.of(command).getFileName();
                    return program != null && program.toString().matches("java(\\.exe)?");
                })
                .orElse(false);
    }

    boolean isAlive() {
        return of(pid).filter(this::equals).isPresent();
    }

    /** Whether this process was started with the given text among its arguments. */
    boolean wasStartedWith(String argument) {
        try {
            return isAlive()
                    && Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                            .contains(argument);
        } catch (IOException e) {
            return false;
        }
    }
}
