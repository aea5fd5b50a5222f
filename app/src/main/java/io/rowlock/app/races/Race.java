package io.rowlock.app.races;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * An operation in one form, raced against itself or another.
 *
 * @param id of the race, such as {@code lottery-2}
 * @param form in which form
 * @param title what happens, in a few words
 * @param anomalies the names that what goes wrong may have; empty for a form that is right
 * @param cannot why an engine at a level cannot show it, or empty if it has to
 * @param sessionSql the statement that each connection begins with on an engine, a switch of it; empty for none
 * @param scenario what is run
 */
public record Race(
        String id,
        Form form,
        String title,
        Set<Anomaly> anomalies,
        BiFunction<Engine, Isolation, Optional<String>> cannot,
        Function<Engine, Optional<String>> sessionSql,
        Function<Stand, Scenario> scenario) {
    public Race {
        anomalies = Set.copyOf(anomalies);
        if (anomalies.isEmpty() != (form == Form.GUARDED)) {
            throw new IllegalArgumentException(
                    "A guarded form shows nothing, any other shows something (race=" + id + ", form=" + form + ")");
        }
    }

    /** A form that goes wrong, on every engine. */
    public static Race wrong(
            String id, Form form, String title, Set<Anomaly> anomalies, Function<Stand, Scenario> scenario) {
        return new Race(
                id, form, title, anomalies, (engine, level) -> Optional.empty(), engine -> Optional.empty(), scenario);
    }

    /** A form that is right. */
    public static Race right(String id, String title, Function<Stand, Scenario> scenario) {
        return new Race(
                id,
                Form.GUARDED,
                title,
                Set.of(),
                (engine, level) -> Optional.empty(),
                engine -> Optional.empty(),
                scenario);
    }

    /** Where it cannot show, and why; in front of what was said before. */
    public Race except(BiFunction<Engine, Isolation, Optional<String>> reason) {
        return new Race(
                id,
                form,
                title,
                anomalies,
                (engine, level) -> reason.apply(engine, level).or(() -> cannot.apply(engine, level)),
                sessionSql,
                scenario);
    }

    /** As {@link #except(BiFunction)} for one engine at any level. */
    public Race except(Engine where, String reason) {
        return except((engine, level) -> engine == where ? Optional.of(reason) : Optional.empty());
    }

    /** With a switch that an engine has for a session. */
    public Race with(Engine where, String sql) {
        return new Race(
                id,
                form,
                title,
                anomalies,
                cannot,
                engine -> engine == where ? Optional.of(sql) : sessionSql.apply(engine),
                scenario);
    }
}
