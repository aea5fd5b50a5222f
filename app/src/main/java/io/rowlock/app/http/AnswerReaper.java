package io.rowlock.app.http;

import io.rowlock.Rowlock;
import io.rowlock.RowlockException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Clears away the answers of {@link Idempotent} that have expired. Several instances may do it at once. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class AnswerReaper {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerReaper.class);
    private static final int AT_ONCE = 1000;

    private final Rowlock rowlock;

    AnswerReaper(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    @Scheduled(initialDelay = 1, fixedDelay = 10, timeUnit = TimeUnit.MINUTES)
    void reap() {
        try {
            int reaped;
            do {
                reaped = rowlock.reapOnce(AT_ONCE);
            } while (reaped == AT_ONCE);
        } catch (RowlockException failed) {
            LOG.warn("Expired answers were not cleared away, the next run does it (error={})", failed.toString());
        }
    }
}
