package io.rowlock.app.story.upkeep;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.serve.ServeSettings;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of the upkeep, put together. */
@Configuration(proxyBeanMethods = false)
class UpkeepConfiguration {

    @Bean
    Monitor storyMonitor(Rowlock rowlock, MeterRegistry registry) {
        return new Monitor(rowlock, registry);
    }

    @Bean
    UnitTimes storyUnitTimes(MeterRegistry registry) {
        return new UnitTimes(registry, "story-");
    }

    @Bean
    Cleanup storyCleanup(Rowlock rowlock) {
        return new Cleanup(rowlock);
    }

    @Bean
    StoryBackup storyBackup(Rowlock rowlock, DataSource dataSource, ServeSettings settings) {
        return new StoryBackup(rowlock, dataSource, settings.data().resolve("backups"));
    }
}
