package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/**
 * All systems under load at the same time, on two servers of one database that are killed in turn: what was acknowledged is there,
 * once, and the books are right.
 */
class KilledServersTest {
    private static final int SERVERS = 2;
    private static final Duration KILL_EVERY = Duration.ofMillis(700);
    private static final Load.Plan PLAN = new Load.Plan(8, 120, 16.0, 7);
    private static final Duration WITHIN = Duration.ofMinutes(4);

    /** They live for seconds. */
    private static final List<String> JAVA = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    @Databases
    void whatWasAcknowledgedIsThere(Database database) throws Exception {
        List<LoadedSystem> systems =
                List.of(new LotteryLoad(), new CreditLoad(), new StoryLoad(), new SyncLoad(), new MasteryLoad(1000));
        List<Load> loads = new ArrayList<>();
        try (Fleet fleet = Fleet.on(given(database))) {
            fleet.start(
                    SERVERS,
                    JAVA,
                    systems.stream()
                            .flatMap(system -> system.serverOptions().stream())
                            .toList());
            for (LoadedSystem system : systems) {
                Load load = new Load(system, fleet.urls(), PLAN);
                loads.add(load);
                load.prepare();
            }

            Future<?> killing = fleet.killEvery(KILL_EVERY);
            List<Driver.Run> runs =
                    Actors.run(
                                    WITHIN,
                                    loads.stream()
                                            .map(load -> (Callable<Driver.Run>) load::run)
                                            .toList())
                            .stream()
                            .map(Actors.Outcome::get)
                            .toList();
            fleet.stopKilling(List.of(killing));
            for (Load load : loads) {
                load.settle();
            }
            fleet.stopServers();

            assertThat(fleet.kills()).isPositive();
            for (int i = 0; i < systems.size(); i++) {
                requireRight(database, systems.get(i), loads.get(i), runs.get(i));
            }
        } finally {
            loads.forEach(Load::close);
            // Those that no load was made for, too; the others are closed twice.
            systems.forEach(LoadedSystem::close);
        }
    }

    private static DatabaseChoice.Given given(Database database) {
        return database.engine() == Engine.SQLITE
                ? new DatabaseChoice.Given(database.engine(), database.url(), null, null)
                : new DatabaseChoice.Given(database.engine(), database.url(), database.user(), database.password());
    }

    private static void requireRight(Database database, LoadedSystem system, Load load, Driver.Run run)
            throws Exception {
        Tally all = run.all();
        assertThat(all.operations()).as(system.title()).isEqualTo(PLAN.operations());
        assertThat(all.failures()).as(system.title()).isEmpty();
        assertThat(all.unanswered()).as(system.title()).isZero();
        assertThat(system.leftOut()).as(system.title()).isEmpty();
        try (Connection connection = database.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(load.audit(connection)).as(system.title()).isEmpty();
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }
}
