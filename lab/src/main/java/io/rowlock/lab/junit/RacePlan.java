package io.rowlock.lab.junit;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Budget;
import io.rowlock.lab.LabOptions;
import io.rowlock.lab.Schedule;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * One invocation of a race test.
 *
 * @param isolation empty for the level at which connections come
 * @param schedule the one to replay; empty for all
 * @param partial whether it is enough to run some
 */
record RacePlan(
        Engine engine,
        Optional<Isolation> isolation,
        Optional<String> sessionSql,
        Optional<Schedule> schedule,
        Budget budget,
        boolean partial) {

    /** Those of a method, replays first; none if the run is restricted to other engines. */
    static List<RacePlan> of(Method method, RaceSources sources) {
        Optional<RaceTest> test = AnnotationSupport.findAnnotation(method, RaceTest.class);
        List<RacePlan> plans = new ArrayList<>();
        for (Replay replay : AnnotationSupport.findRepeatableAnnotations(method, Replay.class)) {
            Schedule schedule = Schedule.parse(replay.value());
            if (schedule.moves().isEmpty()) {
                throw new IllegalArgumentException("A replay without a schedule (method=" + method.getName() + ")");
            }
            plans.addAll(plans(
                    sources.engines(first(replay.engines(), test.map(RaceTest::engines))),
                    first(replay.isolation(), test.map(RaceTest::isolation)),
                    sql(replay.sessionSql()).or(() -> test.flatMap(its -> sql(its.sessionSql()))),
                    Optional.of(schedule),
                    test));
        }
        test.ifPresent(its -> plans.addAll(plans(
                sources.engines(List.of(its.engines())),
                List.of(its.isolation()),
                sql(its.sessionSql()),
                Optional.empty(),
                test)));
        return plans;
    }

    private static <T> List<T> first(T[] own, Optional<T[]> inherited) {
        return own.length > 0 ? List.of(own) : inherited.map(List::of).orElse(List.of());
    }

    private static Optional<String> sql(String given) {
        return Optional.of(given).filter(text -> !text.isBlank());
    }

    private static List<RacePlan> plans(
            Set<Engine> engines,
            List<Isolation> levels,
            Optional<String> sessionSql,
            Optional<Schedule> schedule,
            Optional<RaceTest> test) {
        Budget budget = test.map(its -> Budget.standard()
                        .withSchedules(its.maxSchedules())
                        .withTime(Duration.ofSeconds(its.maxSeconds())))
                .orElseGet(Budget::standard);
        boolean partial = test.map(RaceTest::partial).orElse(false);
        List<RacePlan> plans = new ArrayList<>();
        for (Engine engine : engines) {
            for (Optional<Isolation> level : levels(engine, levels)) {
                plans.add(new RacePlan(engine, level, sessionSql, schedule, budget, partial));
            }
        }
        return plans;
    }

    private static List<Optional<Isolation>> levels(Engine engine, List<Isolation> wanted) {
        if (wanted.isEmpty() || engine == Engine.SQLITE) {
            return List.of(wanted.stream().findFirst());
        }
        return wanted.stream().distinct().map(Optional::of).toList();
    }

    LabOptions labOptions() {
        LabOptions options = LabOptions.standard();
        if (isolation.isPresent()) {
            options = options.withIsolation(isolation.get());
        }
        if (sessionSql.isPresent()) {
            options = options.withSessionSql(sessionSql.get());
        }
        return options;
    }

    String displayName() {
        return engine
                + isolation.map(level -> " " + level).orElse("")
                + schedule.map(its -> " replay " + its).orElse("");
    }

    /** The annotation that keeps a schedule of this plan as a test. */
    String replay(Schedule kept) {
        return "@Replay(value = \"" + kept + "\", engines = Engine." + engine
                + isolation.map(level -> ", isolation = Isolation." + level).orElse("")
                + sessionSql
                        .map(sql -> ", sessionSql = " + JavaText.literal(sql))
                        .orElse("")
                + ")";
    }
}
