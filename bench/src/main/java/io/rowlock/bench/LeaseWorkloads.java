package io.rowlock.bench;

import io.rowlock.dialect.Engine;
import io.rowlock.engines.RedisServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;

/** What {@code bench leases} measures. What one of its workloads opened is closed with it, so that it serves for one at a time. */
final class LeaseWorkloads implements AutoCloseable {
    static final String UNCONTENDED = "uncontended";
    static final String CONTENDED = "contended";
    static final String FENCED = "fenced";

    /** Over how many instances of a client the threads are spread. */
    static final List<Integer> LAYOUTS = List.of(4, 1);

    /** What every layout has a thread for. */
    static final int THREADS_MIN = 4;

    static final String ROW = "row";
    static final String SESSION = "session-lock";
    static final String LEASE = "lease";
    static final String SPRING = "spring";
    static final String SPRING_BEST = "spring-best";
    static final String SHEDLOCK = "shedlock";
    static final String REDISSON = "redisson";
    static final String REDISSON_UNRENEWED = "redisson-30s";

    /** All names that {@code --only} takes. */
    static final List<String> NAMES = List.of(
            UNCONTENDED,
            CONTENDED,
            contended(4),
            contended(1),
            FENCED,
            ROW,
            SESSION,
            LEASE,
            SPRING,
            SPRING_BEST,
            SHEDLOCK,
            REDISSON,
            REDISSON_UNRENEWED);

    /** What the registry may wait between its looks, in search of what suits it best. */
    static final List<Duration> SPRING_IDLES =
            List.of(Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofMillis(50));

    private final Rig rig;
    private final @Nullable RedisServer redis;
    private final LocksByHand hand;
    private final LocksByPeers peers;
    private final LocksByRowlock rowlock;

    /**
     * On a rig whose tables are there.
     *
     * @param redis null to do without what needs it
     */
    LeaseWorkloads(Rig rig, @Nullable RedisServer redis) {
        this.rig = rig;
        this.redis = redis;
        this.hand = new LocksByHand(rig);
        this.peers = new LocksByPeers(rig);
        this.rowlock = new LocksByRowlock(rig);
    }

    static void createTables(Rig rig) throws SQLException {
        LocksByHand.createTable(rig);
        LocksByPeers.createTables(rig);
        LocksByRowlock.createTables(rig);
    }

    // ---- candidates that open what they need when they are first asked for a thread's way of locking

    /** Opens what all threads of a candidate share. */
    @FunctionalInterface
    private interface Opening {
        ByThread open() throws Exception;
    }

    @FunctionalInterface
    private interface ByThread {
        Locking of(int thread) throws Exception;
    }

    private static final class Candidates {
        private final List<Candidate> candidates = new ArrayList<>();
        private final Map<String, Exclusion> exclusions = new LinkedHashMap<>();

        Candidates add(String name, String title, Opening opening) {
            Exclusion exclusion = new Exclusion();
            ByThread[] opened = new ByThread[1];
            candidates.add(new Candidate(name, title, thread -> {
                if (opened[0] == null) {
                    opened[0] = opening.open();
                }
                return exclusion.op(opened[0].of(thread));
            }));
            exclusions.put(name, exclusion);
            return this;
        }

        LockWorkload workload(String name, String title, Layout layout) {
            return new LockWorkload(
                    new Workload(
                            name,
                            title,
                            candidates,
                            () -> exclusions.values().stream()
                                    .mapToLong(Exclusion::finished)
                                    .sum()),
                    layout,
                    exclusions);
        }
    }

    // ---- one thread, a lock that nobody else wants

