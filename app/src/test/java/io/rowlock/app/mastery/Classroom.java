package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.mastery.MasteryTables.ModelRow;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.audit.MasteryAudit;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.LearningEvent;
import io.rowlock.engines.Database;
import io.rowlock.engines.TestClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The mastery system of a test without HTTP: one node, or several on one database. Its time lies in the past, so that rewards are due. */
final class Classroom {
    static final Duration LONG = Duration.ofSeconds(20);

    final Database database;
    final TestClock clock;
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Rowlock rowlock;
    final LearnerUnits units;
    final Mastery mastery;
    final DelayedRewards rewards;
    final Consistency consistency;
    final MasteryQueries queries;
    final Rollout rollout;

    Classroom(Database database) {
        this(database, database.dataSource(), new TestClock(Instant.parse("2026-01-05T09:00:00Z")), options());
    }

    /** What a node is like. */
    record Options(Duration lockTimeout, Duration decision, boolean guarded) {
        Options plain() {
            return new Options(lockTimeout, decision, false);
        }

        Options lockTimeout(Duration wait) {
            return new Options(wait, decision, guarded);
        }

        Options decision(Duration time) {
            return new Options(lockTimeout, time, guarded);
        }
    }

    static Options options() {
        return new Options(LONG, Duration.ofSeconds(10), true);
    }

    Classroom(Database database, DataSource dataSource, TestClock clock, Options options) {
        Schema.migrate(database);
        this.database = database;
        this.clock = clock;
        Timing system = Timing.system();
        MasteryMetrics metrics = new MasteryMetrics(registry);
        rowlock = Rowlock.on(dataSource)
                .order(MasteryTables.ORDER.toArray(Table<?, ?>[]::new))
                .timing(new Timing(clock, system.nanoTime(), system.sleeper(), system.random()))
                .listener(metrics)
                .build();
        Engine engine = new Engine(ZoneOffset.UTC);
        units = new LearnerUnits(engine, Duration.ofDays(1));
        rollout = new Rollout(options.guarded(), 100);
        mastery = new Mastery(
                rowlock,
                units,
                new GuardedPersistence(rowlock, units, options.decision()),
                new PlainPersistence(rowlock, engine, units, options.decision()),
                rollout,
                new CircuitBreaker(System::nanoTime),
                metrics,
                options.lockTimeout(),
                options.decision(),
                System::nanoTime);
        rewards = new DelayedRewards(rowlock, units, metrics, options.lockTimeout(), System::nanoTime);
        consistency = new Consistency(rowlock, units, metrics);
        queries = new MasteryQueries(rowlock);
    }

    /** Another node on the same database. */
    Classroom node(Options options) {
        return new Classroom(database, database.dataSource(), clock, options);
    }

    // ---- asking

    Asked asked(String word, boolean correct, double response) {
        return asked(UUID.randomUUID(), false, word, correct, response, Engine.Options.DEFAULT);
    }

    Asked asked(UUID id, boolean isNamed, String word, boolean correct, double response, Engine.Options options) {
        Instant at = clock.instant();
        return new Asked(
                id,
                isNamed,
                word + correct + response,
                LearningEvent.answer(word, correct, response, at),
                options,
                null,
                null,
                null);
    }

    Asked named(UUID id, String word) {
        return asked(id, true, word, true, 2000, Engine.Options.DEFAULT);
    }

    /** An answer that is decided on. */
    Given answer(String user, String word) {
        return recorded(mastery.process(user, asked(word, true, 2000))).given();
    }

    static Processed.Recorded recorded(Processed processed) {
        return processed.fold(
                recorded -> recorded,
                reused -> {
                    throw new AssertionError(reused.toString());
                },
                fallback -> {
                    throw new AssertionError(fallback.toString());
                });
    }

    static Processed.Why why(Processed processed) {
        return processed.fold(
                recorded -> {
                    throw new AssertionError("Recorded: " + recorded);
                },
                reused -> {
                    throw new AssertionError(reused.toString());
                },
                Processed.Fallback::why);
    }

    // ---- what is there

    StateRow state(String user) {
        return rowlock.read(tx -> tx.peek(MasteryTables.STATES, user))
                .orElseThrow()
                .value();
    }

    ModelRow model(String user) {
        return rowlock.read(tx -> tx.peek(MasteryTables.MODELS, user))
                .orElseThrow()
                .value();
    }

    Learner learner(String user) {
        return LearnerRows.learner(state(user), LearnerRows.model(model(user)));
    }

    double count(String name, String... tags) {
        return registry.find(name).tags(tags).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    void booksAreRight() {
        assertThat(Finding.lines(queries.audit())).isEmpty();
        assertThat(consistency.check(1000)).isEmpty();
    }

    List<String> violated() throws SQLException {
        try (Connection connection = database.dataSource().getConnection()) {
            return MasteryAudit.run(connection).stream()
                    .filter(finding -> !finding.holds())
                    .map(Finding::check)
                    .toList();
        }
    }

    /** All of a query's rows as text. */
    List<String> rows(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.append(text(rows.getObject(i))).append(' ');
                }
                all.add(row.toString());
            }
            return all;
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }

    /** Without anything that other tests have left. */
    Classroom emptied() {
        database.execute(
                "DELETE FROM amas_events",
                "DELETE FROM reward_queue",
                "DELETE FROM amas_word_states",
                "DELETE FROM amas_user_models",
                "DELETE FROM amas_user_states");
        return this;
    }

    /** Every row of the system, to compare with. */
    List<String> everything() {
        List<String> all = new ArrayList<>();
        for (String table :
                List.of("amas_user_states", "amas_user_models", "amas_events", "amas_word_states", "reward_queue")) {
            all.add(table);
            all.addAll(rows("SELECT * FROM " + table + " ORDER BY 1, 2"));
        }
        return all;
    }

    long number(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
    }
}
