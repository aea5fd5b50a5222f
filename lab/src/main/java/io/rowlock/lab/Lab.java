package io.rowlock.lab;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.internal.run.ServerSense;
import io.rowlock.lab.internal.run.SqliteSense;
import io.rowlock.lab.internal.run.Stage;
import io.rowlock.lab.internal.run.WaitSense;
import io.rowlock.lab.internal.wait.LockWaits;
import io.rowlock.lab.internal.wait.SessionCancel;
import io.rowlock.watch.sql.Schema;
import io.rowlock.watch.sql.StatementAnalyzer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs ordinary code against a real database under every meaningfully different interleaving.
 *
 * <p>Code that is given {@link #dataSource()} stops in front of each statement, commit and rollback when it is called as an
 * actor of a {@link Scenario}, and goes on when it is its turn. Called otherwise it just runs. See {@link Scenario} for an
 * example.
 *
 * <p><b>Promise.</b> {@link #explore} runs one schedule at least of each class of schedules that nobody can tell apart, or says
 * that it did not. Whoever waits for a lock is recognised and the others go on; a run that stands still is ended and told.
 * {@link #replay} repeats a schedule as often as is wanted, with the same outcome.
 *
 * <p><b>Holds when</b> the database is the lab's alone while it works: it empties and fills tables as scenarios say, and
 * may leave commits without the disk. Connections are given back as they came when the lab
 * is closed, or are aborted where {@link LabOptions#sessionSql} changed what nobody knows. <b>Breaks when</b> actors use what differs from run to run: clocks, random numbers,
 * threads of their own.
 *
 * <p>One exploration or replay at a time; the data source may be used by many threads.
 */
public final class Lab implements AutoCloseable {
    private static final int WARM = 4;
    private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final DataSource target;
    private final HikariDataSource pool;
    private final EngineProfile profile;
    private final Isolation level;
    private final Connection plain;
    private final LongSupplier nanoTime;
    private final Gateway gateway;

    private Lab(
            DataSource target,
            HikariDataSource pool,
            EngineProfile profile,
            Isolation level,
            Connection plain,
            LongSupplier nanoTime) {
        this.target = target;
        this.pool = pool;
        this.profile = profile;
        this.level = level;
        this.plain = plain;
        this.nanoTime = nanoTime;
        this.gateway = new Gateway(pool, profile.engine());
    }

    /**
     * A lab on a database that is its own.
     *
     * @throws LabFailure if the database is not to be reached
     */
    public static Lab on(DataSource database) {
        return on(database, LabOptions.standard());
    }

    /** As {@link #on(DataSource)}, with other options. */
    public static Lab on(DataSource database, LabOptions options) {
        HikariDataSource pool = null;
        Connection plain = null;
        try {
            // What is done between two runs need not wait for the disk either.
            DataSource borrowed = new BorrowedConnections(database, options);
            plain = borrowed.getConnection();
            EngineProfile profile = EngineProfile.read(plain);
            Isolation level = options.isolation().orElseGet(() -> Isolation.READ_COMMITTED);
            if (options.isolation().isEmpty()) {
                level = Levels.of(plain.getTransactionIsolation());
            }
            pool = new HikariDataSource(config(borrowed, options));
            return new Lab(database, pool, profile, level, plain, System::nanoTime);
        } catch (SQLException failed) {
            close(pool, plain);
            throw new LabFailure("The lab's database is not to be reached (error=" + failed.getMessage() + ")", failed);
        } catch (RuntimeException failed) {
            close(pool, plain);
            throw failed;
        }
    }

    private static void close(@Nullable HikariDataSource pool, @Nullable Connection plain) {
        if (pool != null) {
            pool.close();
        }
        if (plain != null) {
            try {
                plain.close();
            } catch (SQLException broken) {
                // It is gone then.
            }
        }
    }

    private static HikariConfig config(DataSource database, LabOptions options) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("lab");
        config.setDataSource(database);
        config.setMaximumPoolSize(options.connections());
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
        options.isolation().ifPresent(level -> config.setTransactionIsolation("TRANSACTION_" + level.name()));
        return config;
    }

    /** What the code that is looked into reaches its database by. */
    public DataSource dataSource() {
        return gateway.observed();
    }

    /** At which level connections are lent. */
    public Isolation isolation() {
        return level;
    }

    /** The facts of the database's server. */
    public EngineProfile profile() {
        return profile;
    }

    /**
     * Runs every schedule that may differ, within the standard budget.
     *
     * @throws LabFailure if what the scenario does between runs fails
     */
    public Exploration explore(Scenario scenario) {
        return explore(scenario, Budget.standard());
    }

    /** As {@link #explore(Scenario)}, within another budget. */
    public Exploration explore(Scenario scenario, Budget budget) {
        return with(budget, theatre -> new Explorer(theatre, scenario, budget).exploreAndShrink());
    }

    /**
     * Runs one schedule. What the code does beyond its last move comes as it comes. Actors that have no move in it take no
     * part.
     *
     * @throws ScheduleMismatch if the code does not take these steps
     */
    public Run replay(Scenario scenario, Schedule schedule) {
        return replay(scenario, schedule, 1).get(0);
    }

    /** As {@link #replay(Scenario, Schedule)}, several times. */
    public List<Run> replay(Scenario scenario, Schedule schedule, int times) {
        Budget budget = Budget.standard();
        List<Integer> who = scenario.takingPart(schedule);
        return with(budget, theatre -> new Explorer(theatre, scenario, budget, who).replay(schedule, times));
    }

    @FunctionalInterface
    private interface Performance<T> {
        T give(Theatre theatre) throws InterruptedException;
    }

    private <T> T with(Budget budget, Performance<T> performance) {
        if (!lock.tryLock()) {
            throw new IllegalStateException("A lab does one thing at a time: give each thread a lab, and a database");
        }
        try (Stage stage = stage(budget)) {
            gateway.open(stage.gates());
            try {
                return performance.give(new Theatre(stage, profile, level, plain, nanoTime, connection -> warm()));
            } finally {
                gateway.close();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("Interrupted", interrupted);
        } catch (SQLException failed) {
            throw new LabFailure("The lab lost its database (error=" + failed.getMessage() + ")", failed);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Connects in front of each run, since runs may cost connections: an actor that waits for the pool to connect looks like
     * one that waits for another.
     */
    private void warm() throws SQLException {
        Deque<Connection> connections = new ArrayDeque<>();
        try {
            while (connections.size() < WARM && connections.size() < pool.getMaximumPoolSize()) {
                connections.push(pool.getConnection());
            }
        } finally {
            while (!connections.isEmpty()) {
                connections.pop().close();
            }
        }
    }

    private Stage stage(Budget budget) throws SQLException {
        StatementAnalyzer analyzer = StatementAnalyzer.of(profile.engine(), Schema.read(plain));
        return new Stage(
                profile, level, new Statements(analyzer), sense(), nanoTime, budget.stuckAfter(), budget.steps());
    }

    private WaitSense sense() throws SQLException {
        if (profile.engine() == Engine.SQLITE) {
            return new SqliteSense();
        }
        SessionCancel cancel = new SessionCancel(target, profile);
        return new ServerSense(LockWaits.on(target, profile), cancel::cancelStatement);
    }

    /** Gives the connections back, with the settings that they came with. */
    @Override
    public void close() {
        close(pool, plain);
    }
}