    LockWorkload uncontended(boolean withPeers) {
        Layout alone = new Layout(1, 1);
        Candidates candidates = new Candidates()
                .add(ROW, "by hand: UPDATE .. RETURNING token; UPDATE", () -> thread -> hand.row(UNCONTENDED))
                .add(LEASE, "rowlock.leases().acquire, release", () -> rowlock.leases(alone, UNCONTENDED)::of);
        if (withPeers) {
            candidates.add(SPRING, "Spring Integration JdbcLockRegistry", () -> {
                List<JdbcLockRegistry> registries = peers.spring(alone, LocksByPeers.SPRING_IDLE);
                return thread -> LocksByPeers.spring(registries.get(0), UNCONTENDED);
            });
            if (rig.engine() != Engine.SQLITE) {
                candidates.add(
                        SHEDLOCK, "ShedLock JdbcTemplate, database time", () -> thread -> peers.shedLock(UNCONTENDED));
            }
            redisson(candidates, alone, UNCONTENDED);
        }
        return candidates.workload(UNCONTENDED, "take a lock that nobody else wants, and free it; 1 thread", alone);
    }

    // ---- many threads, one lock

    static String contended(int instances) {
        return CONTENDED + "-" + instances;
    }

    LockWorkload contended(Layout layout, boolean withPeers, Duration springBest) {
        String name = contended(layout.instances());
        Candidates candidates = new Candidates();
        if (rig.engine() != Engine.SQLITE) {
            candidates.add(
                    SESSION,
                    rig.engine() == Engine.POSTGRESQL
                            ? "by hand: pg_advisory_lock, pg_advisory_unlock"
                            : "by hand: GET_LOCK, RELEASE_LOCK",
                    () -> thread -> hand.session(layout.instances()));
        }
        candidates
                .add(ROW, "by hand: UPDATE .. RETURNING token, every 1 ms; UPDATE", () -> thread -> hand.row(name))
                .add(LEASE, "rowlock.leases().acquire, release", () -> rowlock.leases(layout, name)::of);
        if (withPeers) {
            spring(candidates, layout, SPRING, LocksByPeers.SPRING_IDLE);
            spring(candidates, layout, SPRING_BEST, springBest);
            redisson(candidates, layout, name);
        }
        return candidates.workload(
                name,
                "take a lock that all want, and free it; %d threads in %s"
                        .formatted(
                                layout.threads(),
                                layout.instances() == 1 ? "one instance" : layout.instances() + " instances"),
                layout);
    }

    /** Spring's registry with each idle time, to see which suits it best. */
    LockWorkload springIdles(Layout layout) {
        Candidates candidates = new Candidates();
        for (Duration idle : SPRING_IDLES) {
            spring(candidates, layout, idle.toString(), idle);
        }
        return candidates.workload("spring-idle", "what suits JdbcLockRegistry best", layout);
    }

    private void spring(Candidates candidates, Layout layout, String name, Duration idle) {
        candidates.add(name, "Spring Integration JdbcLockRegistry, idle " + idle.toMillis() + " ms", () -> {
            List<JdbcLockRegistry> registries = peers.spring(layout, idle);
            return thread ->
                    LocksByPeers.spring(registries.get(layout.of(thread)), contended(layout.instances()) + name);
        });
    }

    private void redisson(Candidates candidates, Layout layout, String name) {
        RedisServer server = redis;
        if (server == null) {
            return;
        }
        candidates.add(REDISSON, "Redisson RLock", () -> {
            List<RedissonClient> clients = peers.redisson(layout, server);
            return thread -> LocksByPeers.redisson(clients.get(layout.of(thread)), name + REDISSON);
        });
        candidates.add(REDISSON_UNRENEWED, "Redisson RLock, for 30 s without renewal", () -> {
            List<RedissonClient> clients = peers.redisson(layout, server);
            return thread -> LocksByPeers.redissonUnrenewed(clients.get(layout.of(thread)), name + REDISSON_UNRENEWED);
        });
    }

    // ---- a unit of work under a lease

    Workload fenced() {
        return new Workload(
                FENCED,
                "read a row and write it, under a lease of one's own",
                List.of(
                        new Candidate("unit", "rowlock.transact(read, update), no lease", rowlock::unit),
                        new Candidate("unfenced", "acquire; transact; release", rowlock::unfenced),
                        new Candidate("check", "acquire; transact(fence CHECK_AT_COMMIT); release", rowlock::checked),
                        new Candidate("pin", "acquire; transact(fence PIN); release", rowlock::pinned)),
                rig::operations);
    }

    @Override
    public void close() throws SQLException {
        rowlock.close();
        peers.close();
        hand.close();
    }
}
