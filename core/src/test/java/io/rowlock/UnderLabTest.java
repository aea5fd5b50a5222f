package io.rowlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.engines.Alone;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lab.Budget;
import io.rowlock.lab.Exploration;
import io.rowlock.lab.Lab;
import io.rowlock.lab.Scenario;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;

/**
 * The unit of work's own protocol (read, decide, check, write, commit) under every interleaving of its statements. Each actor
 * is a node of its own, with a {@link Rowlock} of its own: nothing but the database is between them.
 */
@Alone
class UnderLabTest {
    /** The row that is written is not compared with what was read; on SQLite the transaction is missing as well. */
    private static String writesUnchecked(String sql) {
        return unlocked(sql).replaceFirst("AND version = \\?", "AND version > ? - 1000");
    }

    /** Rows that were read and not written are not compared. */
    private static String readsUnchecked(String sql) {
        String changed = unlocked(sql);
        int first = changed.indexOf("AND version = ?");
        return first < 0
                ? changed
                : changed.substring(0, first + 1)
                        + changed.substring(first + 1).replace("AND version = ?", "AND version > ? - 1000");
    }

    /** SQLite needs no checks while its transaction lets nobody else write. */
    private static String unlocked(String sql) {
        return sql.equals("BEGIN IMMEDIATE") || sql.equals("COMMIT") ? "SELECT 1" : sql;
    }

    record Doctor(long id, long onCall, long version) {
        Doctor off() {
            return new Doctor(id, onCall - 1, version);
        }
    }

    private static final Table<Doctor, Long> DOCTORS = Table.of("doctors", Doctor.class)
            .key("id", Long.class)
            .column("onCall", "on_call")
            .build();

    @BeforeEach
    void tables(Database database) {
        database.execute("CREATE TABLE IF NOT EXISTS doctors"
                + " (id BIGINT PRIMARY KEY, on_call BIGINT NOT NULL, version BIGINT NOT NULL)");
    }

