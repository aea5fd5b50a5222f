package io.rowlock.internal.unit;

import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.table.TableDef;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What all units of one Rowlock share. The database is looked at when the first of them needs it. */
final class Shared {
    private static final System.Logger LOG = System.getLogger("io.rowlock");
    /** How many different things are put into the log; events go on. */
    private static final int WARNINGS_MAX = 1000;

    final DataSource dataSource;
    final Settings settings;
    final Timing timing;
    final Watchdog watchdog;
    final RetryBudget budget;
    final Contention contention = new Contention();
    final HotRows hotRows = new HotRows();
    final List<Companionship<?>> companions = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> ranks = new ConcurrentHashMap<>();
    private final Set<TableDef<?, ?>> checkedTables = ConcurrentHashMap.newKeySet();
    private final Map<Connection, Boolean> preparedConnections = Collections.synchronizedMap(new WeakHashMap<>());
    private final AtomicBoolean listenerFailed = new AtomicBoolean();
    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final ReentrantLock discovering = new ReentrantLock();
    private volatile @Nullable Flow flow;

    Shared(DataSource dataSource, Settings settings, @Nullable Flow flow) {
        this.dataSource = dataSource;
        this.flow = flow;
        this.settings = settings;
        this.timing = settings.timing();
        this.watchdog = new Watchdog(timing.nanoTime());
        this.budget = new RetryBudget(settings.retryBudget(), nanoTime());
        List<Table<?, ?>> order = settings.order();
        for (int i = 0; i < order.size(); i++) {
            ranks.putIfAbsent(((TableDef<?, ?>) order.get(i)).physicalName(), i);
        }
    }

    /** Wall time as every engine can keep it: what a unit shows now is what it reads back later. */
    Instant now() {
        return timing.clock().instant().truncatedTo(ChronoUnit.MICROS);
    }

    long nanoTime() {
        return timing.nanoTime().getAsLong();
    }

    /** A random id. */
    UUID newId() {
        return new UUID(timing.random().nextLong(), timing.random().nextLong());
    }

    // ---- the database

    /** The engine's flow; asks the database who it is when it is first wanted. */
    Flow flow() {
        Flow known = flow;
        return known != null ? known : discover();
    }

    private Flow discover() {
        discovering.lock();
        try {
            Flow known = flow;
            return known != null ? known : ask();
        } finally {
            discovering.unlock();
        }
    }

    private Flow ask() {
        try (Connection connection = dataSource.getConnection()) {
            EngineProfile profile = EngineProfile.read(connection);
            if (profile.multiWriter() && !settings.oneWriterCluster()) {
                throw new IllegalStateException(
                        "This server is a member of a Galera cluster, whose row locks are local to a"
                                + " node: two writing nodes commit write skew. Send all writes to one node and say so with"
                                + " Rowlock.on(...).oneWriterCluster()");
            }
            Flow found = switch (profile.engine()) {
                case POSTGRESQL -> new PostgresFlow(profile);
                case MARIADB -> new MariaDbFlow(profile);
                case MYSQL -> new MySqlFlow(profile);
                case SQLITE -> new SqliteFlow(profile, SqliteQueue.of(SqliteFlow.fileOf(connection)));
            };
            flow = found;
            return found;
        } catch (SQLException failed) {
            throw Session.noConnection(failed, "rowlock");
        }
    }

    Engine engine() {
        return flow().engine();
    }

    /** Does once per physical connection what it needs; true if this is the first time we see it. */
    boolean isNew(Connection connection) throws SQLException {
        Connection physical =
                connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
        return preparedConnections.putIfAbsent(physical, Boolean.TRUE) == null;
    }

    /** Somebody changed the connection's settings: look at them again next time. */
    void forget(Connection connection) throws SQLException {
        preparedConnections.remove(connection.unwrap(Connection.class));
    }

    /** Holds a table's description against the database, once. */
    void check(TableDef<?, ?> table, Connection connection) throws SQLException {
        if (checkedTables.contains(table)) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery(table.probe())) {
            table.requireColumns(none.getMetaData());
        }
        checkedTables.add(table);
    }

    RowId rowId(TableDef<?, ?> table, Object key) {
        String name = table.physicalName();
        return new RowId(ranks.getOrDefault(name, Integer.MAX_VALUE), name, key, table);
    }

    // ---- events

    /** Tells the listener, if there is one; the event is made only then. */
    void tell(Supplier<RowlockEvent> event) {
        if (settings.listener() == null) {
            return;
        }
        try {
            settings.listener().on(event.get());
        } catch (RuntimeException failed) {
            if (listenerFailed.compareAndSet(false, true)) {
                LOG.log(Level.WARNING, "A Rowlock listener threw; this is told once", failed);
            }
        }
    }

    /**
     * Tells the listener, and the log the first time: something a developer should look at.
     *
     * @param about what the log is told once about; bounded in number
     */
    void warn(String about, String what, Supplier<RowlockEvent> event) {
        if (warned.size() < WARNINGS_MAX && warned.add(about)) {
            LOG.log(Level.WARNING, what);
        }
        tell(event);
    }
}
