package io.rowlock.watch.trace;

import java.util.List;

/**
 * Where in a program a step was taken.
 *
 * @param frames from the innermost, as {@code Class.method:line}; empty if call sites are not recorded
 */
public record CallSite(List<String> frames) {
    public CallSite {
        frames = List.copyOf(frames);
    }

    /** Equal for equal call sites; eight hexadecimal digits. */
    public String hash() {
        return String.format("%08x", frames.hashCode());
    }
}
