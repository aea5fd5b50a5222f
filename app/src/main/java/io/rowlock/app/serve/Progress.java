package io.rowlock.app.serve;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One line that moves, on a terminal; nothing elsewhere. {@link #close} makes room for other output. */
public final class Progress implements AutoCloseable {
    private static final int BAR = 24;
    private static final long EVERY_MILLIS = 200;

    private final PrintWriter err;
    private final @Nullable ScheduledExecutorService timer;

    private Progress(PrintWriter err, @Nullable ScheduledExecutorService timer) {
        this.err = err;
        this.timer = timer;
    }

    /**
     * Shows how far it is until it is closed; does nothing where nobody watches.
     *
     * @param total what there is to do, 1 or more
     * @param done how much of it is done
     * @param text what stands beside the bar
     */
    public static Progress show(PrintWriter err, long total, LongSupplier done, Supplier<String> text) {
        if (!Terminal.isThere()) {
            return new Progress(err, null);
        }
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "progress");
            thread.setDaemon(true);
            return thread;
        });
        Progress progress = new Progress(err, timer);
        var unused = timer.scheduleAtFixedRate(
                () -> progress.draw(total, done.getAsLong(), text.get()), 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return progress;
    }

    private void draw(long total, long done, String beside) {
        int filled = (int) (BAR * Math.min(done, total) / total);
        String line = "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + beside;
        err.printf(Locale.ROOT, "\r%-78.78s", line);
        err.flush();
    }

    @Override
    public void close() {
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
