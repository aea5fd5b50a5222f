package io.rowlock.lab;

import static io.rowlock.lab.Races.COUNT;
import static io.rowlock.lab.Races.FIND;
import static io.rowlock.lab.Races.INSERT;
import static io.rowlock.lab.Races.LOCK;
import static io.rowlock.lab.Races.READ;
import static io.rowlock.lab.Races.WRITE;
import static io.rowlock.lab.Races.twice;
import static io.rowlock.lab.Sql.autocommit;
import static io.rowlock.lab.Sql.change;
import static io.rowlock.lab.Sql.finds;
import static io.rowlock.lab.Sql.number;
import static io.rowlock.lab.Sql.transact;
import static io.rowlock.lab.Sql.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Races.Found;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/** Each anomaly by code that has it. Inside one transaction SQLite has none of them, and serves those that need none. */
@Databases({Engine.POSTGRESQL, Engine.MARIADB})
class AnomalyTest {

    @Databases
    void aReadModifyWriteIsALostUpdate(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add",
                        from -> twice(transaction(from, in -> {
                            int now = number(in, READ, 1);
                            return change(in, WRITE, now + 1, 1);
                        })));
        assertThat(found.anomalies()).containsExactly(Anomaly.LOST_UPDATE);
        assertThat(found.witness().because().staleReads()).hasSize(1);
        assertThat(found.because()).contains("read account[1] and got n=10").contains("is overwritten");
    }

    @Databases
    void twoWhoCheckTheSumOfBothAndChangeOneEachAreAWriteSkew(Database database) {
        Found found = Races.on(database, Isolation.REPEATABLE_READ)
                .of("two withdrawals", from -> List.of(withdraw(from, 1), withdraw(from, 2)));
        assertThat(found.anomalies()).containsExactly(Anomaly.WRITE_SKEW);
        assertThat(found.witness().because().staleReads()).hasSize(2);
        assertThat(found.because()).contains("did not see what");
    }

    private static Callable<?> withdraw(DataSource from, int account) {
        return transaction(from, in -> {
            int sum = number(in, READ, 1) + number(in, READ, 2);
            return sum >= 15 ? change(in, WRITE, 0, account) : -1;
        });
    }

    @Databases
    void aReportInTheMiddleOfATransferIsAReadSkew(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "a report and a transfer",
                        from -> List.of(
                                transaction(from, in -> number(in, READ, 1) + number(in, READ, 2)),
                                transaction(from, in -> change(in, WRITE, 5, 1) + change(in, WRITE, 15, 2))));
        assertThat(found.anomalies()).containsExactly(Anomaly.READ_SKEW);
        assertThat(found.because()).contains("never true together");
    }

    @Databases
    void lookingForARowAndInsertingItIsADuplicateInsert(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who enrol",
                        from -> twice(transaction(from, in -> finds(in, FIND, 7) ? 0 : change(in, INSERT, 7, 1))));
        assertThat(found.anomalies()).containsExactly(Anomaly.DUPLICATE_INSERT);
        assertThat(found.because()).contains("read seat where room=7 and got no row");
    }

    @Databases
    void countingPlacesAndTakingOneIsAPhantomGuard(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .with("INSERT INTO seat (room, who) VALUES (7, 8)", "INSERT INTO seat (room, who) VALUES (7, 9)")
                .of(
                        "the third place of three",
                        from -> twice(
                                transaction(from, in -> number(in, COUNT, 7) < 3 ? change(in, INSERT, 7, 1) : 0)));
        assertThat(found.anomalies()).containsExactly(Anomaly.PHANTOM_GUARD);
        assertThat(found.because()).contains("got k=2");
    }

    @Databases
    void lockingOneRowAndDecidingOnAnotherIsAWrongRowLock(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of("two sessions of one user", from -> List.of(grant(from, 1), grant(from, 2)));
        assertThat(found.anomalies()).containsExactly(Anomaly.WRONG_ROW_LOCK);
        assertThat(found.because()).contains("keeps nobody from changing");
    }

    /** Locks its own session, and grants what the user has not been granted. */
    private static Callable<?> grant(DataSource from, int session) {
        return transaction(from, in -> {
            number(in, LOCK, session);
            return finds(in, FIND, 7) ? 0 : change(in, INSERT, 7, session);
        });
    }

    @Databases
    void aLockingReadThatFindsNoRowIsAnEmptyLock(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who lock what is not there",
                        from -> twice(transaction(
                                from, in -> finds(in, FIND + " FOR UPDATE", 7) ? 0 : change(in, INSERT, 7, 1))));
        assertThat(found.anomalies()).containsExactly(Anomaly.EMPTY_LOCK);
        assertThat(found.because()).contains("no row to lock");
    }

    /** PostgreSQL refuses the lock here; MariaDB lets the lock through and goes on reading what was. */
    @Databases(Engine.MARIADB)
    void aLockTakenAfterTheFirstPlainReadIsAStaleSnapshot(Database database) {
        Found found = Races.on(database, Isolation.REPEATABLE_READ)
                .of(
                        "a read, the lock, a read",
                        from -> twice(transaction(from, in -> {
                            number(in, READ, 3);
                            number(in, LOCK, 1);
                            return finds(in, FIND, 7) ? 0 : change(in, INSERT, 7, 1);
                        })));
        assertThat(found.anomalies()).contains(Anomaly.STALE_SNAPSHOT);
        assertThat(found.wrong().stream()
                        .filter(run -> run.anomaly().orElseThrow() == Anomaly.STALE_SNAPSHOT)
                        .findFirst()
                        .orElseThrow()
                        .because()
                        .sentences())
                .anySatisfy(sentence -> assertThat(sentence).contains("in front of its lock"));
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void aReadAndAWriteInTwoTransactionsAreAScopeSplit(Database database) {
        Found found = Races.on(database, Isolation.SERIALIZABLE)
                .of(
                        "two who add, in pieces",
                        from -> twice(() -> {
                            int now = transact(from, in -> number(in, READ, 1));
                            return transact(from, in -> change(in, WRITE, now + 1, 1));
                        }));
        assertThat(found.anomalies()).containsExactly(Anomaly.SCOPE_SPLIT);
        assertThat(found.because()).contains("in another transaction");
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void autocommitIsAScopeSplitOfItsOwn(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add without a transaction",
                        from -> twice(() -> autocommit(from, in -> {
                            int now = number(in, READ, 1);
                            return change(in, WRITE, now + 1, 1);
                        })));
        assertThat(found.anomalies()).containsExactly(Anomaly.SCOPE_SPLIT);
        assertThat(found.because()).contains("stored at once");
    }

    /** Nobody repeats what the deadlock ended, and both transfers are wanted. */
    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void twoWhoLockInCrossedOrdersAreADeadlock(Database database) {
        boolean sqlite = database.engine() == Engine.SQLITE;
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .deadlocks()
                .also(scenario -> scenario.invariant(
                        "both were done",
                        (connection, outcome) -> number(connection, "SELECT sum(n) FROM account") == 22
                                ? java.util.Optional.empty()
                                : java.util.Optional.of("only one was")))
                .of("crossed transfers", from -> List.of(raise(from, 1, 2, sqlite), raise(from, 2, 1, sqlite)));
        assertThat(found.anomalies()).isSubsetOf(Anomaly.DEADLOCK, Anomaly.NOT_SERIALIZABLE);
        assertThat(found.anomalies()).contains(sqlite ? Anomaly.NOT_SERIALIZABLE : Anomaly.DEADLOCK);
        assertThat(found.because()).isNotEmpty();
    }

    private static Callable<?> raise(DataSource from, int first, int second, boolean reads) {
        return transaction(from, in -> {
            if (reads) {
                number(in, READ, first);
            }
            return change(in, "UPDATE account SET n = n + 1 WHERE id = ?", first) + (reads ? 1 : raise(in, second));
        });
    }

    private static int raise(Connection in, int id) throws java.sql.SQLException {
        return change(in, "UPDATE account SET n = n + 0 WHERE id = ?", id);
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void aGuardedWriteWhoseCountNobodyLooksAtIsAnIgnoredOutcome(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add and do not look",
                        from -> twice(() -> {
                            int now = transact(from, in -> number(in, READ, 1));
                            return transact(from, in -> {
                                change(in, "UPDATE account SET n = ? WHERE id = ? AND n = ?", now + 1, 1, now);
                                return "added";
                            });
                        }));
        assertThat(found.anomalies()).containsExactly(Anomaly.IGNORED_OUTCOME);
        assertThat(found.because()).contains("changed no row").contains("returned added");
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void aConnectionThatIsKeptIsOpenOnReturn(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "one who keeps it",
                        from -> List.of(() -> {
                            Connection kept = from.getConnection();
                            kept.setAutoCommit(false);
                            return change(kept, WRITE, 1, 1);
                        }));
        assertThat(found.anomalies()).containsExactly(Anomaly.OPEN_ON_RETURN);
        assertThat(found.because()).contains("transaction open");
    }

    /** Each run keeps one, and there are four. */
    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void connectionsThatAreKeptAreThereForTheNextRun(Database database) {
        Races.on(database, Isolation.READ_COMMITTED);
        try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withConnections(4))) {
            DataSource from = lab.dataSource();
            Scenario scenario = Scenario.named("one who keeps it").actor(() -> {
                Connection kept = from.getConnection();
                return change(kept, WRITE, 1, 1);
            });
            Schedule schedule = lab.explore(scenario).witness().orElseThrow().schedule();

            assertThat(lab.replay(scenario, schedule, 10))
                    .hasSize(10)
                    .allSatisfy(run -> assertThat(run.anomaly()).contains(Anomaly.OPEN_ON_RETURN));
        }
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void aCrashBetweenTwoCommitsIsAPartialCommit(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Races.on(database, Isolation.READ_COMMITTED);
            DataSource from = lab.dataSource();
            Scenario scenario = Scenario.named("a transfer in two commits")
                    .reset("DELETE FROM account", "INSERT INTO account VALUES (1, 10), (2, 10)")
                    .crashingActor(() -> {
                        transact(from, in -> change(in, WRITE, 5, 1));
                        return transact(from, in -> change(in, WRITE, 15, 2));
                    });
            Exploration all = lab.explore(scenario);
            assertThat(all.violations()).isNotEmpty().allSatisfy(run -> {
                assertThat(run.anomaly()).hasValue(Anomaly.PARTIAL_COMMIT);
                assertThat(run.because().sentences().get(1)).contains("crashed");
            });
        }
    }

    @Databases
    void whatIsNotUnderstoodIsOnlyNotSerializable(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add",
                        from -> twice(transaction(from, in -> {
                            int now = number(in, READ, 1);
                            return change(in, WRITE, now + 1, 1);
                        })));
        Run run = withoutAccesses(found.witness());
        assertThat(run.anomaly()).hasValue(Anomaly.NOT_SERIALIZABLE);
        assertThat(run.because().staleReads()).isEmpty();
        assertThat(run.because().sentences().get(0)).contains("not understood");
    }

    private static Run withoutAccesses(Run run) {
        return new Run(
                run.steps().stream()
                        .map(step -> new Step(
                                step.move(),
                                step.sql(),
                                step.values(),
                                step.rows(),
                                step.updated(),
                                step.failure(),
                                step.waited(),
                                step.recognised(),
                                step.endedDuring(),
                                List.of(),
                                step.transaction(),
                                step.fixesView(),
                                step.ends()))
                        .toList(),
                run.outcome(),
                run.violation(),
                run.unresolved());
    }

    @Databases({Engine.SQLITE, Engine.POSTGRESQL, Engine.MARIADB})
    void aRunThatIsRightHasNoAnomaly(Database database) {
        Found found = Races.on(database, Isolation.READ_COMMITTED)
                .of(
                        "two who add in the statement",
                        from -> twice(() ->
                                autocommit(from, in -> change(in, "UPDATE account SET n = n + 1 WHERE id = ?", 1))));
        assertThat(found.wrong()).isEmpty();
        found.exploration().found().forEach(each -> {
            assertThat(each.run().anomaly()).isEmpty();
            assertThat(each.run().because().sentences()).isEmpty();
        });
    }
}
