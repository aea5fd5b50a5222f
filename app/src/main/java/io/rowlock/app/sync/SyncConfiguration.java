package io.rowlock.app.sync;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.app.serve.ServeSettings;
import io.rowlock.app.sync.remote.Credentials;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The parts of the sync as beans. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SyncOptions.class)
@EnableScheduling
class SyncConfiguration {

    @Bean
    LockOrder syncLockOrder() {
        return new LockOrder(SyncTables.ORDER);
    }

    @Bean
    SyncMetrics syncMetrics(MeterRegistry registry) {
        return new SyncMetrics(registry);
    }

    @Bean
    SyncParts syncParts(
            Rowlock rowlock, SyncOptions options, ServeSettings settings, SyncMetrics metrics, OpenDatabase database) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        // Nobody else knows it, and it is written nowhere.
        database.started()
                .map(DatabaseChoice.Given::password)
                .ifPresent(password -> environment.put(Credentials.variable(SyncSamples.OWN_SERVER), password));
        return new SyncParts(rowlock, options, settings.data(), metrics, environment, UnaryOperator.identity());
    }

    @Bean
    Sessions syncSessions(SyncParts parts) {
        return parts.sessions;
    }

    @Bean
    Instances syncInstances(SyncParts parts) {
        return parts.instances;
    }

    @Bean
    SyncQueries syncQueries(SyncParts parts) {
        return parts.queries;
    }

    /** Closed with its parts. */
    @Bean(destroyMethod = "")
    SyncService syncService(SyncParts parts) {
        return parts.service;
    }

    @Bean
    Monitor syncMonitor(SyncParts parts) {
        return parts.monitor;
    }

    @Bean
    UnitTimes syncUnitTimes(MeterRegistry registry) {
        return new UnitTimes(registry, "sync-");
    }

    @Bean
    SyncJobs syncJobs(SyncService service, Sessions sessions, SyncOptions options) {
        return new SyncJobs(service, sessions, options);
    }

    /** Before the first request: the web server opens its port after this. */
    @Bean
    SmartInitializingSingleton prepareSync(SyncParts parts, ServeSettings settings, OpenDatabase database) {
        return () -> {
            parts.monitor.requireSettings();
            if (settings.samples()) {
                parts.samples.loadIfEmpty();
                database.started().ifPresent(own -> parts.samples.takeIn(own.url(), own.user()));
            }
        };
    }

    /** Sessions end before the web server does, so that those who wait for one are answered that it was cancelled. */
    @Bean
    SmartLifecycle syncEnd(SyncParts parts) {
        return new SmartLifecycle() {
            private volatile boolean running;

            @Override
            public void start() {
                running = true;
            }

            @Override
            public void stop() {
                running = false;
                parts.close();
            }

            @Override
            public boolean isRunning() {
                return running;
            }
        };
    }

    /** After the lottery's, which the front page is about. */
    @Bean
    @Order
    Greeting syncGreeting(SyncParts parts) {
        return parts.samples::commands;
    }
}
