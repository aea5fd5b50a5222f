package io.rowlock.lab.internal.run;

import java.util.concurrent.Callable;

/** What an actor does in one run. */
public record Part(char letter, Callable<?> work, boolean mayCrash) {}
