package io.rowlock.app.credits;

import io.rowlock.app.limit.LimitOptions;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The options of the credits; {@code application.yaml} has their defaults.
 *
 * @param rateLimit how often a student may report that a course is finished
 */
@ConfigurationProperties("rowlock.credits")
record CreditOptions(LimitOptions rateLimit) {}
