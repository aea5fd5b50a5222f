package io.rowlock.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.engines.Database;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Explores code on two tables, {@code account} with three rows and {@code seat} with none, and hands its wrong runs out. */
final class Races {
    static final String READ = "SELECT n FROM account WHERE id = ?";
    static final String LOCK = "SELECT n FROM account WHERE id = ? FOR UPDATE";
    static final String WRITE = "UPDATE account SET n = ? WHERE id = ?";
    static final String COUNT = "SELECT count(*) AS k FROM seat WHERE room = ?";
    static final String FIND = "SELECT id FROM seat WHERE room = ?";
    static final String INSERT = "INSERT INTO seat (room, who) VALUES (?, ?)";

    private final Database database;
    private final Isolation level;
    private final List<String> reset = new ArrayList<>(
            List.of("DELETE FROM account", "DELETE FROM seat", "INSERT INTO account VALUES (1, 10), (2, 10), (3, 0)"));

    private UnaryOperator<Scenario> also = scenario -> scenario;
    private boolean deadlocks;

    /** What was found, and on what. */
    record Found(Exploration exploration, EngineProfile profile, Isolation level) {
        List<Run> wrong() {
            return exploration.violations();
        }

        Run witness() {
            return exploration.witness().orElseThrow();
        }

        Set<Anomaly> anomalies() {
            return wrong().stream().map(run -> run.anomaly().orElseThrow()).collect(Collectors.toSet());
        }

        String because() {
            return String.join("\n", witness().because().sentences());
        }
    }

    private Races(Database database, Isolation level) {
        this.database = database;
        this.level = level;
        database.execute("DROP TABLE IF EXISTS account");
        database.execute("DROP TABLE IF EXISTS seat");
        database.execute("CREATE TABLE account (id INT PRIMARY KEY, n INT NOT NULL)");
        String number = database.engine() == Engine.POSTGRESQL
                ? "SERIAL PRIMARY KEY"
                : database.engine() == Engine.SQLITE
                        ? "INTEGER PRIMARY KEY AUTOINCREMENT"
                        : "INT PRIMARY KEY AUTO_INCREMENT";
        database.execute("CREATE TABLE seat (id " + number + ", room INT NOT NULL, who INT NOT NULL)");
    }

    static Races on(Database database, Isolation level) {
        return new Races(database, level);
    }

    Races with(String... sql) {
        reset.addAll(List.of(sql));
        return this;
    }

    Races also(UnaryOperator<Scenario> more) {
        also = more;
        return this;
    }

    /** Which of two a deadlock ends is PostgreSQL's to choose, and not the same each time: such runs may be left open. */
    Races deadlocks() {
        deadlocks = true;
        return this;
    }

    Found of(String name, Function<DataSource, List<Callable<?>>> actors) {
        try (Lab lab = Lab.on(database.dataSource(), LabOptions.standard().withIsolation(level))) {
            Scenario scenario = Scenario.named(name).reset(reset.toArray(String[]::new));
            for (Callable<?> each : actors.apply(lab.dataSource())) {
                scenario = scenario.actor(each);
            }
            Exploration all = lab.explore(also.apply(scenario));
            if (!deadlocks) {
                assertThat(all.unresolved()).isEmpty();
                assertThat(all.complete()).isTrue();
            }
            Found found = new Found(all, lab.profile(), level);
            if (Boolean.getBoolean("rowlock.lab.print")) {
                found.exploration()
                        .witness()
                        .ifPresent(run -> System.out.println(database.engine() + " "
                                + Timeline.explain(name, run, all.violating(), all.schedules())));
            }
            return found;
        }
    }

    static List<Callable<?>> twice(Callable<?> work) {
        return List.of(work, work);
    }
}
