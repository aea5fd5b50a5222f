package io.rowlock.app.sync;

import io.rowlock.LeaseLost;
import io.rowlock.RetriesExhausted;
import io.rowlock.Rowlock;
import io.rowlock.RowlockBuilder;
import io.rowlock.Table;
import io.rowlock.Timing;
import io.rowlock.Tx;
import io.rowlock.app.naive.NaiveSync;
import io.rowlock.app.races.Stand;
import io.rowlock.app.sync.InstanceLocks.Answer;
import io.rowlock.app.sync.InstanceLocks.Hold;
import io.rowlock.app.sync.SyncTables.RecordRow;
import io.rowlock.app.sync.remote.AllowedAddresses;
import io.rowlock.app.sync.remote.RemoteAccount;
import io.rowlock.app.sync.remote.RemoteInstance;
import io.rowlock.app.sync.remote.RemoteSource;
import io.rowlock.app.sync.remote.Stop;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Steps;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;

/** Two instances and sessions over them, on a stand with no others: what races of the service begin with. */
final class SyncScene {
    private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(5);
    private static final Instant NOON = Instant.parse("2024-05-01T12:00:00Z");
    private static final List<RemoteAccount> FOUND = List.of(
            new RemoteAccount("ann", "role", new TreeMap<>()), new RemoteAccount("bob", "role", new TreeMap<>()));

    private final Stand stand;
    private final Rowlock setUp;
    private final Map<UUID, Long> nextTokens = new HashMap<>();
    final UUID one;
    final UUID two;

    /** Clears the tables of the sync, and takes two instances in. */
    SyncScene(Stand stand) {
        this.stand = stand;
        stand.execute("DELETE FROM sync_sessions", "DELETE FROM instances", "DELETE FROM rowlock_lease");
        setUp = inOrder(stand.setUp());
        Instances instances = new Instances(setUp, new AllowedAddresses(Set.of("*"), List.of()));
        one = orThrow(instances.register("one", new RemoteInstance("jdbc:mariadb://one/d", null, null)))
                .id();
        two = orThrow(instances.register("two", new RemoteInstance("jdbc:mariadb://two/d", null, null)))
                .id();
        // Both have been held before: what is made for an instance's first time is no part of these races.
        for (UUID instance : List.of(one, two)) {
            Answer answer = LeaseLocks.unrenewed(setUp, LOCK_TIMEOUT).tryLock(instance, new UUID(0, 8));
            if (!(answer instanceof Answer.Had had)) {
                throw new IllegalStateException("Not set up (answer=" + answer + ")");
            }
            nextTokens.put(instance, had.hold().token() + 1);
            had.hold().close();
        }
    }

    private static Rowlock inOrder(RowlockBuilder builder) {
        return builder.order(SyncTables.ORDER.toArray(Table<?, ?>[]::new)).build();
    }

    private static <T> T orThrow(Outcome<T> outcome) {
        return outcome.fold(done -> done, refusal -> {
            throw new IllegalStateException("Not set up (refusal=" + refusal + ")");
        });
    }

    /** A session over instances, whose records are pending. */
    UUID session(UUID... instances) {
        Sessions sessions = new Sessions(setUp);
        UUID id = sessions.create(Optional.empty(), SyncType.MANUAL_BATCH, SyncCategory.ACCOUNT, "race")
                .sessionId();
        return orThrow(sessions.add(id, List.of(instances))).sessionId();
    }

    RecordRow record(UUID session, UUID instance) {
        return new SyncQueries(setUp)
                .session(session).orElseThrow().records().stream()
                        .filter(record -> record.instanceId().equals(instance))
                        .findFirst()
                        .orElseThrow();
    }

    /** The same, with work on it begun under a hold with this token. */
    RecordRow begun(UUID session, UUID instance, long token) {
        InstanceRecords records = new InstanceRecords(setUp);
        boolean begun =
                records.start(record(session, instance), new Sure(token)).isPresent();
        if (!begun) {
            throw new IllegalStateException("Not begun");
        }
        return record(session, instance);
    }

    /** The token under which an instance is had next. */
    long nextToken(UUID instance) {
        return Objects.requireNonNull(nextTokens.get(instance));
    }

    /** Has an instance held by a process of which nothing is heard. */
    void locked(UUID instance) {
        Answer unused = LeaseLocks.unrenewed(setUp, Duration.ofHours(1)).tryLock(instance, new UUID(0, 9));
    }

    /** A scenario that begins here, without actors. */
    Scenario scenario(String name) {
        return stand.asItIs(name).contention(RetriesExhausted.class::isInstance);
    }

