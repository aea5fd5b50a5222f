package io.rowlock.internal.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The statements of a queue: what they go by, and where they draw the line. */
class QueueSqlTest {
    record Task(long id, Instant dueAt, String status, int urgency, long version) {}

    private static final Table<Task, Long> TASKS =
            Table.of("tasks", Task.class).key("id", Long.class).build();
    private static final WorkQueue<Task, Long> QUEUE =
            WorkQueue.of("tasks", TASKS).dueAt("dueAt").ready("status", "NEW");

    private static final int TASKS_COUNT = 6000;

    /** An item whose claim runs out at this very moment is free, and one that is due at this moment is due. */
    @ParameterizedTest
    @EnumSource(Engine.class)
    void theMomentItselfCountsAsOver(Engine engine) {
        QueueSql<Task, Long> sql = new QueueSql<>(new QueueDef<>(QUEUE), engine);
        ClaimDialect dialect = sql.dialect();
        for (String text : List.of(sql.take, sql.lockDue, sql.look)) {
            boolean stepwise = dialect.takeForm() == ClaimDialect.TakeForm.STEPWISE;
            if (text.equals(sql.take) && stepwise) {
                continue;
            }
            assertThat(text)
                    .contains("claim_until <= " + dialect.rowNow())
                    .contains("due_at <= " + dialect.statementNow());
        }
    }

    /**
     * Thousands of items that are done lie before those that are due, and thousands that are not due yet behind them: the index
     * leaves both out, and gives the order.
     */
    @Databases
    void takingGoesByTheIndexThatTheQueueAsksFor(Database database) throws SQLException {
        Claims<Task, Long> claims = Rowlock.on(database.dataSource()).build().claims(QUEUE);
        create(database);
        database.execute(claims.ddl().toArray(String[]::new));
        database.execute("UPDATE tasks SET claim_state = 'DONE' WHERE id <= 3000");
        if (database.engine() != Engine.SQLITE) {
            database.execute((database.engine() == Engine.POSTGRESQL ? "ANALYZE" : "ANALYZE TABLE") + " tasks");
        }

        String plan = plan(database, QUEUE);
        System.out.println(database.engine() + ": " + plan);

        assertThat(plan)
                .contains("tasks_by_claim")
                .doesNotContainIgnoringCase("sort")
                .doesNotContain("TEMP B-TREE");
        assertThat(claims.take(100))
                .extracting(Claim::key)
                .containsExactlyElementsOf(IntStream.rangeClosed(3001, 3010)
                        .mapToObj(id -> (long) id)
                        .toList());
    }

    @Databases
    void aRankedQueueGoesByItsIndexToo(Database database) throws SQLException {
        WorkQueue<Task, Long> ranked = QUEUE.rankedBy("urgency").withColumns("ranked");
        Claims<Task, Long> claims = Rowlock.on(database.dataSource()).build().claims(ranked);
        create(database);
        database.execute(claims.ddl().toArray(String[]::new));
        database.execute("UPDATE tasks SET ranked_state = 'DONE' WHERE id <= 3000");
        if (database.engine() != Engine.SQLITE) {
            database.execute((database.engine() == Engine.POSTGRESQL ? "ANALYZE" : "ANALYZE TABLE") + " tasks");
        }

        String plan = plan(database, ranked);

        assertThat(plan)
                .contains("tasks_by_ranked")
                .doesNotContainIgnoringCase("sort")
                .doesNotContain("TEMP B-TREE");
        assertThat(claims.take(100)).hasSize(10);
    }

    /** 3000 that can be done, 10 more that are due, and as many again that are not yet due. */
    private static void create(Database database) {
        String type = switch (database.engine()) {
            case POSTGRESQL -> "timestamptz";
            case SQLITE -> "TEXT";
            case MARIADB, MYSQL -> "datetime(6)";
        };
        database.execute(
                "DROP TABLE IF EXISTS tasks",
                "CREATE TABLE tasks (id BIGINT PRIMARY KEY, due_at " + type
                        + " NOT NULL, status VARCHAR(16) NOT NULL, urgency INT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
        for (int from = 1; from <= TASKS_COUNT; from += 500) {
            StringJoiner rows = new StringJoiner(", ");
            for (int id = from; id < from + 500; id++) {
                String due = id <= 3010 ? "2026-01-01" : "2126-01-01";
                String time = database.engine() == Engine.SQLITE ? due + "T00:00:00.000000Z" : due + " 00:00:00";
                rows.add("(" + id + ", '" + time + "', 'NEW', 1)");
            }
            database.execute("INSERT INTO tasks (id, due_at, status, urgency) VALUES " + rows);
        }
    }

    private static String plan(Database database, WorkQueue<Task, Long> queue) throws SQLException {
        QueueSql<Task, Long> sql = new QueueSql<>(new QueueDef<>(queue), database.engine());
        String explain = database.engine() == Engine.SQLITE ? "EXPLAIN QUERY PLAN " : "EXPLAIN ";
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(explain + sql.lockDue)) {
            sql.bindDue(statement, 10);
            StringJoiner plan = new StringJoiner("\n");
            try (ResultSet rows = statement.executeQuery()) {
                int columns = rows.getMetaData().getColumnCount();
                while (rows.next()) {
                    for (int i = 1; i <= columns; i++) {
                        plan.add(String.valueOf(rows.getString(i)));
                    }
                }
            }
            return plan.toString();
        }
    }
}
