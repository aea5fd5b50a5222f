package io.rowlock.app.credits;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.app.limit.CallLimit;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.app.serve.ServeSettings;
import java.time.ZoneId;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** The parts of the credits, put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(CreditOptions.class)
class CreditConfiguration {
    private static final Logger LOG = LoggerFactory.getLogger(CreditConfiguration.class);

    @Bean
    LockOrder creditLockOrder() {
        return new LockOrder(CreditTables.ORDER);
    }

    @Bean
    Majors majors(Rowlock rowlock) {
        return new Majors(rowlock);
    }

    @Bean
    Accesses accesses(Rowlock rowlock, ZoneId zone, CreditOptions options) {
        return new Accesses(rowlock, zone, new CallLimit(options.rateLimit()));
    }

    @Bean
    CreditQueries creditQueries(Rowlock rowlock) {
        return new CreditQueries(rowlock);
    }

    @Bean
    Monitor creditMonitor(Rowlock rowlock) {
        return new Monitor(rowlock);
    }

    @Bean
    UnitTimes creditsUnitTimes(MeterRegistry registry) {
        return new UnitTimes(registry, "credits-");
    }

    @Bean
    GrantRepair grantRepair(Rowlock rowlock, DataSource dataSource) {
        return new GrantRepair(rowlock, dataSource);
    }

    @Bean
    CreditSamples creditSamples(Rowlock rowlock) {
        return new CreditSamples(rowlock);
    }

    /** Before the first request: the web server opens its port after this. */
    @Bean
    SmartInitializingSingleton prepareCredits(CreditSamples samples, GrantRepair repair, ServeSettings settings) {
        return () -> {
            if (settings.samples()) {
                samples.loadIfEmpty();
            }
            if (!repair.keysMissing().isEmpty()) {
                LOG.warn(
                        "The ledger of credits lacks unique keys: PUT /api/credits/maintenance/repair adds them (keys={})",
                        repair.keysMissing());
            }
        };
    }

    /** After the lottery's, which the front page is about. */
    @Bean
    @Order
    Greeting creditGreeting(CreditSamples samples) {
        return samples::commands;
    }
}
