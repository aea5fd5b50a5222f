package io.rowlock.app.lottery;

import io.rowlock.Rowlock;
import io.rowlock.app.serve.Greeting;
import io.rowlock.app.serve.LockOrder;
import io.rowlock.app.serve.ServeSettings;
import java.time.ZoneId;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The parts of the lottery, put together. */
@Configuration(proxyBeanMethods = false)
class LotteryConfiguration {

    @Bean
    LockOrder lotteryLockOrder() {
        return new LockOrder(LotteryTables.ORDER);
    }

    @Bean
    LotteryService lotteryService(Rowlock rowlock, ZoneId zone) {
        return new LotteryService(rowlock, zone);
    }

    @Bean
    LotteryQueries lotteryQueries(Rowlock rowlock) {
        return new LotteryQueries(rowlock);
    }

    @Bean
    LotterySamples lotterySamples(Rowlock rowlock, LotteryService lottery) {
        return new LotterySamples(rowlock, lottery);
    }

    /** Before the first request: the web server opens its port after this. */
    @Bean
    SmartInitializingSingleton loadLotterySamples(LotterySamples samples, ServeSettings settings) {
        return () -> {
            if (settings.samples()) {
                samples.loadIfEmpty();
            }
        };
    }

    @Bean
    Greeting lotteryGreeting(LotterySamples samples) {
        return samples::commands;
    }
}
