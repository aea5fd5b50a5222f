package io.rowlock.app.lottery;

import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.app.metrics.UnitTimes;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.app.serve.ServeSettings;
import java.security.SecureRandom;
import java.time.ZoneId;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.EnableScheduling;
import tools.jackson.databind.json.JsonMapper;

/** The parts of the lottery, put together. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LotteryOptions.class)
@EnableScheduling
class LotteryConfiguration {

    @Bean
    LockOrder lotteryLockOrder() {
        return new LockOrder(LotteryTables.ORDER);
    }

    @Bean
    Users users(Rowlock rowlock) {
        return new Users(rowlock);
    }

    @Bean
    Balances balances(Rowlock rowlock) {
        return new Balances(rowlock);
    }

    @Bean
    FreePlays freePlays(Rowlock rowlock, ZoneId zone) {
        return new FreePlays(rowlock, zone);
    }

    @Bean
    Products products(Rowlock rowlock) {
        return new Products(rowlock);
    }

    @Bean
    Rounds rounds(Rowlock rowlock) {
        return new Rounds(rowlock);
    }

    @Bean
    Draws draws(Rowlock rowlock) {
        return new Draws(rowlock, new SecureRandom());
    }

    @Bean
    AutomaticDraw automaticDraw(Rowlock rowlock, Draws draws, LotteryOptions options) {
        return new AutomaticDraw(rowlock, draws, options.drawWhenFull());
    }

    @Bean
    Purchases purchases(Rowlock rowlock, FreePlays freePlays, AutomaticDraw draw, LotteryOptions options) {
        return new Purchases(rowlock, freePlays, new RateLimit(options.rateLimit()), draw::soon);
    }

    @Bean
    Orders orders(Rowlock rowlock) {
        return new Orders(rowlock);
    }

    @Bean
    Transfers transfers(Rowlock rowlock) {
        return new Transfers(rowlock);
    }

    @Bean
    Recharges recharges(Rowlock rowlock) {
        return new Recharges(rowlock);
    }

    @Bean
    Payments payments(Rowlock rowlock) {
        return new Payments(rowlock);
    }

    @Bean
    Expiry expiry(Rowlock rowlock, LotteryQueries queries) {
        return new Expiry(rowlock, queries);
    }

    @Bean
    ExpiryJob expiryJob(Expiry expiry, LotteryOptions options) {
        return new ExpiryJob(expiry, options.expireOrders().every());
    }

    @Bean
    BalanceBatches balanceBatches(Rowlock rowlock, JsonMapper json) {
        return new BalanceBatches(rowlock, json);
    }

    @Bean
    Monitor monitor(Rowlock rowlock) {
        return new Monitor(rowlock);
    }

    @Bean
    UnitTimes lotteryUnitTimes(MeterRegistry registry) {
        return new UnitTimes(registry, "lottery-");
    }

    @Bean
    LotteryQueries lotteryQueries(Rowlock rowlock) {
        return new LotteryQueries(rowlock);
    }

    @Bean
    LotterySamples lotterySamples(Rowlock rowlock) {
        return new LotterySamples(rowlock);
    }

    /** Before the first request: the web server opens its port after this. */
    @Bean
    SmartInitializingSingleton loadLotterySamples(LotterySamples samples, AutomaticDraw draw, ServeSettings settings) {
        return () -> {
            if (settings.samples()) {
                samples.loadIfEmpty();
            }
            draw.start();
        };
    }

    @Bean
    @Order(0)
    Greeting lotteryGreeting(LotterySamples samples) {
        return samples::commands;
    }
}