    @Databases
    void noUpdateIsLost(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration two = lab.explore(decrements(lab, 2, UnaryOperator.identity()));
            two.requireNoViolation();
            assertThat(two.schedules()).isGreaterThan(2);
            Exploration three = lab.explore(decrements(lab, 3, UnaryOperator.identity()));
            three.requireNoViolation();
            assertThat(three.outcomes()).hasSize(1);
        }
    }

    @Databases
    void noWriteIsSkewed(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            Exploration two = lab.explore(leaves(lab, 2, UnaryOperator.identity()));
            two.requireNoViolation();
            assertThat(two.schedules()).isGreaterThan(2);
            assertThat(two.outcomes())
                    .isEqualTo(lab.explore(
                                    leaves(lab, 2, UnaryOperator.identity()),
                                    Budget.standard().naive())
                            .outcomes());

            Exploration three = lab.explore(leaves(lab, 3, UnaryOperator.identity()));
            three.requireNoViolation();
            // One stays, and it can be any.
            assertThat(three.outcomes()).hasSize(3);
        }
    }

    /** Beside somebody who writes without a guard, and counts the version up. */
    @Databases
    void aLostUpdateIsCaughtWithoutTheCheck(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            lab.explore(besideAWriter(lab, UnaryOperator.identity())).requireNoViolation();

            Exploration mutant = lab.explore(
                    besideAWriter(lab, UnderLabTest::writesUnchecked),
                    Budget.standard().untilViolation());

            assertThat(mutant.witness())
                    .hasValueSatisfying(witness ->
                            assertThat(witness.outcome().state().toString()).contains("on_call=9"));
        }
    }

    @Databases
    void aSkewedWriteIsCaughtWithoutTheCheck(Database database) {
        try (Lab lab = Lab.on(database.dataSource())) {
            lab.explore(besideALeaver(lab, UnaryOperator.identity())).requireNoViolation();

            Exploration mutant = lab.explore(
                    besideALeaver(lab, UnderLabTest::readsUnchecked),
                    Budget.standard().untilViolation());

            assertThat(mutant.witness())
                    .hasValueSatisfying(
                            witness -> assertThat(witness.outcome().state().toString())
                                    .contains("id=1 on_call=0")
                                    .contains("id=2 on_call=0"));
        }
    }

    private static Scenario besideAWriter(Lab lab, UnaryOperator<String> mutation) {
        return decrements(lab, 1, mutation)
                .actor(() ->
                        write(lab, "UPDATE doctors SET on_call = on_call - 1, version = version + 1 WHERE id = 1"));
    }

    private static Scenario besideALeaver(Lab lab, UnaryOperator<String> mutation) {
        Scenario leaver = leaves(lab, 2, mutation, 1);
        return leaver.actor(
                () -> write(
                        lab,
                        "UPDATE doctors SET on_call = 0, version = version + 1"
                                + " WHERE id = 2 AND (SELECT other FROM (SELECT on_call AS other FROM doctors WHERE id = 1) d) > 0"));
    }

    private static String write(Lab lab, String sql) throws SQLException {
        try (Connection connection = lab.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql) + " rows";
        }
    }

    /** Each takes one from the same row. */
    private static Scenario decrements(Lab lab, int actors, UnaryOperator<String> mutation) {
        return scenario(lab, actors + " who take one", "(1, 10, 1)", actors, mutation, actor -> rowlock -> {
            rowlock.transact(tx -> {
                Row<Doctor> row = tx.read(DOCTORS, 1L).orElseThrow();
                tx.update(row, Doctor::off);
                return null;
            });
            return "taken";
        });
    }

    /** Each reads all rows, and takes itself off call if another one stays. */
    private static Scenario leaves(Lab lab, int actors, UnaryOperator<String> mutation) {
        return leaves(lab, actors, mutation, actors);
    }

    private static Scenario leaves(Lab lab, int actors, UnaryOperator<String> mutation, int guarded) {
        String rows = String.join(
                ", ",
                IntStream.rangeClosed(1, actors)
                        .mapToObj(i -> "(" + i + ", 1, 1)")
                        .toList());
        return scenario(
                lab,
                actors + " doctors leave",
                rows,
                guarded,
                mutation,
                actor -> rowlock -> rowlock.transact(tx -> {
                    long onCall = 0;
                    for (long id = 1; id <= actors; id++) {
                        onCall += tx.read(DOCTORS, id).orElseThrow().value().onCall();
                    }
                    if (onCall < 2) {
                        return "stays";
                    }
                    tx.update(tx.read(DOCTORS, (long) actor).orElseThrow(), Doctor::off);
                    return "leaves";
                }));
    }

    private static Scenario scenario(
            Lab lab,
            String name,
            String rows,
            int actors,
            UnaryOperator<String> mutation,
            Function<Integer, Function<Rowlock, String>> work) {
        DataSource changed = rewriting(lab.dataSource(), mutation);
        Scenario scenario = Scenario.named(lab.profile().engine() + ": " + name)
                .reset("DELETE FROM doctors", "INSERT INTO doctors VALUES " + rows)
                .contention(RetriesExhausted.class::isInstance);
        for (int actor = 1; actor <= actors; actor++) {
            Function<Rowlock, String> mine = work.apply(actor);
            scenario = scenario.actor(() -> mine.apply(rowlock(changed)));
        }
        return scenario;
    }

    private static Rowlock rowlock(DataSource dataSource) {
        Timing timing = new Timing(Clock.systemUTC(), System::nanoTime, nanos -> {}, new SplittableRandom(1));
        return Rowlock.on(dataSource).timing(timing).build();
    }

    /** Hands other SQL to the database than it is given. */
    private static DataSource rewriting(DataSource target, UnaryOperator<String> mutation) {
        return proxy(DataSource.class, target, mutation);
    }

    private static <T> T proxy(Class<T> type, Object target, UnaryOperator<String> mutation) {
        return type.cast(Proxy.newProxyInstance(
                UnderLabTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                    if (args != null
                            && args.length > 0
                            && args[0] instanceof String sql
                            && !method.getName().equals("unwrap")) {
                        args[0] = mutation.apply(sql);
                    }
                    Object answer;
                    try {
                        answer = method.invoke(target, args);
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                    if (method.getReturnType() == Connection.class
                            && !method.getName().equals("unwrap")) {
                        return proxy(Connection.class, answer, mutation);
                    }
                    return method.getReturnType() == Statement.class
                            ? proxy(Statement.class, answer, mutation)
                            : answer;
                }));
    }
}
