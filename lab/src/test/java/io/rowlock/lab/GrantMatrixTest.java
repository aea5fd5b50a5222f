package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Grants.Variant;
import io.rowlock.lab.matrix.Candidate;
import io.rowlock.lab.matrix.Matrix;
import io.rowlock.lab.matrix.Place;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;

/**
 * Five ways to grant a credit, at every level of two engines, by all schedules. The expected numbers were measured by others,
 * by hand.
 */
@Databases({Engine.POSTGRESQL, Engine.MARIADB})
class GrantMatrixTest {

    /** Of all schedules that locks leave possible: how many grant twice, and how many lose an actor. */
    record Cell(int schedules, int twice, long lost) {}

    private static final Map<Variant, Map<String, Cell>> EXPECTED = Map.of(
            Variant.NO_LOCK,
            Map.of(
                    "POSTGRESQL READ_COMMITTED", new Cell(92, 90, 0),
                    "POSTGRESQL REPEATABLE_READ", new Cell(92, 0, 90),
                    "POSTGRESQL SERIALIZABLE", new Cell(92, 0, 90),
                    "MARIADB READ_COMMITTED", new Cell(92, 90, 0),
                    "MARIADB REPEATABLE_READ", new Cell(92, 90, 0),
                    "MARIADB REPEATABLE_READ snapshot", new Cell(92, 0, 90),
                    "MARIADB SERIALIZABLE", new Cell(52, 0, 48)),
            Variant.WRONG_ROW,
            Map.of(
                    "POSTGRESQL READ_COMMITTED", new Cell(12, 0, 0),
                    "POSTGRESQL REPEATABLE_READ", new Cell(12, 0, 10),
                    "POSTGRESQL SERIALIZABLE", new Cell(12, 0, 10),
                    "MARIADB READ_COMMITTED", new Cell(12, 0, 0),
                    "MARIADB REPEATABLE_READ", new Cell(12, 0, 0),
                    "MARIADB REPEATABLE_READ snapshot", new Cell(12, 0, 0),
                    "MARIADB SERIALIZABLE", new Cell(12, 0, 0)),
            Variant.READ_THEN_WRONG_ROW,
            Map.of(
                    "POSTGRESQL READ_COMMITTED", new Cell(66, 0, 0),
                    "POSTGRESQL REPEATABLE_READ", new Cell(66, 0, 64),
                    "POSTGRESQL SERIALIZABLE", new Cell(66, 0, 64),
                    "MARIADB READ_COMMITTED", new Cell(66, 0, 0),
                    "MARIADB REPEATABLE_READ", new Cell(66, 64, 0),
                    "MARIADB REPEATABLE_READ snapshot", new Cell(66, 0, 64),
                    "MARIADB SERIALIZABLE", new Cell(16, 0, 4)),
            Variant.DECIDING_ROW,
            Map.of(
                    "POSTGRESQL READ_COMMITTED", new Cell(10, 0, 0),
                    "POSTGRESQL REPEATABLE_READ", new Cell(10, 0, 8),
                    "POSTGRESQL SERIALIZABLE", new Cell(10, 0, 8),
                    "MARIADB READ_COMMITTED", new Cell(10, 0, 0),
                    "MARIADB REPEATABLE_READ", new Cell(10, 0, 0),
                    "MARIADB REPEATABLE_READ snapshot", new Cell(10, 0, 0),
                    "MARIADB SERIALIZABLE", new Cell(10, 0, 0)),
            Variant.READ_THEN_DECIDING_ROW,
            Map.of(
                    "POSTGRESQL READ_COMMITTED", new Cell(50, 0, 0),
                    "POSTGRESQL REPEATABLE_READ", new Cell(50, 0, 48),
                    "POSTGRESQL SERIALIZABLE", new Cell(50, 0, 48),
                    "MARIADB READ_COMMITTED", new Cell(50, 0, 0),
                    "MARIADB REPEATABLE_READ", new Cell(50, 0, 0),
                    "MARIADB REPEATABLE_READ snapshot", new Cell(50, 0, 48),
                    "MARIADB SERIALIZABLE", new Cell(28, 0, 22)));

