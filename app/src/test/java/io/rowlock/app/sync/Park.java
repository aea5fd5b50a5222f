package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.app.Schema;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.SyncTables.SessionRow;
import io.rowlock.app.sync.audit.SyncAudit;
import io.rowlock.app.sync.remote.AllowedAddresses;
import io.rowlock.app.sync.remote.RemoteAccount;
import io.rowlock.app.sync.remote.RemoteFailure;
import io.rowlock.app.sync.remote.RemoteInstance;
import io.rowlock.app.sync.remote.RemoteSource;
import io.rowlock.app.sync.remote.Stop;
import io.rowlock.engines.Database;
import io.rowlock.engines.TestClock;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** The sync of a test without HTTP: instances that are there as far as the test says so, and nodes of the service. */
final class Park implements AutoCloseable {
    /** What the instances have; what is read of one is asked anew each time. */
    static final class Remotes implements RemoteSource {
        /** One reading. */
        @FunctionalInterface
        interface Reading {
            List<RemoteAccount> read(Stop stop) throws RemoteFailure;
        }

        private final Map<String, Reading> readings = new ConcurrentHashMap<>();
        final AtomicInteger now = new AtomicInteger();
        final AtomicInteger most = new AtomicInteger();

        @Override
        public List<RemoteAccount> read(RemoteInstance instance, Stop stop) throws RemoteFailure {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            try {
                return java.util.Objects.requireNonNull(readings.get(instance.url()))
                        .read(stop);
            } finally {
                now.decrementAndGet();
            }
        }
    }

    final Database database;
    final TestClock clock;
    final Remotes remotes = new Remotes();
    final Node first;
    final Rowlock rowlock;
    final Sessions sessions;
    final Instances instances;
    final SyncQueries queries;
    private final List<Node> nodes = new ArrayList<>();
    private static final AtomicInteger NAMES = new AtomicInteger();

    Park(Database database) {
        Schema.migrate(database);
        try {
            List<String> created = RowlockTables.createMissing(database.dataSource());
            assertThat(created).isNotNull();
        } catch (SQLException failed) {
            throw new AssertionError(failed);
        }
        this.database = database;
        this.clock = new TestClock();
        this.first = node();
        this.rowlock = first.rowlock;
        this.sessions = first.sessions;
        this.queries = first.queries;
        this.instances = new Instances(rowlock, new AllowedAddresses(java.util.Set.of("*"), List.of()));
    }

    /** A node of the service. */
    final class Node {
        final Rowlock rowlock;
        final Sessions sessions;
        final InstanceRecords records;
        final SyncQueries queries;
        final InstanceLocks locks;
        final InstanceSync sync;
        final SyncRunner runner;
        final SyncService service;

        private Node(DataSource dataSource, TestClock clock, Duration lockTimeout) {
            Timing system = Timing.system();
            rowlock = Rowlock.on(dataSource)
                    .order(SyncTables.ORDER.toArray(Table<?, ?>[]::new))
                    .timing(new Timing(clock, system.nanoTime(), system.sleeper(), system.random()))
                    .build();
            sessions = new Sessions(rowlock);
            records = new InstanceRecords(rowlock);
            queries = new SyncQueries(rowlock);
            locks = new LeaseLocks(rowlock, lockTimeout, Duration.ofMinutes(10));
            sync = new InstanceSync(locks, records, remotes, SyncListener.NONE);
            runner = new SyncRunner(
                    sync, queries, SyncListener.NONE, new SyncRunner.Limits(4, 4, 8, lockTimeout.plusSeconds(10)));
            service = new SyncService(rowlock, sessions, queries, runner, 8);
        }
    }

    Node node() {
        return node(database.dataSource(), clock, Duration.ofMinutes(5));
    }

    Node node(DataSource dataSource, TestClock clock, Duration lockTimeout) {
        Node node = new Node(dataSource, clock, lockTimeout);
        nodes.add(node);
        return node;
    }

    // ---- instances

    /** Takes an instance in that has these accounts. */
    UUID instance(String... accounts) {
        return instance(stop -> accounts(accounts));
    }

    UUID instance(Remotes.Reading reading) {
        String name = "instance-" + NAMES.incrementAndGet();
        String url = "jdbc:postgresql://host/" + name;
        UUID id = done(instances.register(name, new RemoteInstance(url, null, null)))
                .id();
        remotes.readings.put(url, reading);
        return id;
    }

    /** From now on the instance has these accounts. */
    void change(UUID instance, Remotes.Reading reading) {
        remotes.readings.put(queries.instance(instance).orElseThrow().url(), reading);
    }

    static List<RemoteAccount> accounts(String... names) {
        return java.util.Arrays.stream(names)
                .map(name -> new RemoteAccount(
                        name.split("=", 2)[0],
                        "role",
                        new TreeMap<>(Map.of("login", name.contains("=") ? name.split("=", 2)[1] : "true"))))
                .toList();
    }

    /** What is stored of an instance: names with a minus for what is gone. */
    List<String> stored(UUID instance) {
        return queries.accounts(instance, true, 500).orElseThrow().stream()
                .map(account -> (account.isActive() ? "" : "-") + account.name())
                .toList();
    }

    // ---- sessions

    /** A session of these instances that nobody works on yet. */
    UUID session(UUID... instanceIds) {
        UUID id = sessions.create(Optional.empty(), SyncType.MANUAL_BATCH, SyncCategory.ACCOUNT, "test")
                .sessionId();
        SessionRow unused = done(sessions.add(id, List.of(instanceIds)));
        return id;
    }

    SessionRow row(UUID session) {
        return queries.session(session).orElseThrow().session();
    }

    List<RecordRow> records(UUID session) {
        return queries.session(session).orElseThrow().records();
    }

    RecordRow record(UUID session, UUID instance) {
        return records(session).stream()
                .filter(record -> record.instanceId().equals(instance))
                .findFirst()
                .orElseThrow();
    }

    /** A session in text: its status, then total/successful/failed. */
    String told(UUID session) {
        SessionRow row = row(session);
        return row.status() + " " + row.totalInstances() + "/" + row.successfulInstances() + "/"
                + row.failedInstances();
    }

    static <T> T done(Outcome<T> outcome) {
        return outcome.fold(done -> done, refusal -> {
            throw new AssertionError(refusal.toString());
        });
    }

    static Refusal refused(Outcome<?> outcome) {
        return outcome.fold(
                done -> {
                    throw new AssertionError("Not refused: " + done);
                },
                refusal -> refusal);
    }

    // ---- the database

    long number(String sql) {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        } catch (SQLException failed) {
            throw new AssertionError("Not read (sql=" + sql + ")", failed);
        }
    }

    List<Finding> wrong() {
        try (Connection connection = database.dataSource().getConnection()) {
            return SyncAudit.run(connection).stream()
                    .filter(finding -> !finding.holds())
                    .toList();
        } catch (SQLException failed) {
            throw new AssertionError("Not audited", failed);
        }
    }

    void isRight() {
        assertThat(wrong()).isEmpty();
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.service.close());
    }
}
