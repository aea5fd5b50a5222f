package io.rowlock.app.naive;

import io.rowlock.dialect.Engine;
import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * Learners as they were kept first, on small tables: a state that counts events, a model that counts updates and sums rewards, and a
 * queue of rewards. What a model loses shows in its sums.
 *
 * <p>On servers a load with its save is a transaction at the engine's default level. On SQLite, where a transaction that writes after a
 * read is mostly refused, each statement is one, as with most pools.
 *
 * <p>Each operation answers {@link #DONE} or says what else it has told its caller. Safe for use by many threads.
 */
public final class NaiveMastery {
    /** It says that it has done it. */
    public static final String DONE = "done";

    /** It says that there was nothing to do. */
    public static final String NOTHING = "nothing to do";

    /** It says that there is no decision, and that nothing is stored. */
    public static final String FALLBACK = "fallback";

    /** It has waited for the user, and waits no longer. */
    public static final String TIMED_OUT = "timed out";

    /** What it needs. */
    public static final List<String> TABLES = List.of(
            "CREATE TABLE IF NOT EXISTS naive_learner_state (id INT PRIMARY KEY, events INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_learner_model (id INT PRIMARY KEY, updates INT NOT NULL, total INT NOT NULL)",
            "CREATE TABLE IF NOT EXISTS naive_reward_task (id INT PRIMARY KEY, learner INT NOT NULL, reward INT NOT NULL,"
                    + " status VARCHAR(12) NOT NULL)");

    /** A learner after one event that was worth 1, and a reward of 4 that is due. */
    public static final List<String> ROWS = List.of(
            "DELETE FROM naive_reward_task",
            "DELETE FROM naive_learner_model",
            "DELETE FROM naive_learner_state",
            "INSERT INTO naive_learner_state VALUES (1, 1)",
            "INSERT INTO naive_learner_model VALUES (1, 1, 1)",
            "INSERT INTO naive_reward_task VALUES (1, 1, 4, 'PENDING')");

    private final DataSource pool;
    private final PlainJdbc jdbc;

    /** On a database that has the {@linkplain #TABLES tables}. */
    public NaiveMastery(DataSource pool, Engine engine) {
        this.pool = pool;
        this.jdbc = new PlainJdbc(pool, engine);
    }

    private record Model(int updates, int total) {
        Model learned(int reward) {
            return new Model(updates + 1, total + reward);
        }
    }

    // ---- load, learn, save

    /** Learns of an event: the model is loaded, and saved as it then is. */
    public String learn(int learner, int reward) throws SQLException {
        return jdbc.inTransaction(connection -> {
            Model model = model(connection, learner);
            saveModel(connection, learner, model.learned(reward));
            return DONE;
        });
    }

    /** A decision: state and model are loaded, and saved each by itself. */
    public String decideInParts(int learner, int reward) throws SQLException {
        return decideWithin(learner, reward, new AtomicBoolean());
    }

    /**
     * A2: a decision with a time limit. Whether the time is up is looked at before anything is saved, and when the caller is answered; what
     * has begun to be saved is saved.
     */
    public String decideWithin(int learner, int reward, AtomicBoolean timeUp) throws SQLException {
        int events;
        Model model;
        try (Connection connection = pool.getConnection()) {
            events = number(connection, "SELECT events FROM naive_learner_state WHERE id = ?", learner);
            model = model(connection, learner);
        }
        if (timeUp.get()) {
            return FALLBACK;
        }
        try (Connection connection = pool.getConnection()) {
            write(connection, "UPDATE naive_learner_state SET events = ? WHERE id = ?", events + 1, learner);
        }
        Steps.pass("state.saved");
        try (Connection connection = pool.getConnection()) {
            saveModel(connection, learner, model.learned(reward));
        }
        return timeUp.get() ? FALLBACK : DONE;
    }

    /** A5: begins anew, and looks at nobody who has loaded the old model. */
    public String reset(int learner) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_learner_model SET updates = 0, total = 0 WHERE id = ?", learner);
            return DONE;
        });
    }

    // ---- a lock of a process

    /** A11: learns under a lock, which the other node does not see. */
    public String learnUnder(int learner, int reward, ProcessLock lock, String owner) throws SQLException {
        if (!lock.take(owner)) {
            return TIMED_OUT;
        }
        try {
            return learn(learner, reward);
        } finally {
            lock.free();
        }
    }

    /** A1: one timer is around waiting and running. Whoever's time is up frees the lock, while its holder still runs. */
    public String learnWithTimer(int learner, int reward, ProcessLock lock, String owner) throws SQLException {
        if (!lock.take(owner)) {
            lock.free(); // the holder's time is up
            if (!lock.take(owner)) {
                return TIMED_OUT;
            }
        }
        try {
            return learn(learner, reward);
        } finally {
            lock.free();
        }
    }

    // ---- the queue

    /** A9: takes the reward if it is pending, as far as it has looked, and learns of it. */
    public String workPending(int task) throws SQLException {
        return jdbc.inTransaction(connection -> {
            if (number(connection, "SELECT COUNT(*) FROM naive_reward_task WHERE status = 'PENDING' AND id = ?", task)
                    == 0) {
                return NOTHING;
            }
            int reward = number(connection, "SELECT reward FROM naive_reward_task WHERE id = ?", task);
            write(
                    connection,
                    "UPDATE naive_learner_model SET updates = updates + 1, total = total + ? WHERE id = 1",
                    reward);
            write(connection, "UPDATE naive_reward_task SET status = 'DONE' WHERE id = ?", task);
            return DONE;
        });
    }

    /** A8: learns of the reward, and says so in a commit of its own. */
    public String workInParts(int task) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            if (number(connection, "SELECT COUNT(*) FROM naive_reward_task WHERE status = 'PENDING' AND id = ?", task)
                    == 0) {
                return NOTHING;
            }
            int reward = number(connection, "SELECT reward FROM naive_reward_task WHERE id = ?", task);
            write(
                    connection,
                    "UPDATE naive_learner_model SET updates = updates + 1, total = total + ? WHERE id = 1",
                    reward);
            write(connection, "UPDATE naive_reward_task SET status = 'DONE' WHERE id = ?", task);
            return DONE;
        }
    }

    // ---- order

    /** Writes the state, then the model. */
    public String stateThenModel(int learner) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_learner_state SET events = events + 1 WHERE id = ?", learner);
            write(connection, "UPDATE naive_learner_model SET updates = updates + 1 WHERE id = ?", learner);
            return DONE;
        });
    }

    /** Writes the model, then the state. */
    public String modelThenState(int learner) throws SQLException {
        return jdbc.inTransaction(connection -> {
            write(connection, "UPDATE naive_learner_model SET updates = updates + 1 WHERE id = ?", learner);
            write(connection, "UPDATE naive_learner_state SET events = events + 1 WHERE id = ?", learner);
            return DONE;
        });
    }

    // ---- JDBC

    private static Model model(Connection connection, int learner) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT updates, total FROM naive_learner_model WHERE id = ?")) {
            statement.setInt(1, learner);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new SQLException("No such learner");
                }
                return new Model(row.getInt(1), row.getInt(2));
            }
        }
    }

    private static void saveModel(Connection connection, int learner, Model model) throws SQLException {
        write(
                connection,
                "UPDATE naive_learner_model SET updates = ?, total = ? WHERE id = ?",
                model.updates(),
                model.total(),
                learner);
    }

    private static int number(Connection connection, String sql, int id) throws SQLException {
        return PlainJdbc.number(connection, sql, id).orElseThrow();
    }

    private static void write(Connection connection, String sql, Object... values) throws SQLException {
        if (PlainJdbc.write(connection, sql, values) != 1) {
            throw new SQLException("No such row");
        }
    }
}
