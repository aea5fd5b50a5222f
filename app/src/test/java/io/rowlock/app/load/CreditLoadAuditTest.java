package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.load.CreditPromises.Told;
import io.rowlock.app.load.DrivenLoads.Plant;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load of the credits that went well passes the audit, and each error that is planted afterwards is found and named. */
class CreditLoadAuditTest {
    private static final Load.Plan PLAN = new Load.Plan(8, 300, null, 42);

    @RegisterExtension
    static final DrivenLoads<CreditLoad> LOADS = new DrivenLoads<>(CreditLoad::new, PLAN);

    private static List<String> findings(Database database, String... planted) throws SQLException, CannotLoad {
        return LOADS.findings(database, Plant.of(planted));
    }

    private static Told granted(Database database) {
        return LOADS.on(database).system().promises().told().stream()
                .filter(told -> told.status().equals("on_time_finished"))
                .findFirst()
                .orElseThrow();
    }

    private static String booking(Told told) {
        return " WHERE student_id = '" + told.student() + "' AND object_id = '" + told.course() + "'";
    }

    @Databases
    void aCleanRunPasses(Database database) throws Exception {
        assertThat(findings(database)).isEmpty();

        Tally all = LOADS.on(database).run().all();
        assertThat(all.operations()).isEqualTo(PLAN.operations());
        assertThat(all.failures()).isEmpty();
        assertThat(all.unanswered()).isZero();
        assertThat(all.replayed()).isPositive();
        assertThat(all.refusals()).containsKey("COURSE_ALREADY_FINISHED");
        assertThat(LOADS.on(database).system().leftOut()).isEmpty();
    }

    /** The books agree without it: only who was told of it can miss it. */
    @Databases
    void aGrantThatWasAcknowledgedAndIsLostIsNamed(Database database) throws Exception {
        Told told = granted(database);

        assertThat(findings(
                        database,
                        "UPDATE student_credit SET amount_cents = amount_cents - 100 WHERE student_id = '"
                                + told.student() + "'",
                        "UPDATE student_credit_transaction SET amount_cents = amount_cents - 100 WHERE student_id = '"
                                + told.student()
                                + "' AND amount_cents > (SELECT b.amount_cents FROM (SELECT amount_cents"
                                + " FROM student_credit_transaction" + booking(told)
                                + ") b) OR (student_id = '" + told.student() + "' AND object_id = '" + told.course()
                                + "')",
                        "DELETE FROM student_credit_transaction" + booking(told),
                        "UPDATE course_access SET status = 2, finished_at = NULL WHERE id = '" + told.access() + "'"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("Lost: an acknowledged grant is not in the ledger")
                        .contains(told.key()))
                .anySatisfy(line -> assertThat(line).startsWith("Lost: an access is not what was acknowledged"))
                .hasSize(2);
    }

    @Databases
    void anAmountThatIsOffIsNamed(Database database) throws Exception {
        assertThat(findings(
                        database,
                        "UPDATE student_credit SET amount_cents = amount_cents + 100 WHERE student_id = '"
                                + granted(database).student() + "'"))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("amount-sum: "));
    }

    @Databases
    void anAccessThatIsLostIsNamed(Database database) throws Exception {
        Told opened = LOADS.on(database).system().promises().told().stream()
                .filter(told -> LOADS.on(database).system().promises().told().stream()
                                .filter(other -> other.access().equals(told.access()))
                                .count()
                        == 1)
                .findFirst()
                .orElseThrow();

        assertThat(findings(database, "DELETE FROM course_access WHERE id = '" + opened.access() + "'"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("Lost: an access that was acknowledged is not there")
                        .contains(opened.key()));
    }

    @Databases
    void aGrantOfWhichNobodyWasToldIsNamed(Database database) throws Exception {
        Told told = granted(database);
        CreditPromises others = new CreditPromises(UUID.randomUUID().toString());
        CreditPromises without = new CreditPromises(applicationOf(database, told));
        LOADS.on(database).system().promises().told().stream()
                .filter(each -> !each.access().equals(told.access()) || !each.isEnd())
                .forEach(without::add);

        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(others.findings(connection)).isEmpty();
            assertThat(without.findings(connection))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("Nobody was told of a booking")
                            .contains(told.course()));
            without.doubts().unknown(1);
            assertThat(without.findings(connection)).isEmpty();
        }
    }

    private static String applicationOf(Database database, Told told) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT application_id FROM student_credit_transaction" + booking(told))) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    /** Two keys, and both were told that it is they who have finished it. */
    @Databases
    void twoRequestsThatFinishedTheSameCourseAreNamed(Database database) throws Exception {
        Told told = granted(database);
        CreditPromises twice = new CreditPromises(applicationOf(database, told));
        LOADS.on(database).system().promises().told().forEach(twice::add);
        twice.add(new Told("another", told.access(), told.student(), told.course(), told.status()));

        try (Connection connection = database.dataSource().getConnection()) {
            assertThat(twice.findings(connection))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("Two requests were told that they ended the same access")
                            .contains("another"));
        }
    }

    @Test
    void everyStepIsDrawnButThoseThatComeBefore() {
        java.util.SplittableRandom random = new java.util.SplittableRandom(1);
        assertThat(java.util.stream.Stream.generate(() -> CreditStep.next(random))
                        .limit(5_000)
                        .distinct())
                .doesNotContain(CreditStep.CREATE_MAJOR, CreditStep.CREATE_COURSE)
                .hasSize(CreditStep.values().length - 2);
    }
}
