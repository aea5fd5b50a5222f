package io.rowlock.app.mastery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.RowlockException;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.engines.FaultyDataSource;
import io.rowlock.engines.TestClock;
import io.rowlock.engines.When;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers, rewards and resets of ten users at once, on two nodes whose database stands still now and then and breaks connections, before and
 * after it has done what was asked (mastery-14): nothing is half there, and nine of ten are recorded all the same.
 */
class MasteryChaosTest {
    private static final int OPERATIONS = 500;
    private static final int THREADS = 8;
    private static final int USERS = 10;
    private static final Duration WITHIN = Duration.ofMinutes(2);

    /** More requests to the database than there will be. */
    private static final int POINTS = 30_000;

    private static final int BREAKS_ONE_OF = 20;

    /** About as many as an operation makes. */
    private static final int NEXT_POINTS = 6;

    private static final int STANDS_ONE_OF = 5;
    private static final int STANDS_NANOS = 50_000_000;

    /** What became of one operation. */
    private enum Told {
        DONE,
        /** By a rule: a reward for an answer of before a reset. */
        REFUSED,
        FAILED
    }

    /** A database that stands still now and then, and breaks a connection during one of twenty operations. */
    private record Chaos(FaultyDataSource dataSource, AtomicInteger breaks) {
        static Chaos before(Database database, long seed) {
            FaultyDataSource faults = FaultyDataSource.around(database.dataSource());
            SplittableRandom random = new SplittableRandom(seed);
            for (int point = 1; point <= POINTS; point++) {
                if (random.nextInt(STANDS_ONE_OF) == 0) {
                    faults.stallAt(point, Duration.ofNanos(random.nextInt(STANDS_NANOS)));
                }
            }
            return new Chaos(faults, new AtomicInteger());
        }

        /** An operation begins: somewhere in it, or in one that runs beside it, a connection may break. */
        void operationBegins(SplittableRandom random) {
            if (random.nextInt(BREAKS_ONE_OF) == 0) {
                int point = dataSource.record().size() + 1 + random.nextInt(NEXT_POINTS);
                dataSource.cutAt(point, random.nextBoolean() ? When.BEFORE : When.AFTER);
                breaks.incrementAndGet();
            }
        }
    }

    @Databases
    void nothingIsHalfThereWhateverBreaks(Database database) {
        TestClock clock = new TestClock(Instant.parse("2026-01-05T09:00:00Z"));
        Classroom calm = new Classroom(database, database.dataSource(), clock, Classroom.options()).emptied();
        Chaos chaos = Chaos.before(database, 14);
        List<Classroom> nodes = List.of(
                new Classroom(database, chaos.dataSource(), clock, Classroom.options()),
                new Classroom(database, chaos.dataSource(), clock, Classroom.options()));
        Map<String, UUID> answered = new ConcurrentHashMap<>();
        Map<String, Integer> why = new ConcurrentHashMap<>();

        List<Callable<List<Told>>> actors = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            Classroom node = nodes.get(thread % nodes.size());
            SplittableRandom random = new SplittableRandom(thread);
            int share = OPERATIONS / THREADS + (thread < OPERATIONS % THREADS ? 1 : 0);
            actors.add(() -> {
                List<Told> told = new ArrayList<>();
                for (int i = 0; i < share; i++) {
                    chaos.operationBegins(random);
                    told.add(operate(node, random, answered, why));
                }
                return told;
            });
        }
        List<Told> told = Actors.run(WITHIN, actors).stream()
                .flatMap(outcome -> outcome.get().stream())
                .toList();

        assertThat(chaos.dataSource().record()).as("requests to the database").hasSizeBetween(OPERATIONS, POINTS);
        assertThat(chaos.breaks().get()).as("connections that were broken").isGreaterThan(OPERATIONS / 40);
        assertThat(told).hasSize(OPERATIONS);
        assertThat(told.stream().filter(Told.FAILED::equals).count())
                .as("failed, of %s: %s", OPERATIONS, why)
                .isLessThanOrEqualTo(OPERATIONS / 10);
        calm.booksAreRight();
    }

    private static Told operate(
            Classroom node, SplittableRandom random, Map<String, UUID> answered, Map<String, Integer> why) {
        String user = "u" + random.nextInt(USERS);
        int kind = random.nextInt(100);
        UUID earlier = answered.get(user);
        try {
            if (kind < 2) {
                boolean unused = node.mastery.reset(user);
                return Told.DONE;
            }
            if (kind < 20 && earlier != null) {
                DelayedRewards.Applied applied = node.rewards.apply(UUID.randomUUID(), user, 0.5, earlier, null);
                return applied instanceof DelayedRewards.Applied.Failed ? Told.REFUSED : Told.DONE;
            }
            UUID id = UUID.randomUUID();
            Processed processed = node.mastery.process(user, node.named(id, "w" + random.nextInt(20)));
            if (processed instanceof Processed.Recorded) {
                answered.put(user, id);
                return Told.DONE;
            }
            int unused = why.merge(Classroom.why(processed).name(), 1, Integer::sum);
            return Told.FAILED;
        } catch (RowlockException failed) {
            int unused = why.merge(failed.getClass().getSimpleName(), 1, Integer::sum);
            return Told.FAILED;
        }
    }
}
