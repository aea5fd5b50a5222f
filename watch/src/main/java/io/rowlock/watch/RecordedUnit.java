package io.rowlock.watch;

/** A run of a unit while it is being recorded. */
record RecordedUnit(long number, String name) {}
