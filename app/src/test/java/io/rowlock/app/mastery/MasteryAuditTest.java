package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.mastery.audit.MasteryAudit;
import io.rowlock.app.mastery.model.LinUcb;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Each error planted in right books is found, and by exactly its check. */
class MasteryAuditTest {
    private static final String ADA = "ada";
    private static final List<String> TABLES =
            List.of("reward_queue", "amas_word_states", "amas_events", "amas_user_models", "amas_user_states");

    /** Makes an error. */
    @FunctionalInterface
    private interface Planted {
        void in(Connection connection) throws SQLException;
    }

    @Databases
    void eachErrorIsFoundByItsCheckAlone(Database database) throws SQLException {
        try (Database own = Database.create(database.engine())) {
            Classroom classroom = new Classroom(own);
            fill(classroom);
            classroom.booksAreRight();
            loosen(own);
            classroom.booksAreRight();
            Map<String, List<Planted>> errors = errors(classroom);

            for (Map.Entry<String, List<Planted>> error : errors.entrySet()) {
                for (Planted planted : error.getValue()) {
                    try (Connection connection = own.dataSource().getConnection()) {
                        connection.setAutoCommit(false);
                        planted.in(connection);
                        assertThat(MasteryAudit.run(connection))
                                .filteredOn(finding -> !finding.holds())
                                .as(error.getKey())
                                .singleElement()
                                .satisfies(finding -> {
                                    assertThat(finding.check()).isEqualTo(error.getKey());
                                    assertThat(finding.violations()).isPositive();
                                    assertThat(finding.examples().get(0)).contains("=");
                                });
                        connection.rollback();
                        connection.setAutoCommit(true);
                    }
                }
            }
            assertThat(new TreeSet<>(errors.keySet())).isEqualTo(new TreeSet<>(MasteryAudit.checks()));
            classroom.booksAreRight();
        }
    }

    /** Ada has begun anew, answered four times and one reward is learned of; Bob has two answers. */
    private static void fill(Classroom classroom) {
        Given unused = classroom.answer(ADA, "old");
        assertThat(classroom.mastery.reset(ADA)).isTrue();
        for (String word : List.of("a", "b", "a")) {
            classroom.clock.advance(Duration.ofSeconds(30));
            Given each = classroom.answer(ADA, word);
            assertThat(each.learned()).isTrue();
        }
        assertThat(classroom.rewards.applyDue().done()).isEqualTo(3);
        for (String word : List.of("c", "d")) {
            Given each = classroom.answer("bob", word);
            assertThat(each.learned()).isTrue();
        }
        Given last = classroom.answer(ADA, "last");
        assertThat(last.updateCount()).isEqualTo(7);
        // One who knows nothing, so that a model without a state is that and nothing else.
        Given forgotten = classroom.answer("fresh", "x");
        assertThat(forgotten.learned()).isTrue();
        assertThat(classroom.mastery.reset("fresh")).isTrue();
    }

    private static Planted sql(String... statements) {
        return connection -> {
            try (Statement statement = connection.createStatement()) {
                for (String each : statements) {
                    assertThat(statement.executeUpdate(each)).as(each).isPositive();
                }
            }
        };
    }

