package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Small programs nobody thought of: what the reduced search leaves out shows nothing new. */
class GeneratedProgramsTest {
    private static final int ROWS = 3;

    /** What a program does with a row. */
    enum Verb {
        READ("SELECT v FROM cell WHERE id = ?"),
        LOCK("SELECT v FROM cell WHERE id = ? FOR UPDATE"),
        SHARE("SELECT v FROM cell WHERE id = ? FOR SHARE"),
        SUM("SELECT COALESCE(SUM(v), 0) FROM cell WHERE id >= ?"),
        WRITE("UPDATE cell SET v = ? WHERE id = ?"),
        ADD("UPDATE cell SET v = v + ? WHERE id = ?"),
        INSERT("INSERT INTO cell (v, id) VALUES (?, ? + 10)"),
        DELETE("DELETE FROM cell WHERE v < ? AND id = ?"),
        COMMIT("");

        final String sql;

        Verb(String sql) {
            this.sql = sql;
        }

        boolean writes() {
            return this == WRITE || this == ADD || this == INSERT || this == DELETE;
        }
    }

    record Command(Verb verb, int row) {
        @Override
        public String toString() {
            return verb + "(" + row + ")";
        }
    }

    /** A transaction or several; what it writes follows from what it has read. */
    record Program(List<Command> commands, boolean autoCommit, int salt) {
        String run(DataSource dataSource, Engine engine) throws SQLException {
            List<Integer> seen = new ArrayList<>();
            try (Connection connection = dataSource.getConnection()) {
                connection.setAutoCommit(autoCommit);
                try {
                    for (Command command : commands) {
                        run(connection, engine, command, seen);
                    }
                    if (!autoCommit) {
                        connection.commit();
                    }
                } catch (SQLException failed) {
                    if (!autoCommit) {
                        connection.rollback();
                    }
                    throw failed;
                }
            }
            return seen.toString();
        }

        private void run(Connection connection, Engine engine, Command command, List<Integer> seen)
                throws SQLException {
            if (command.verb() == Verb.COMMIT) {
                if (!autoCommit) {
                    connection.commit();
                }
                return;
            }
            String sql = command.verb().sql;
            if (engine == Engine.SQLITE) {
                sql = sql.replaceFirst(" FOR (UPDATE|SHARE)", "");
            } else if (engine == Engine.MARIADB) {
                sql = sql.replace("FOR SHARE", "LOCK IN SHARE MODE");
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                if (command.verb().writes()) {
                    statement.setInt(
                            1, seen.stream().mapToInt(Integer::intValue).sum() + salt);
                    statement.setInt(2, command.row());
                    seen.add(statement.executeUpdate());
                } else {
                    statement.setInt(1, command.row());
                    try (ResultSet rows = statement.executeQuery()) {
                        seen.add(rows.next() ? rows.getInt(1) : -1);
                    }
                }
            }
        }
    }

    private static Program program(SplittableRandom random, int length, int salt) {
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            Verb verb = Verb.values()[random.nextInt(Verb.values().length)];
            commands.add(new Command(verb, 1 + random.nextInt(ROWS)));
        }
        return new Program(commands, random.nextInt(4) == 0, salt);
    }

    @Databases
    void nothingIsMissed(Database database) {
        database.execute("CREATE TABLE cell (id INT PRIMARY KEY, v INT NOT NULL)");
        int programs = Integer.getInteger("rowlock.lab.programs", database.engine() == Engine.SQLITE ? 45 : 24);
        SplittableRandom random = new SplittableRandom(20_240_607);
        long naiveRuns = 0;
        long reducedRuns = 0;
        for (Isolation level : Isolation.values()) {
            try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withIsolation(level))) {
                for (int number = 0; number < programs / Isolation.values().length; number++) {
                    int actors = random.nextInt(5) == 0 ? 3 : 2;
                    List<Program> chosen = new ArrayList<>();
                    for (int actor = 0; actor < actors; actor++) {
                        chosen.add(program(random, actors == 3 ? 2 : 2 + random.nextInt(2), 100 * (actor + 1)));
                    }
                    Scenario scenario = Scenario.named(level + " " + chosen)
                            .reset(
                                    "DELETE FROM cell",
                                    "INSERT INTO cell VALUES (1, 1)",
                                    "INSERT INTO cell VALUES (2, 2)",
                                    "INSERT INTO cell VALUES (3, 3)")
                            .invariant("none", (connection, outcome) -> java.util.Optional.empty());
                    for (Program program : chosen) {
                        scenario = scenario.actor(() -> program.run(lab.dataSource(), database.engine()));
                    }

                    Exploration naive = lab.explore(scenario, Budget.standard().naive());
                    Exploration reduced = lab.explore(scenario);

                    assertThat(open(naive)).as(scenario.name()).isEmpty();
                    assertThat(open(reduced)).as(scenario.name()).isEmpty();
                    assertThat(withoutDeadlock(reduced))
                            .as(
                                    "%s: naive %d, reduced %d; only naive: %s",
                                    scenario.name(), naive.schedules(), reduced.schedules(), missed(naive, reduced))
                            .containsExactlyInAnyOrderElementsOf(withoutDeadlock(naive));
                    assertThat(hasDeadlock(reduced)).as(scenario.name()).isEqualTo(hasDeadlock(naive));
                    naiveRuns += naive.schedules();
                    reducedRuns += reduced.schedules();
                }
            }
        }
        System.out.printf("%s: %d naive runs, %d reduced%n", database.engine(), naiveRuns, reducedRuns);
        assertThat(reducedRuns).isLessThan(naiveRuns);
    }

    /** Which of two in a deadlock an engine ends is its own affair, and not the same each time. */
    private static List<Outcome> withoutDeadlock(Exploration exploration) {
        return exploration.outcomes().stream()
                .filter(outcome -> !isDeadlock(outcome))
                .toList();
    }

    private static boolean hasDeadlock(Exploration exploration) {
        return exploration.outcomes().stream().anyMatch(GeneratedProgramsTest::isDeadlock);
    }

    private static boolean isDeadlock(Outcome outcome) {
        return outcome.results().values().stream()
                .anyMatch(result -> result instanceof ActorResult.Threw threw
                        && threw.what().endsWith("DEADLOCK"));
    }

    private static List<String> open(Exploration exploration) {
        return exploration.unresolved().stream()
                .map(run -> run.schedule() + " " + run.unresolved().orElse(""))
                .toList();
    }

    private static String missed(Exploration naive, Exploration reduced) {
        return naive.found().stream()
                .filter(found -> !reduced.outcomes().contains(found.run().outcome()))
                .map(found -> found.run().schedule() + " " + found.run().outcome())
                .collect(Collectors.joining("; "));
    }
}
