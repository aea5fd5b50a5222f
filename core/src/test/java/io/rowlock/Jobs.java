package io.rowlock;

import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A table of jobs that count how often they were completed, for tests of work queues. */
final class Jobs {
    enum Status {
        NEW,
        SENT
    }

    record Job(long id, Instant dueAt, Status status, int urgency, int done, long version) {
        Job sent() {
            return new Job(id, dueAt, Status.SENT, urgency, done + 1, version);
        }

        /** Completed once more, and still something that the queue would take if it were open. */
        Job again() {
            return new Job(id, dueAt, status, urgency, done + 1, version);
        }
    }

    static final Table<Job, Long> JOBS =
            Table.of("jobs", Job.class).key("id", Long.class).keysNeverReturn().build();

    static final WorkQueue<Job, Long> QUEUE = WorkQueue.of("send-jobs", JOBS)
            .dueAt("dueAt")
            .ready("status", Status.NEW)
            .withBackoff(Duration.ZERO, Duration.ZERO);

    private Jobs() {}

    /** An empty table, with the queue's columns and index. */
    static void create(Database database) {
        createBare(database);
        database.execute(
                Rowlock.on(database.dataSource()).build().claims(QUEUE).ddl().toArray(String[]::new));
    }

    /** An empty table, without what the queue needs. */
    static void createBare(Database database) {
        database.execute(
                "DROP TABLE IF EXISTS jobs",
                "CREATE TABLE jobs (id BIGINT PRIMARY KEY, due_at " + timeType(database.engine())
                        + " NOT NULL, status VARCHAR(16) NOT NULL, urgency INT NOT NULL, done INT NOT NULL,"
                        + " version BIGINT DEFAULT 1 NOT NULL)");
    }

    private static String timeType(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> "timestamptz";
            case SQLITE -> "TEXT";
            case MARIADB, MYSQL -> "datetime(6)";
        };
    }

    /** Jobs 1 to so many, each due a second after the one before, all of them by now. */
    static void add(Rowlock rowlock, int jobs) {
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        for (int from = 1; from <= jobs; from += 50) {
            int begin = from;
            rowlock.transact(tx -> {
                for (long id = begin; id < Math.min(begin + 50, jobs + 1); id++) {
                    tx.insert(JOBS, new Job(id, first.plusSeconds(id), Status.NEW, 0, 0, 0));
                }
                return null;
            });
        }
    }

    static void add(Rowlock rowlock, Job job) {
        rowlock.transact(tx -> tx.insert(JOBS, job));
    }

    static Job job(Rowlock rowlock, long id) {
        return rowlock.read(tx -> tx.peek(JOBS, id)).orElseThrow().value();
    }

    /** Lets the time of all claims be over, as far as the database goes. */
    static void expireAll(Database database) {
        database.execute("UPDATE jobs SET claim_until = 1 WHERE claim_state = 'OPEN'");
    }

    static void complete(Rowlock rowlock, Claims<Job, Long> claims, Claim<Job, Long> claim) {
        rowlock.transact(tx -> {
            claims.complete(tx, claim, Job::sent);
            return null;
        });
    }

    static String ask(Database database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? String.valueOf(row.getString(1)) : "none";
        }
    }

    static List<Long> keys(List<Claim<Job, Long>> claims) {
        return claims.stream().map(Claim::key).toList();
    }
}
