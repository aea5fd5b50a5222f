package io.rowlock.watch.trace;

import io.rowlock.dialect.EngineProfile;
import java.util.List;

/**
 * What was recorded: units in the order in which they began.
 *
 * @param profile the engine that it ran on
 * @param units what the program did
 * @param coverage how much of it is in here, and how well it was understood
 */
public record Trace(EngineProfile profile, List<UnitRun> units, Coverage coverage) {
    public Trace {
        units = List.copyOf(units);
    }
}
