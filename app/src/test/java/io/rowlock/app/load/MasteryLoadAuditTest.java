package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.load.DrivenLoads.Plant;
import io.rowlock.app.load.MasteryPromises.Told;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load of the mastery system that went well passes the audit, and each error that is planted afterwards is found and named. */
class MasteryLoadAuditTest {
    private static final Load.Plan PLAN = new Load.Plan(8, 300, null, 42);

    @RegisterExtension
    static final DrivenLoads<MasteryLoad> LOADS = new DrivenLoads<>(() -> new MasteryLoad(1000), PLAN);

    private static List<String> findings(Database database, String... planted) throws SQLException, CannotLoad {
        return LOADS.findings(database, Plant.of(planted));
    }

    private static Told told(Database database) {
        return LOADS.on(database).system().promises().told().get(0);
    }

    @Databases
    void aCleanRunPasses(Database database) throws Exception {
        assertThat(findings(database)).isEmpty();

        Tally all = LOADS.on(database).run().all();
        assertThat(all.operations()).isEqualTo(PLAN.operations());
        assertThat(all.failures()).isEmpty();
        assertThat(all.unanswered()).isZero();
        assertThat(all.replayed()).isPositive();
        assertThat(LOADS.on(database).system().promises().size()).isPositive();
    }

    @Databases
    void anUpdateThatIsLostIsNamed(Database database) throws Exception {
        assertThat(findings(
                        database,
                        "UPDATE amas_user_models SET update_count = update_count + 1 WHERE user_id = '"
                                + told(database).user() + "'"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("update-count: ")
                        .contains(told(database).user()));
    }

    @Databases
    void anAnswerThatIsNotAsItWasToldIsNamed(Database database) throws Exception {
        Told told = told(database);

        assertThat(findings(database, "UPDATE amas_events SET reward = 0.125 WHERE id = '" + told.event() + "'"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("Lost: an answer is not what was acknowledged")
                        .contains(told.key()))
                .hasSizeLessThanOrEqualTo(2);
    }

    @Databases
    void anAnswerOfWhichNobodyWasToldIsNamed(Database database) throws Exception {
        Told told = told(database);
        MasteryPromises without =
                new MasteryPromises(told.user().substring(0, told.user().lastIndexOf('-') + 1));
        LOADS.on(database).system().promises().told().stream()
                .filter(each -> !each.event().equals(told.event()))
                .forEach(without::add);

        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(without.findings(connection))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("Nobody was told of an answer")
                            .contains(told.event()));
            without.doubts().unknown(1);
            assertThat(without.findings(connection)).isEmpty();
        }
    }
}