    /** A hold that nobody disputes: for races that are about something else. */
    private record Sure(long token) implements Hold {
        @Override
        public void fence(Tx tx) {
            // Nobody else has the instance.
        }

        @Override
        public void close() {
            // Nothing is held.
        }
    }

    // ---- what actors do, each on a node of the service that has just begun

    /** A node whose clock is so much ahead of the others'. */
    private Rowlock node(int number, Duration ahead) {
        return inOrder(stand.node(number)
                .timing(new Timing(
                        Clock.fixed(NOON.plus(ahead), ZoneOffset.UTC),
                        System::nanoTime,
                        nanos -> {},
                        new SplittableRandom(number))));
    }

    private Rowlock node(int number) {
        return node(number, Duration.ZERO);
    }

    /** Syncs an instance as the service does. */
    String sync(int node, RecordRow record) {
        return sync(node(node), record, (instance, stop) -> {
            Steps.pass("remote.read");
            return FOUND;
        });
    }

    /** The same where the instance answers nonsense. */
    String syncBroken(int node, RecordRow record) {
        return sync(node(node), record, (instance, stop) -> {
            Steps.pass("remote.read");
            throw new IllegalStateException("Nonsense");
        });
    }

    private static String sync(Rowlock rowlock, RecordRow record, RemoteSource source) {
        String[] told = {"not begun"};
        SyncListener listener = new SyncListener() {
            @Override
            public void record(RecordStatus status, String code) {
                told[0] = status.text() + (code.isEmpty() ? "" : " " + code);
            }
        };
        InstanceSync.Result unused = new InstanceSync(
                        LeaseLocks.unrenewed(rowlock, LOCK_TIMEOUT), new InstanceRecords(rowlock), source, listener)
                .sync(record, new Stop());
        return told[0];
    }

    /**
     * Takes an instance, or is told that it is locked; the work would come now.
     *
     * @param ahead how much the node's clock is ahead of the others'
     */
    String take(int node, UUID instance, UUID session, Duration ahead) {
        return LeaseLocks.unrenewed(node(node, ahead), LOCK_TIMEOUT)
                .tryLock(instance, session)
                .fold(hold -> "has it", holder -> "locked");
    }

    /** Stores what was found under a hold of its own, which somebody may have taken over. */
    String takeAndComplete(int node, RecordRow record) {
        Rowlock rowlock = node(node);
        return LeaseLocks.unrenewed(rowlock, LOCK_TIMEOUT)
                .tryLock(record.instanceId(), record.sessionId())
                .fold(
                        hold -> {
                            try {
                                return new InstanceRecords(rowlock)
                                        .complete(record, hold, FOUND, "{}")
                                        .map(view -> view.value().status())
                                        .orElse("not stored");
                            } catch (LeaseLost lost) {
                                return "lost";
                            }
                        },
                        holder -> "locked");
    }

    /** Another program writes the second instance. */
    String otherWrites() throws SQLException {
        return new NaiveSync(stand.dataSource(), stand.engine(), 0).touchInstance("two");
    }

    /** Lets the time-out of every lock pass. */
    String lockTimeoutPasses() throws SQLException {
        return new NaiveSync(stand.dataSource(), stand.engine(), 0).letLeasesExpire();
    }

    /** Another process is granted every lock whose time-out has passed. */
    String othersTakeOver() throws SQLException {
        return new NaiveSync(stand.dataSource(), stand.engine(), 0).takeLeasesOver();
    }

    /** Stores what was found, under a hold that nobody disputes. */
    String complete(int node, RecordRow record, long token) {
        return new InstanceRecords(node(node))
                .complete(record, new Sure(token), FOUND, "{}")
                .map(view -> view.value().status())
                .orElse("not stored");
    }

    String cancel(int node, UUID session) {
        return told(new Sessions(node(node)).cancel(session), row -> row.status());
    }

    String add(int node, UUID session, UUID instance) {
        return told(new Sessions(node(node)).add(session, List.of(instance)), row -> "added");
    }

    String delete(int node, UUID instance) {
        return told(
                new Instances(node(node), new AllowedAddresses(Set.of("*"), List.of())).delete(instance),
                row -> "deleted");
    }

    /** Removes every session that has ended: as if all of them had long ago. */
    int cleanUp(int node) {
        return new Sessions(node(node)).cleanUp(Duration.ofDays(-1));
    }

    private static <T> String told(Outcome<T> outcome, java.util.function.Function<T, String> done) {
        return outcome.fold(done, refusal -> refusal.getClass().getSimpleName());
    }
}
