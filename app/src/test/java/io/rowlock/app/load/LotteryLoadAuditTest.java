package io.rowlock.app.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.load.Acknowledged.Placed;
import io.rowlock.app.load.DrivenLoads.Plant;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load that went well passes the audit, and each error that is planted afterwards is found and named. */
class LotteryLoadAuditTest {
    private static final Load.Plan PLAN = new Load.Plan(8, 250, null, 42);

    @RegisterExtension
    static final DrivenLoads<LotteryLoad> LOADS = new DrivenLoads<>(LotteryLoad::new, PLAN);

    private static List<String> findings(Database database, Plant plant) throws Exception {
        return LOADS.findings(database, plant);
    }

    private static void one(Statement statement, String sql) throws SQLException {
        assertThat(statement.executeUpdate(sql)).as(sql).isEqualTo(1);
    }

    private static List<String> row(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).as(sql).isTrue();
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                row.add(rows.getString(i));
            }
            return row;
        }
    }

    /** The newest booking of a balance that was changed by hand: key, user, version, cents, balance after it. */
    private static List<String> newestChange(Statement statement) throws SQLException {
        return row(statement, """
                SELECT t.description, t.user_id, t.balance_version, t.amount_cents, t.balance_after_cents
                  FROM transactions t JOIN users u ON u.id = t.user_id AND u.balance_version = t.balance_version
                 WHERE t.balance_type = 'BALANCE' AND t.type IN ('ADD', 'DEDUCT')
                 ORDER BY t.operation_id LIMIT 1""");
    }

    @Databases
    void aCleanRunPasses(Database database) throws Exception {
        assertThat(findings(database, statement -> {})).isEmpty();

        Tally all = LOADS.on(database).run().all();
        assertThat(all.operations()).isEqualTo(PLAN.operations());
        assertThat(all.failures()).isEmpty();
        assertThat(all.unanswered()).isZero();
        assertThat(all.accepted()).isPositive();
        assertThat(all.replayed()).isPositive();
        assertThat(LOADS.on(database).system().leftOut()).isEmpty();
    }

    @Databases
    void aBalanceThatIsACentOffIsNamed(Database database) throws Exception {
        String[] user = new String[1];
        List<String> findings = findings(database, statement -> {
            user[0] = newestChange(statement).get(1);
            one(statement, "UPDATE users SET balance_cents = balance_cents + 1 WHERE id = '" + user[0] + "'");
        });
        assertThat(findings)
                .anySatisfy(line -> assertThat(line).startsWith("ledger-sum: ").contains(user[0]))
                .anySatisfy(line -> assertThat(line).startsWith("Money is not conserved: "))
                .hasSize(2);
    }

    @Databases
    void aNumberThatWasSoldTwiceIsNamed(Database database) throws Exception {
        Load load = LOADS.on(database).load();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // The constraint makes room: a copy of the table has none.
            statement.executeUpdate("ALTER TABLE participation_numbers RENAME TO numbers_kept");
            try {
                statement.executeUpdate("CREATE TABLE participation_numbers AS SELECT * FROM numbers_kept");
                List<String> round =
                        row(statement, "SELECT round_id FROM participation_numbers WHERE number = 10000002");
                one(
                        statement,
                        "UPDATE participation_numbers SET number = 10000001 WHERE number = 10000002 AND round_id = '"
                                + round.get(0) + "'");

                assertThat(load.audit(connection))
                        .anySatisfy(line ->
                                assertThat(line).startsWith("numbers-unique: ").contains(round.get(0), "10000001"));
            } finally {
                statement.executeUpdate("DROP TABLE participation_numbers");
                statement.executeUpdate("ALTER TABLE numbers_kept RENAME TO participation_numbers");
            }
        }
    }

    /** The books agree without it: only who was told of it can miss it. */
    @Databases
    void anOrderThatWasAcknowledgedAndIsLostIsNamed(Database database) throws Exception {
        Placed order = LOADS.on(database).system().acknowledged().placed().stream()
                .filter(placed -> placed.type().equals("DIRECT_BUY"))
                .findFirst()
                .orElseThrow();
        List<String> findings = findings(database, statement -> {
            String status = row(statement, "SELECT status FROM orders WHERE id = '" + order.id() + "'")
                    .get(0);
            one(statement, "DELETE FROM orders WHERE id = '" + order.id() + "'");
            if (!status.equals("CANCELLED")) {
                one(
                        statement,
                        "UPDATE products SET stock = stock + " + order.quantity() + " WHERE id = '" + order.productId()
                                + "'");
            }
        });
        assertThat(findings)
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("Lost: an order that was acknowledged is not there")
                        .contains(order.id(), String.valueOf(order.key())));
    }

    @Databases
    void aChangeThatWasAcknowledgedAndIsLostIsNamed(Database database) throws Exception {
        String[] key = new String[1];
        List<String> findings = findings(database, statement -> {
            List<String> change = newestChange(statement);
            key[0] = change.get(0);
            one(statement, "DELETE FROM transactions WHERE description = '" + key[0] + "'");
            one(
                    statement,
                    "UPDATE users SET balance_version = balance_version - 1, balance_cents = balance_cents - ("
                            + change.get(3) + ") WHERE id = '" + change.get(1) + "'");
        });
        assertThat(findings)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("Lost: the ledger has no booking that was acknowledged")
                        .contains(key[0]))
                .anySatisfy(line -> assertThat(line).startsWith("Money is not conserved: "))
                .hasSize(2);
    }

    @Databases
    void aKeyThatTookEffectTwiceIsNamed(Database database) throws Exception {
        String[] key = new String[1];
        List<String> findings = findings(database, statement -> {
            List<String> change = newestChange(statement);
            key[0] = change.get(0);
            // As if the change had been made once more, with all that belongs to it.
            long version = Long.parseLong(change.get(2)) + 1;
            long cents = Math.abs(Long.parseLong(change.get(3)));
            long after = Long.parseLong(change.get(4)) + cents;
            one(statement, """
                    INSERT INTO transactions (id, operation_id, user_id, type, balance_type, amount_cents,
                                              balance_after_cents, balance_version, description, created_at, version)
                    SELECT u.id, 'balance:again', u.id, 'ADD', 'BALANCE', %d, %d, %d, '%s', u.created_at, 1
                      FROM users u WHERE u.id = '%s'""".formatted(cents, after, version, key[0], change.get(1)));
            one(
                    statement,
                    "UPDATE users SET balance_version = %d, balance_cents = %d WHERE id = '%s'"
                            .formatted(version, after, change.get(1)));
        });
        assertThat(findings)
                .singleElement()
                .satisfies(line ->
                        assertThat(line).startsWith("Idempotency key " + key[0] + " took effect more than once"));
    }

    /** As it would be if a purchase were made again for a request that is sent again. */
    @Databases
    void aPurchaseThatTookEffectTwiceIsNamed(Database database) throws Exception {
        List<String> findings = findings(database, statement -> {
            String free = row(statement, "SELECT id FROM participations WHERE type = 'FREE' ORDER BY id LIMIT 1")
                    .get(0);
            one(statement, """
                    INSERT INTO participations (id, user_id, round_id, type, shares_count, first_number, cost_cents,
                                                created_at, version)
                    SELECT user_id, user_id, round_id, type, shares_count, first_number, cost_cents, created_at, version
                      FROM participations WHERE id = '%s'""".formatted(free));
        });
        assertThat(findings)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("Nobody was told of a participation: a purchase took effect twice")
                        .contains("alike=load-"));
    }

    @Databases
    void twoAnswersToOneKeyAreNamed(Database database) throws Exception {
        Acknowledged told = new Acknowledged();
        told.doubts()
                .contradiction(
                        "load-1-1", new Answer(201, "{\"id\":1}", null, false), new Answer(201, "{}", null, false));
        try (Connection connection = database.dataSource().getConnection()) {
            LOADS.on(database);
            assertThat(AcknowledgedAudit.findings(connection, "nobody", told))
                    .containsExactly("Idempotency key load-1-1 has two answers: 201 {\"id\":1} and 201 {}");
        }
    }
}
