package io.rowlock.app.load;

import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One load of a system: {@link #prepare}, {@link #run}, and when the service is at rest {@link #audit}.
 *
 * <p>One thread at a time, but {@link #done} may be asked by any.
 */
final class Load implements AutoCloseable {
    private static final LongSupplier NANO_TIME = System::nanoTime;

    private final LoadedSystem system;
    private final Plan plan;
    private final Caller caller;
    private final Driver driver;

    /**
     * What is to be done.
     *
     * @param clients how many at once
     * @param operations how many in all
     * @param perSecond how many are due a second, or null for a closed loop
     * @param seed of what is asked for
     */
    record Plan(int clients, long operations, @Nullable Double perSecond, long seed) {}

    /** @param urls where the servers are, without a slash at the end */
    Load(LoadedSystem system, List<String> urls, Plan plan) {
        this.system = system;
        this.plan = plan;
        this.caller = new Caller(urls, system.api(), NANO_TIME);
        this.driver = new Driver(caller, system, NANO_TIME);
    }

    /**
     * Asks what the service has, and makes what every run begins with.
     *
     * @throws CannotLoad if the service does not answer as the system does
     */
    void prepare() throws CannotLoad, InterruptedException {
        system.prepare(caller);
    }

    /** Drives it to the end. */
    Driver.Run run() throws InterruptedException {
        return run(plan);
    }

    /** The same for a plan of the caller's own; may be done again and again, one at a time. */
    Driver.Run run(Plan own) throws InterruptedException {
        Double perSecond = own.perSecond();
        Pace pace = perSecond == null
                ? Pace.closed(NANO_TIME)
                : Pace.open(perSecond, NANO_TIME, TimeUnit.NANOSECONDS::sleep);
        return driver.run(own.clients(), own.operations(), pace, own.seed());
    }

    /** What sends the requests, for whoever asks the servers something besides. */
    Caller caller() {
        return caller;
    }

    /** How many operations have their answer. */
    long done() {
        return driver.done();
    }

    /** A connection in a transaction that sees one moment, for an audit. */
    static Connection oneMoment(DatabaseChoice.Given database) throws CannotStart, SQLException {
        Connection connection = database.connect();
        try {
            // SQLite's transactions have that anyway.
            if (database.engine() != Engine.SQLITE) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            }
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException failed) {
            connection.close();
            throw failed;
        }
    }

    /**
     * Audits the books, and holds them to what was acknowledged.
     *
     * @param connection in a transaction that sees one moment; it is only read from
     * @return what is wrong, a line each
     * @throws CannotLoad if the database cannot be read
     */
    List<String> audit(Connection connection) throws CannotLoad {
        try {
            return system.audit(connection);
        } catch (SQLException failed) {
            throw new CannotLoad("The database cannot be audited: " + failed.getMessage(), failed);
        }
    }

    /** Waits until nothing is under way. */
    void settle() throws InterruptedException {
        system.settle(caller);
    }

    @Override
    public void close() {
        system.close();
        caller.close();
    }
}
