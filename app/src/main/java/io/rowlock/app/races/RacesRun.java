package io.rowlock.app.races;

import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Lab;
import io.rowlock.lab.LabOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** Runs races on one database. One thread. */
public final class RacesRun {
    private final DataSource database;
    private final Budget budget;
    private final Consumer<Race> begins;

    /**
     * On a database that is the lab's alone, with the tables of all systems.
     *
     * @param begins told of each race before it is run
     */
    public RacesRun(DataSource database, Budget budget, Consumer<Race> begins) {
        this.database = database;
        this.budget = budget;
        this.begins = begins;
    }

    /**
     * Runs races at one level.
     *
     * @param isolation which, or empty for that at which the engine's connections come
     */
    public List<Verdict> run(List<Race> races, Optional<Isolation> isolation) {
        LabOptions options = LabOptions.standard();
        List<Verdict> verdicts = new ArrayList<>();
        try (Lab lab = Lab.on(database, isolation.map(options::withIsolation).orElse(options))) {
            Stand stand = new Stand(lab, database);
            for (Race race : races) {
                begins.accept(race);
                verdicts.add(Verdict.of(
                        race,
                        lab.profile().engine(),
                        lab.isolation(),
                        lab.explore(race.scenario().apply(stand), budget)));
            }
        }
        return verdicts;
    }
}
