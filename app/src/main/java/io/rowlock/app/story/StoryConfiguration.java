package io.rowlock.app.story;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.app.serve.ServeSettings;
import io.rowlock.app.story.model.StoryTables;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** The parts of the stories, put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoryOptions.class)
class StoryConfiguration {

    @Bean
    LockOrder storyLockOrder() {
        return new LockOrder(StoryTables.ORDER);
    }

    @Bean
    StoryEvents storyEvents(MeterRegistry registry) {
        return new StoryMetrics(registry);
    }

    @Bean
    Stories stories(Rowlock rowlock, StoryEvents events) {
        return new Stories(rowlock, events);
    }

    @Bean
    MergeAndRetry storyMerging(Rowlock rowlock, Stories stories, StoryOptions options, StoryEvents events) {
        return new MergeAndRetry(rowlock, stories, options.retry(), Timing.system(), events);
    }

    @Bean
    ManagedStories managedStories(Rowlock rowlock, StoryOptions options) {
        return new ManagedStories(rowlock, options.lockTimeout());
    }

    @Bean
    StoryQueries storyQueries(Rowlock rowlock) {
        return new StoryQueries(rowlock);
    }

    @Bean
    StorySamples storySamples(Rowlock rowlock) {
        return new StorySamples(rowlock);
    }

    /** Before the first request: the web server opens its port after this. */
    @Bean
    SmartInitializingSingleton prepareStories(StorySamples samples, ServeSettings settings) {
        return () -> {
            if (settings.samples()) {
                samples.loadIfEmpty();
            }
        };
    }

    /** After those of the systems that came before. */
    @Bean
    @Order
    Greeting storyGreeting(StorySamples samples) {
        return samples::commands;
    }
}
