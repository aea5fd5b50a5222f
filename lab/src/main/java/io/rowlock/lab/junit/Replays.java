package io.rowlock.lab.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several {@link Replay}s of one method. Nobody writes it: the compiler does. */
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(RaceExtension.class)
@SuppressWarnings("exports") // how it works is nobody else's business
public @interface Replays {

    /** Them. */
    Replay[] value();
}
