package io.rowlock.app;

import io.rowlock.app.credits.CreditRaces;
import io.rowlock.app.lottery.LotteryRaces;
import io.rowlock.app.mastery.MasteryRaces;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.RacesTable;
import io.rowlock.app.races.Stand;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.story.StoryRaces;
import io.rowlock.app.sync.SyncRaces;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.lab.Scenario;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The systems that bring races. */
public final class RaceSystems {
    private RaceSystems() {}

    static List<RaceSystem> all() {
        return List.of(new LotteryRaces(), new CreditRaces(), new StoryRaces(), new SyncRaces(), new MasteryRaces());
    }

    /**
     * The scenario of a race, for a test that keeps what went wrong in it.
     *
     * @param database an empty one, in front of which the lab stands; the tables are made in it
     * @param id such as {@code lottery-2}
     * @param form {@code naive}, {@code published} or {@code guarded}
     * @throws IllegalArgumentException if there is no such race, or it has no such form
     */
    public static Scenario scenario(DataSource database, String id, String form) throws SQLException {
        Race race = all().stream()
                .flatMap(system -> system.races().stream())
                .filter(each ->
                        each.id().equals(id) && RacesTable.form(each.form()).equals(form))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No such race (id=" + id + ", form=" + form + ")"));
        Engine engine = engine(database);
        OpenDatabase.makeTables(engine, database);
        return race.scenario().apply(new Stand(engine, database, database));
    }

    private static Engine engine(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection()) {
            return EngineProfile.read(connection).engine();
        }
    }
}
