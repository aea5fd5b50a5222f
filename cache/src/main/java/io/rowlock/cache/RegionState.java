package io.rowlock.cache;

/**
 * How a region stands, as this process knows it.
 *
 * @param name of the region
 * @param epoch of the region; it only rises
 * @param shared whether the shared tier is used now
 * @param why it is not, in a few words; empty if it is
 * @param localValues about how many values this JVM's tier has
 */
public record RegionState(String name, long epoch, boolean shared, String why, long localValues) {}
