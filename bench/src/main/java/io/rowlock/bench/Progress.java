package io.rowlock.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** One line that moves, on a terminal; nothing elsewhere. */
final class Progress {
    private static final int BAR = 24;
    private static final long EVERY_NANOS = 100_000_000L;

    private final PrintStream out;
    private final boolean shown;
    private final long began = System.nanoTime();
    private int total;
    private int done;
    private long drawnAt;
    private String what = "";

    Progress(PrintStream out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    /** Whether standard error is a terminal, as far as Linux tells. */
    static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException noLinux) {
            return false;
        }
    }

    int done() {
        return done;
    }

    /** How many slices there will have been at the end. */
    void expect(int slices) {
        total = slices;
    }

    /** What the next slices belong to. */
    void begin(String what) {
        this.what = what;
        drawnAt = 0;
        draw("");
    }

    /** Another slice begins. */
    void slice(String candidate) {
        done++;
        if (System.nanoTime() - drawnAt > EVERY_NANOS) {
            draw(candidate);
        }
    }

    private void draw(String candidate) {
        if (!shown) {
            return;
        }
        drawnAt = System.nanoTime();
        double part = total == 0 ? 0 : Math.min(1, (double) done / total);
        int filled = (int) (part * BAR);
        String left = "";
        if (done > 10) {
            long seconds = (long) ((drawnAt - began) / 1e9 * (1 - part) / part);
            left = String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60);
        }
        String text = String.format(
                Locale.ROOT,
                "[%s%s] %3.0f%% %s %s %s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                part * 100,
                left,
                what,
                candidate);
        out.printf(Locale.ROOT, "\r%-100.100s", text);
        out.flush();
    }

    /** Makes room for other output. */
    void clear() {
        if (shown) {
            out.printf(Locale.ROOT, "\r%100s\r", "");
            out.flush();
        }
    }
}
