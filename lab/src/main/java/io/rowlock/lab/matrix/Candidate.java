package io.rowlock.lab.matrix;

import io.rowlock.lab.Scenario;
import java.util.Objects;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * The code in one form, as it is or with a repair: a row of a {@link Matrix}.
 *
 * @param name of the row, such as {@code lock on the deciding row}
 * @param scenario the same for all candidates, but for the code that its actors call. It gets the data source that the code
 *     must have its connections from
 */
public record Candidate(String name, Function<DataSource, Scenario> scenario) {
    public Candidate {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(scenario, "scenario");
    }
}
