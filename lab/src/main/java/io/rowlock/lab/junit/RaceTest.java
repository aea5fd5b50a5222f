package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs code under every schedule that may differ, once on each engine and at each level that it names.
 *
 * <pre>{@code
 * @RaceTest(isolation = Isolation.READ_COMMITTED)
 * void nobodyGetsTheLastTicketTwice(Race race) {
 *     race.execute("CREATE TABLE ticket (id INT PRIMARY KEY, sold INT NOT NULL, total INT NOT NULL)");
 *     Tickets tickets = new Tickets(race.dataSource());
 *     race.check(Scenario.named("two buyers of the last ticket")
 *             .reset("DELETE FROM ticket", "INSERT INTO ticket VALUES (1, 99, 100)")
 *             .actor(() -> tickets.buy(1))
 *             .actor(() -> tickets.buy(1)));
 * }
 * }</pre>
 *
 * <p>The method takes a {@link Race} and calls {@link Race#check} or {@link Race#requireViolation}: one that does neither
 * fails, since it could not fail. Each invocation has a database of its own, so methods may run at the same time; on a machine
 * without a processor to spare they take each other's time, and gain nothing.
 *
 * <p>The system property {@code rowlock.race.engines} (or {@code ROWLOCK_RACE_ENGINES}), such as {@code sqlite,postgresql},
 * restricts a run to some engines; a method that has none left is shown as skipped. An engine that is wanted and cannot be had
 * fails the test, with the ways to get it ({@link RaceDatabases}).
 *
 * @see Replay
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(RaceExtension.class)
@SuppressWarnings("exports") // how it works is nobody else's business
public @interface RaceTest {

    /** The engines to run on. None means all that can be had here. */
    Engine[] engines() default {};

    /**
     * The levels at which connections are lent. None means the one at which the database lends them. SQLite has one, and runs
     * once.
     */
    Isolation[] isolation() default {};

    /** The most schedules to run on an engine at a level. */
    int maxSchedules() default 10_000;

    /** The most seconds for them. */
    int maxSeconds() default 120;

    /**
     * Whether the test passes if that is not enough for all schedules and none of those that were run went wrong. By default it
     * fails: what was not run is not known.
     */
    boolean partial() default false;

    /** A statement that each connection begins with, such as a switch of the engine. */
    String sessionSql() default "";
}