    @BeforeEach
    void tables(Database database) throws SQLException {
        for (String table : Grants.TABLES) {
            database.execute(table.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
        }
    }

    @Databases
    void eachCellIsAsItWasMeasured(Database database) {
        List<Candidate> variants = EXPECTED.keySet().stream()
                .map(variant -> new Candidate(variant.name(), lent -> twice(new Grants(lent, variant))))
                .toList();
        Matrix naive =
                Matrix.run(places(database), variants, Budget.standard().naive().withShrinks(0));
        Matrix reduced = Matrix.run(places(database), variants);

        SoftAssertions softly = new SoftAssertions();
        List<Double> shares = new ArrayList<>();
        for (Matrix.Cell cell : naive.cells()) {
            Exploration all = cell.exploration();
            Exploration fewer = reduced.cell(cell.candidate(), cell.place()).exploration();
            String where = cell.place() + " " + cell.candidate();
            shares.add((double) fewer.schedules() / all.schedules());
            softly.assertThat(new Cell(all.schedules(), all.violating(), all.contentions()))
                    .as(where)
                    .isEqualTo(EXPECTED.get(Variant.valueOf(cell.candidate())).get(cell.place()));
            softly.assertThat(all.complete() && fewer.complete())
                    .as("%s complete", where)
                    .isTrue();
            softly.assertThat(fewer.outcomes())
                    .as("%s: what the reduced search saw", where)
                    .isEqualTo(all.outcomes());
        }
        System.out.println(naive);
        softly.assertThat(median(shares))
                .as("the median share of schedules that the reduced search runs, of %s", shares)
                .isLessThanOrEqualTo(0.2);
        softly.assertAll();
    }

    /** Without a transaction it is never right; a lock on a row that is not there holds where the gap is locked. */
    @Databases
    void withoutATransactionAndWithoutTheRow(Database database) {
        // Rows that are only deleted can be locked in InnoDB until they are purged, at a time of its own.
        List<Candidate> variants = Stream.of(Variant.AUTOCOMMIT, Variant.MISSING_ROW)
                .map(variant -> new Candidate(
                        variant.name(), lent -> twice(new Grants(lent, variant)).reset("TRUNCATE TABLE first_credit")))
                .toList();
        Matrix naive =
                Matrix.run(places(database), variants, Budget.standard().naive().withShrinks(0));
        Matrix reduced = Matrix.run(places(database), variants);
        System.out.println(naive);

        for (Matrix.Cell cell : naive.cells()) {
            Exploration all = cell.exploration();
            Exploration fewer = reduced.cell(cell.candidate(), cell.place()).exploration();
            assertThat(all.complete() && fewer.complete())
                    .as("%s %s complete", cell.place(), cell.candidate())
                    .isTrue();
            assertThat(fewer.outcomes())
                    .as("%s %s", cell.place(), cell.candidate())
                    .isEqualTo(all.outcomes());
        }
        for (Place place : places(database)) {
            assertThat(naive.cell("AUTOCOMMIT", place.name()).exploration().violating())
                    .as(place.name())
                    .isPositive();
        }
        String level = database.engine() == Engine.POSTGRESQL ? "READ_COMMITTED" : "REPEATABLE_READ";
        Exploration missing =
                naive.cell("MISSING_ROW", database.engine() + " " + level).exploration();
        if (database.engine() == Engine.POSTGRESQL) {
            assertThat(missing.violating()).isPositive();
        } else {
            assertThat(missing.violating()).isZero();
            assertThat(missing.contentions()).as("deadlocks").isPositive();
        }
    }

    private static List<Place> places(Database database) {
        List<Place> places = new ArrayList<>();
        for (Isolation level : Isolation.values()) {
            LabOptions options = LabOptions.standard().withIsolation(level);
            String name = database.engine() + " " + level;
            places.add(new Place(name, database.dataSource(), options));
            if (database.engine() == Engine.MARIADB && level == Isolation.REPEATABLE_READ) {
                places.add(new Place(
                        name + " snapshot",
                        database.dataSource(),
                        options.withSessionSql("SET SESSION innodb_snapshot_isolation = ON")));
            }
        }
        return places;
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
    }

    private static Scenario twice(Grants grants) {
        return Scenario.named("a course that is finished twice")
                .reset(Grants.RESET)
                .actor(grants::finish)
                .actor(grants::finish)
                .invariant("one grant", (connection, outcome) -> {
                    try (Statement statement = connection.createStatement();
                            ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM ledger")) {
                        rows.next();
                        int found = rows.getInt(1);
                        return found <= 1 ? Optional.empty() : Optional.of(found + " grants");
                    }
                });
    }
}
