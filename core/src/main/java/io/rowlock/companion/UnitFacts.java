package io.rowlock.companion;

import java.time.Duration;

/**
 * What a companion knows of a unit.
 *
 * @param name of the unit
 * @param left how long it may still take, with all its attempts
 */
public record UnitFacts(String name, Duration left) {}
