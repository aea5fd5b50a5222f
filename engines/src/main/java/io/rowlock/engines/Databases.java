package io.rowlock.engines;

import io.rowlock.dialect.Engine;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test method once on each engine, on a real database. The method, and any {@code @BeforeEach} or {@code @AfterEach}
 * method of its class, may take a {@link Database}.
 *
 * <pre>{@code
 * @Databases
 * void aRowIsNotUpdatedTwice(Database database) { ... }
 *
 * @Databases(Engine.POSTGRESQL)
 * void aListenerIsWoken(Database database) { ... }
 * }</pre>
 *
 * <p>Each test class has a database of its own on each engine, empty when the first of its methods begins and dropped after
 * the last; the methods of a class share it and must not run at the same time. After each method the extension looks for
 * connections that were not closed, transactions left open and locks left behind: each of these fails the test, and is
 * cleared away before the next.
 *
 * <p>On a class it says which engines its methods run on by default; the methods still need the annotation.
 *
 * <p>The system property {@code rowlock.engines}, such as {@code sqlite,postgres}, restricts a run to some engines; a method
 * that has none left is shown as skipped. An engine that is wanted and cannot be had fails the test, and the message names the
 * ways to get it: a proof that did not run is no proof.
 */
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@TestTemplate
@ExtendWith(DatabasesExtension.class)
@SuppressWarnings("exports") // how it works is nobody else's business
public @interface Databases {

    /** The engines to run on. None means those of the class, and SQLite, PostgreSQL and MariaDB if the class names none. */
    Engine[] value() default {};
}
