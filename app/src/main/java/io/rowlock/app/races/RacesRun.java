package io.rowlock.app.races;

import io.rowlock.dialect.Engine;
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
    private final Engine engine;
    private final DataSource database;
    private final DataSource unpooled;
    private final Budget budget;
    private final Consumer<Race> begins;

    /**
     * On a database that is the lab's alone, with the tables of all systems.
     *
     * @param unpooled the same without a pool, for races with a switch of the session: a pool keeps connections, and they the
     *     switch
     * @param begins told of each race before it is run
     */
    public RacesRun(Engine engine, DataSource database, DataSource unpooled, Budget budget, Consumer<Race> begins) {
        this.engine = engine;
        this.database = database;
        this.unpooled = unpooled;
        this.budget = budget;
        this.begins = begins;
    }

    /**
     * Runs races at one level.
     *
     * @param isolation which, or empty for that at which the engine's connections come
     */
    public List<Verdict> run(List<Race> races, Optional<Isolation> isolation) {
        LabOptions options = isolation.map(LabOptions.standard()::withIsolation).orElse(LabOptions.standard());
        List<Verdict> verdicts = new ArrayList<>();
        int from = 0;
        while (from < races.size()) {
            Optional<String> session = session(races.get(from));
            int to = from;
            while (to < races.size() && session(races.get(to)).equals(session)) {
                to++;
            }
            List<Race> together = races.subList(from, to);
            verdicts.addAll(
                    session.isPresent()
                            ? run(together, unpooled, options.withSessionSql(session.get()))
                            : run(together, database, options));
            from = to;
        }
        return verdicts;
    }

    private Optional<String> session(Race race) {
        return race.sessionSql().apply(engine);
    }

    private List<Verdict> run(List<Race> races, DataSource target, LabOptions options) {
        List<Verdict> verdicts = new ArrayList<>();
        try (Lab lab = Lab.on(target, options)) {
            Stand stand = new Stand(engine, lab.dataSource(), database);
            for (Race race : races) {
                begins.accept(race);
                verdicts.add(Verdict.of(
                        race,
                        engine,
                        lab.isolation(),
                        lab.explore(race.scenario().apply(stand), budget)));
            }
            stand.clear();
        }
        return verdicts;
    }
}
