package io.rowlock.app.serve;

import com.zaxxer.hikari.HikariDataSource;
import io.rowlock.Rowlock;
import io.rowlock.RowlockTables;
import io.rowlock.Table;
import io.rowlock.cache.Cache;
import io.rowlock.cache.CacheBuilder;
import io.rowlock.event.RowlockListener;
import java.sql.SQLException;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;

/** The web application: what the systems share. They are found by scanning, each in its own package. */
@SpringBootApplication(scanBasePackages = "io.rowlock.app", proxyBeanMethods = false)
class Application {

    /** Closed with {@link OpenDatabase}, which came before. */
    @Bean(destroyMethod = "")
    HikariDataSource dataSource(OpenDatabase database) {
        return database.pool();
    }

    @Bean
    @DependsOnDatabaseInitialization
    Rowlock rowlock(HikariDataSource dataSource, List<LockOrder> orders, List<RowlockListener> listeners)
            throws SQLException {
        List<String> created = RowlockTables.createMissing(dataSource);
        if (!created.isEmpty()) {
            org.slf4j.LoggerFactory.getLogger(Application.class).info("Created {}", created);
        }
        return Rowlock.on(dataSource)
                .order(orders.stream().flatMap(order -> order.tables().stream()).toArray(Table<?, ?>[]::new))
                .listener(event -> listeners.forEach(listener -> listener.on(event)))
                .build();
    }

    /**
     * With the regions of the systems, also where there is no Redis: a server that has none still has to say when it writes what others keep.
     */
    @Bean
    Cache cache(Rowlock rowlock, OpenRedis redis) {
        CacheBuilder cache = Cache.on(rowlock);
        return redis.tier().map(cache::tier).orElse(cache).build();
    }
}
