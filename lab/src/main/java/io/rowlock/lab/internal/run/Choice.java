package io.rowlock.lab.internal.run;

/**
 * Who goes on.
 *
 * @param actor by number, from 0
 * @param crash whether it crashes instead
 */
public record Choice(int actor, boolean crash) {}