    /** A change of the model of Ada, whose numbers are 253 of A and 22 of b. */
    private static Planted model(Classroom classroom, UnaryOperator<byte[]> change) {
        byte[] changed = change.apply(classroom.model(ADA).modelData());
        return connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("UPDATE amas_user_models SET model_data = ? WHERE user_id = 'ada'")) {
                statement.setBytes(1, changed);
                assertThat(statement.executeUpdate()).isEqualTo(1);
            }
        };
    }

    private static UnaryOperator<byte[]> plus(int place, double difference) {
        return bytes -> {
            ByteBuffer numbers = ByteBuffer.wrap(bytes);
            numbers.putDouble(place * Double.BYTES, numbers.getDouble(place * Double.BYTES) + difference);
            return bytes;
        };
    }

    private static Map<String, List<Planted>> errors(Classroom classroom) {
        int d = LinUcb.DIMENSION;
        int corner = d * (d + 1) / 2 - 1;
        String ada = " WHERE user_id = 'ada'";
        String first = ada + " AND generation = 2 AND event_number = 1";
        String reward = ada + " AND generation = 2 AND event_number = 4";
        UUID nobody = new UUID(0, 1);
        Map<String, List<Planted>> errors = new LinkedHashMap<>();
        errors.put(
                "one-model",
                List.of(
                        sql("DELETE FROM amas_user_models" + ada),
                        sql(
                                "INSERT INTO amas_user_models (user_id, generation, d, lambda, alpha, update_count, model_data,"
                                        + " last_update_ts, created_at, updated_at, version) SELECT 'nobody', 1, d, lambda, alpha, 0,"
                                        + " model_data, 0, created_at, updated_at, 1 FROM amas_user_models WHERE user_id = 'fresh'")));
        errors.put("same-time", List.of(sql("UPDATE amas_user_models SET last_update_ts = last_update_ts + 1" + ada)));
        errors.put(
                "ranges",
                List.of(
                        sql("UPDATE amas_user_states SET fatigue = 1.01" + ada),
                        sql("UPDATE amas_user_states SET motivation = -1.01" + ada)));
        errors.put(
                "events-counted",
                List.of(
                        sql("UPDATE amas_user_states SET events = events - 1" + ada),
                        sql("UPDATE amas_user_states SET interactions = interactions + 1" + ada)));
        errors.put(
                "events-in-order",
                List.of(sql("UPDATE amas_events SET event_number = 99" + ada
                        + " AND generation = 2 AND event_number = 7")));
        errors.put(
                "no-later-generation",
                List.of(sql("UPDATE amas_events SET generation = 9" + ada + " AND generation = 1")));
        errors.put(
                "event-form",
                List.of(
                        sql("UPDATE amas_events SET answer = NULL" + first),
                        sql("UPDATE amas_events SET answer_id = id" + first)));
        errors.put(
                "reward-logged",
                List.of(
                        sql("UPDATE reward_queue SET reward = 0.123" + ada + " AND claim_state = 'DONE'"),
                        sql("UPDATE reward_queue SET claim_state = 'DONE' WHERE user_id = 'bob'")));
        errors.put(
                "reward-done",
                List.of(sql("UPDATE reward_queue SET claim_state = 'OPEN'" + ada + " AND claim_state = 'DONE'")));
        errors.put(
                "reward-answer",
                List.of(
                        sql("UPDATE amas_events SET answer_id = '" + nobody + "'" + reward),
                        sql("UPDATE amas_events SET answer_id = id" + reward)));
        errors.put(
                "reward-current",
                List.of(sql("UPDATE reward_queue SET answer_record_id = '" + nobody + "' WHERE user_id = 'bob'")));
        errors.put(
                "word-answers",
                List.of(
                        sql("UPDATE amas_word_states SET answers = 3" + ada + " AND word_id = 'a'"),
                        sql("UPDATE amas_word_states SET correct_answers = 1" + ada + " AND word_id = 'a'")));
        errors.put("word-there", List.of(sql("DELETE FROM amas_word_states" + ada + " AND word_id = 'b'")));
        errors.put(
                "model-form",
                List.of(
                        model(classroom, bytes -> java.util.Arrays.copyOf(bytes, 8)),
                        model(classroom, plus(0, Double.NaN)),
                        sql("UPDATE amas_user_models SET d = 21" + ada)));
        errors.put(
                "update-count",
                List.of(
                        sql("UPDATE amas_user_models SET update_count = update_count - 1" + ada),
                        sql("UPDATE amas_events SET update_count = 5" + first)));
        errors.put(
                "model-sums",
                List.of(
                        // A lost event: the corner of A counts them.
                        model(classroom, plus(corner, -1)),
                        model(classroom, plus(3, 1e-6)),
                        model(classroom, plus(corner + 1, 1e-6)),
                        sql("UPDATE amas_user_models SET lambda = 2" + ada),
                        sql("UPDATE amas_events SET reward = 0.987" + first)));
        errors.put("positive-definite", List.of(connection -> {
            sql("UPDATE amas_user_models SET lambda = -1" + ada).in(connection);
            UnaryOperator<byte[]> lowered = bytes -> {
                byte[] all = bytes;
                for (int i = 0; i < d; i++) {
                    all = plus(i * (i + 1) / 2 + i, -2).apply(all);
                }
                return all;
            };
            model(classroom, lowered).in(connection);
        }));
        return errors;
    }

    /** Without keys and constraints, so that everything can be planted. */
    private static void loosen(Database database) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            if (database.engine() != Engine.POSTGRESQL) {
                statement.executeUpdate(
                        database.engine() == Engine.SQLITE
                                ? "PRAGMA foreign_keys = OFF"
                                : "SET SESSION foreign_key_checks = 0");
            }
            String cascade = database.engine() == Engine.POSTGRESQL ? " CASCADE" : "";
            // All steps for all tables, for MariaDB remembers who refers to a name.
            for (String step : List.of(
                    "CREATE TABLE %1$s_loose AS SELECT * FROM %1$s",
                    "DROP TABLE %1$s" + cascade, "ALTER TABLE %1$s_loose RENAME TO %1$s")) {
                for (String table : TABLES) {
                    statement.executeUpdate(step.formatted(table));
                }
            }
        }
    }
}
