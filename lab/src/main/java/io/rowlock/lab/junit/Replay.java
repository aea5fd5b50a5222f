package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs one schedule, as a failed {@link RaceTest} printed it. It may be given several times, and beside
 * {@code @RaceTest}, where its schedules are run first.
 *
 * <pre>{@code
 * @Replay("A1 B1 B2 A2")
 * void nobodyGetsTheLastTicketTwice(Race race) { ... race.check(scenario); }
 * }</pre>
 *
 * <p><b>Holds when</b> the code still takes these steps. A schedule names steps, not statements: {@code A2} is the second
 * statement of the first actor, whatever it is by now. If the code takes other steps, the schedule says nothing any more; then all
 * schedules are run instead, as by {@code @RaceTest}, and a report entry says so. <b>Breaks when</b> changed code happens to take
 * steps of the same names and goes wrong elsewhere: put {@code @RaceTest} beside it.
 *
 * <p>The method checks one scenario, since a schedule belongs to one.
 */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(RaceExtension.class)
@Repeatable(Replays.class)
@SuppressWarnings("exports") // how it works is nobody else's business
public @interface Replay {

    /** The schedule, such as {@code A1 B1 B2 Bc A2 Ac}. */
    String value();

    /** The engines to run on. None means those of the method's {@code @RaceTest}, or all that can be had here. */
    Engine[] engines() default {};

    /** The levels. None means those of the method's {@code @RaceTest}, or the one at which the database lends connections. */
    Isolation[] isolation() default {};

    /** A statement that each connection begins with. None means that of the method's {@code @RaceTest}, if it has any. */
    String sessionSql() default "";
}
