package io.rowlock.bench;

import java.io.IOException;

/** Runs the measurements. */
public final class Main {

    private Main() {}

    /**
     * Runs JMH.
     *
     * @param args JMH's own options
     * @throws IOException when the benchmark list cannot be read
     */
    public static void main(String[] args) throws IOException {
        org.openjdk.jmh.Main.main(args);
    }
}
