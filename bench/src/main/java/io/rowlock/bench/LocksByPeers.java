package io.rowlock.bench;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider.Configuration;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.integration.jdbc.lock.DefaultLockRepository;
import org.springframework.integration.jdbc.lock.JdbcLockRegistry;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/** Locks of other libraries, set as their manuals say. What it opened it closes. */
final class LocksByPeers implements AutoCloseable {
    /** What Spring's registry waits between its looks at the table unless it is told otherwise. */
    static final Duration SPRING_IDLE = Duration.ofMillis(100);

    private static final Duration LENGTH = Duration.ofSeconds(30);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Kept, because loggers that nobody keeps forget their level. */
    private static final Logger SPRING_LOG = Logger.getLogger("org.springframework");

    private final Rig rig;
    private final List<HikariDataSource> pools = new ArrayList<>();
    private final List<RedissonClient> clients = new ArrayList<>();

    LocksByPeers(Rig rig) {
        this.rig = rig;
        SPRING_LOG.setLevel(Level.SEVERE);
    }

    static void createTables(Rig rig) {
        String timestamp = rig.engine() == Engine.MARIADB ? "DATETIME(3)" : "TIMESTAMP";
        rig.execute("""
                CREATE TABLE INT_LOCK (
                    LOCK_KEY      CHAR(36) NOT NULL,
                    REGION        VARCHAR(100) NOT NULL,
                    CLIENT_ID     CHAR(36),
                    CREATED_DATE  %1$s NOT NULL,
                    EXPIRED_AFTER %1$s NOT NULL,
                    CONSTRAINT INT_LOCK_PK PRIMARY KEY (LOCK_KEY, REGION))
                """.formatted(timestamp), """
                CREATE TABLE shedlock (
                    name       VARCHAR(64) NOT NULL PRIMARY KEY,
                    lock_until %1$s NOT NULL,
                    locked_at  %1$s NOT NULL,
                    locked_by  VARCHAR(255) NOT NULL)
                """.formatted(timestamp));
    }

    private HikariDataSource pool(String name, int connections) {
        HikariDataSource pool = rig.instance(name, connections);
        pools.add(pool);
        return pool;
    }

    // ---- Spring Integration

    /** Registries, one an instance. */
    List<JdbcLockRegistry> spring(Layout layout, Duration idle) {
        List<JdbcLockRegistry> registries = new ArrayList<>();
        for (int i = 0; i < layout.instances(); i++) {
            DataSource pool = pool("spring", layout.threadsEach() + 1);
            DefaultLockRepository repository = new DefaultLockRepository(pool);
            repository.setTransactionManager(new DataSourceTransactionManager(pool));
            if (rig.engine() == Engine.POSTGRESQL) {
                // As its manual says for PostgreSQL: otherwise whoever comes second meets an exception.
                repository.setInsertQuery(repository.getInsertQuery() + " ON CONFLICT DO NOTHING");
            }
            repository.afterPropertiesSet();
            repository.afterSingletonsInstantiated();
            repository.start();
            JdbcLockRegistry registry = new JdbcLockRegistry(repository);
            registry.setIdleBetweenTries(idle);
            registries.add(registry);
        }
        return registries;
    }

    static Locking spring(JdbcLockRegistry registry, String name) {
        Lock lock = registry.obtain(name);
        return inside -> {
            lock.lock();
            try {
                inside.enter(Locking.Inside.NO_TOKEN);
            } finally {
                lock.unlock();
            }
        };
    }

    // ---- ShedLock

    /** With the database's clock; who finds it taken comes again in a millisecond, for which ShedLock is not made. */
    Locking shedLock(String name) {
        LockProvider provider = new JdbcTemplateLockProvider(Configuration.builder()
                .withJdbcTemplate(new JdbcTemplate(pool("shedlock", 2)))
                .usingDbTime()
                .build());
        return inside -> {
            Optional<SimpleLock> lock = shedLock(provider, name);
            while (lock.isEmpty()) {
                LockSupport.parkNanos(POLL_NANOS);
                lock = shedLock(provider, name);
            }
            inside.enter(Locking.Inside.NO_TOKEN);
            lock.get().unlock();
        };
    }

    private static Optional<SimpleLock> shedLock(LockProvider provider, String name) {
        return provider.lock(new LockConfiguration(Instant.now(), name, LENGTH, Duration.ZERO));
    }

    // ---- Redisson

    /** Clients, one an instance. */
    List<RedissonClient> redisson(Layout layout, RedisServer redis) {
        List<RedissonClient> opened = new ArrayList<>();
        for (int i = 0; i < layout.instances(); i++) {
            RedissonClient client = connect(redis);
            clients.add(client);
            opened.add(client);
        }
        return opened;
    }

    /** A client with the defaults, which the caller shuts down. */
    static RedissonClient connect(RedisServer redis) {
        Config config = new Config();
        config.setPassword(redis.password());
        config.useSingleServer().setAddress("redis://" + redis.host() + ":" + redis.port());
        return Redisson.create(config);
    }

    /** Renewed by Redisson's watchdog while it is held, as a lease of Rowlock's is. */
    static Locking redisson(RedissonClient client, String name) {
        RLock lock = client.getLock(name);
        return inside -> {
            lock.lock();
            try {
                inside.enter(Locking.Inside.NO_TOKEN);
            } finally {
                lock.unlock();
            }
        };
    }

    /** For 30 seconds and then no more: no watchdog. */
    static Locking redissonUnrenewed(RedissonClient client, String name) {
        RLock lock = client.getLock(name);
        return inside -> {
            lock.lock(LENGTH.toSeconds(), TimeUnit.SECONDS);
            try {
                inside.enter(Locking.Inside.NO_TOKEN);
            } finally {
                lock.unlock();
            }
        };
    }

    @Override
    public void close() {
        clients.forEach(RedissonClient::shutdown);
        pools.forEach(HikariDataSource::close);
    }
}
