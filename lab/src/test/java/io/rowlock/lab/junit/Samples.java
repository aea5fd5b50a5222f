package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Scenario;
import java.sql.SQLException;
import java.util.concurrent.Callable;

/** Race tests of which some fail, to be run by other tests alone. */
final class Samples {
    private Samples() {}

    static Scenario twoBuyers(Race race, Callable<Boolean> buy) throws SQLException {
        race.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
        return Scenario.named("two buyers of the last ticket")
                .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
                .actor(buy)
                .actor(buy);
    }

    /** Everything on the engine that is always there. */
    static final class OnSqlite {
        @RaceTest(engines = Engine.SQLITE)
        void broken(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @RaceTest(engines = Engine.SQLITE)
        void fixed(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }

        @RaceTest(engines = Engine.SQLITE)
        void knownToBeBroken(Race race) throws SQLException {
            race.requireViolation(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @RaceTest(engines = Engine.SQLITE)
        void notBrokenAtAll(Race race) throws SQLException {
            race.requireViolation(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }

        @RaceTest(engines = Engine.SQLITE)
        void checksNothing(Race race) throws SQLException {
            race.execute("CREATE TABLE unused (id INT)");
        }

        @RaceTest(engines = Engine.SQLITE)
        void goesPastTheLab(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> true));
        }

        @RaceTest(engines = Engine.SQLITE, maxSchedules = 1)
        void tooLittle(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }

        @RaceTest(engines = Engine.SQLITE, maxSchedules = 1, partial = true)
        void someIsEnough(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }
    }

    /** A method that takes nothing. */
    static final class WithoutRace {
        @RaceTest(engines = Engine.SQLITE)
        void takesNothing() {}
    }

    /** Schedules that were kept. */
    static final class Kept {
        @Replay(value = "A1 B1 B2 A2", engines = Engine.SQLITE)
        void wrong(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @Replay(value = "A1 A2 B1", engines = Engine.SQLITE)
        void right(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @Replay(value = "A1 B1 B2 A2", engines = Engine.SQLITE)
        void outlived(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }

        @Replay(value = "A1 A2 A3 B1 B2", engines = Engine.SQLITE)
        void outlivedAndWrong(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @Replay("A1 B1 B2 A2")
        @Replay("A1 A2 B1")
        @RaceTest(engines = Engine.SQLITE, isolation = Isolation.SERIALIZABLE)
        void together(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buy(1)));
        }

        @Replay(value = "A1 B1 B2 A2", engines = Engine.SQLITE)
        void twoScenarios(Race race) throws SQLException {
            Scenario scenario = twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1));
            race.check(scenario);
            race.check(scenario);
        }

        @Replay(value = "A1 and so on", engines = Engine.SQLITE)
        void noSchedule(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> true));
        }
    }

    /** Two levels on three engines. */
    static final class Everywhere {
        @RaceTest(
                engines = {Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB},
                isolation = {Isolation.READ_COMMITTED, Isolation.SERIALIZABLE})
        void fixed(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }

        @RaceTest(
                engines = {Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB},
                isolation = {Isolation.READ_COMMITTED, Isolation.SERIALIZABLE})
        void oneWaitsForTheOther(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> {
                String unused = race.transaction(
                                "UPDATE ticket SET sold = sold + 1 WHERE id = 1 AND sold < total",
                                "SELECT sold FROM ticket WHERE id = 1")
                        .call();
                return true;
            }));
        }
    }

    /** An engine for which this build has nothing. */
    static final class OnMySql {
        @RaceTest(engines = Engine.MYSQL)
        void cannotBeHad(Race race) throws SQLException {
            race.check(twoBuyers(race, () -> new Tickets(race.dataSource()).buyIfLeft(1)));
        }
    }
}
