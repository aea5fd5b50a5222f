package io.rowlock.app.load;

import io.rowlock.app.serve.Terminal;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** One line that moves, on a terminal; nothing elsewhere. {@link #close} makes room for other output. */
final class Progress {
    private static final int BAR = 24;
    private static final long EVERY_MILLIS = 200;

    private final PrintWriter err;
    private final @Nullable ScheduledExecutorService timer;

    private Progress(PrintWriter err, @Nullable ScheduledExecutorService timer) {
        this.err = err;
        this.timer = timer;
    }

    /** Shows how far it is until it is closed; does nothing where nobody watches. */
    static Progress show(PrintWriter err, long total, LongSupplier done, IntSupplier kills) {
        if (!Terminal.isThere()) {
            return new Progress(err, null);
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "load-progress");
            thread.setDaemon(true);
            return thread;
        });
        Progress progress = new Progress(err, timer);
        var unused = timer.scheduleAtFixedRate(
                () -> progress.draw(total, done.getAsLong(), kills.getAsInt()), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return progress;
    }

    private void draw(long total, long done, int kills) {
        int filled = (int) (BAR * done / total);
        String text = String.format(
                Locale.ROOT,
                "[%s%s] %d of %d answered%s",
                "#".repeat(filled),
                ".".repeat(BAR - filled),
                done,
                total,
                kills == 0 ? "" : ", " + kills + " kills");
        err.printf(Locale.ROOT, "\r%-78.78s", text);
        err.flush();
    }

    void close() {
        if (timer == null) {
            return;
        }
        timer.shutdownNow();
        try {
            boolean unused = timer.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        err.printf(Locale.ROOT, "\r%78s\r", "");
        err.flush();
    }
}
