package io.rowlock.app.credits;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RacesCheck;
import io.rowlock.app.races.Verdict;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The races of credits, each as it has to be on each engine. */
class CreditRacesTest {
    private static final RacesCheck RACES = new RacesCheck(new CreditRaces());

    @Databases
    void eachRaceIsAsItHasToBe(Database database) throws SQLException {
        RACES.areAsTheyHaveToBe(database, race -> true);
    }

    @Databases({Engine.POSTGRESQL, Engine.MARIADB})
    void eachUnguardedFormIsAsItHasToBeAtEachLevel(Database database) throws SQLException {
        RACES.unguardedFormsAreAsTheyHaveToBeAtEachLevel(database, race -> true);
    }

    /** With this switch the lock fails where the snapshot is old; whoever locks what is decided on has no old one. */
    @Databases(Engine.MARIADB)
    void aLockThatKnowsOfTheSnapshotGrantsOnce(Database database) throws SQLException {
        List<Verdict> verdicts =
                RacesCheck.run(database, RACES.races(race -> race.id().equals("credits-3")), Optional.empty());

        assertThat(verdicts).extracting(Verdict::is).containsExactly(Verdict.Is.CANNOT, Verdict.Is.HELD);
        assertThat(verdicts.get(0).exploration().contentions()).isPositive();
        assertThat(verdicts.get(1).exploration().contentions()).isZero();
    }

    /** A pool keeps connections, and they their switches. */
    @Databases(Engine.MARIADB)
    void aSwitchIsForgottenAfterItsRaces(Database database) throws SQLException {
        List<Verdict> verdicts =
                RacesCheck.run(database, List.of(naive("credits-3"), naive("credits-1")), Optional.empty());

        assertThat(verdicts).extracting(Verdict::is).containsExactly(Verdict.Is.CANNOT, Verdict.Is.SHOWN);
    }

    private static Race naive(String id) {
        return RACES.races(race -> race.id().equals(id) && race.form() == Form.NAIVE)
                .get(0);
    }
}
