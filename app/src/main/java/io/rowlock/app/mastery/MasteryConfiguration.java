package io.rowlock.app.mastery;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.LearningEvent;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.cache.Cache;
import io.rowlock.cache.Cached;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.SplittableRandom;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The parts of the mastery system, put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MasteryOptions.class)
@EnableScheduling
class MasteryConfiguration {

    @Bean
    LockOrder masteryLockOrder() {
        return new LockOrder(MasteryTables.ORDER);
    }

    @Bean
    MasteryMetrics masteryMetrics(MeterRegistry registry) {
        return new MasteryMetrics(registry);
    }

    @Bean
    Engine masteryEngine(ZoneId zone) {
        return new Engine(zone);
    }

    @Bean
    LearnerUnits learnerUnits(Engine engine, MasteryOptions options) {
        return new LearnerUnits(engine, options.rewards().delay());
    }

    @Bean
    Rollout masteryRollout(MasteryOptions options) {
        return new Rollout(
                options.transactionalPersistence().enabled(),
                options.transactionalPersistence().percent());
    }

    @Bean
    Mastery mastery(
            Rowlock rowlock,
            Engine engine,
            LearnerUnits units,
            Rollout rollout,
            MasteryMetrics metrics,
            MasteryOptions options) {
        return new Mastery(
                rowlock,
                units,
                new GuardedPersistence(rowlock, units, options.decisionTimeout()),
                new PlainPersistence(rowlock, engine, units, options.decisionTimeout()),
                rollout,
                new CircuitBreaker(System::nanoTime),
                metrics,
                options.lockTimeout(),
                options.decisionTimeout(),
                System::nanoTime);
    }

    @Bean
    DelayedRewards delayedRewards(Rowlock rowlock, LearnerUnits units, MasteryMetrics metrics, MasteryOptions options) {
        return new DelayedRewards(rowlock, units, metrics, options.lockTimeout(), System::nanoTime);
    }

    @Bean
    Consistency masteryConsistency(Rowlock rowlock, LearnerUnits units, MasteryMetrics metrics) {
        return new Consistency(rowlock, units, metrics);
    }

    @Bean
    Learners learners(Cache cache) {
        return new Learners(cache);
    }

    @Bean
    MasteryQueries masteryQueries(Rowlock rowlock) {
        return new MasteryQueries(rowlock);
    }

    @Bean
    UnitTimes amasUnitTimes(MeterRegistry registry) {
        return new UnitTimes(registry, "amas-");
    }

    /**
     * Before the first request: what a decision needs is loaded by then, so that the first one is within its time like any other. Nothing is
     * stored.
     */
    @Bean
    SmartInitializingSingleton prepareMastery(Engine engine, Learners learners) {
        return () -> {
            Instant then = Instant.EPOCH;
            Learner learner = engine.process(
                            Learner.fresh(1),
                            LearningEvent.answer("word", true, 2000, then),
                            Engine.Options.DEFAULT,
                            new SplittableRandom(1))
                    .after();
            Learner unused = LearnerRows.learner(LearnerRows.state("", learner, then, then), learner.model());
            Optional<Cached<StateRow>> unusedToo = learners.find("");
        };
    }

    @Bean
    MasteryJobs masteryJobs(DelayedRewards rewards, Consistency consistency, MasteryOptions options) {
        return new MasteryJobs(rewards, consistency, options);
    }

    /** After those of the systems that came before. */
    @Bean
    @Order
    Greeting masteryGreeting() {
        return MasterySamples::commands;
    }
}
