package io.rowlock.app.mastery;

import io.rowlock.Rowlock;
import io.rowlock.Timing;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.races.Stand;
import io.rowlock.cache.Cache;
import io.rowlock.cache.CacheOptions;
import io.rowlock.cache.Cached;
import io.rowlock.cache.MemoryTier;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Steps;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A {@link Lesson} on nodes whose caches share a store, in each run new ones. What their threads would do is done before a run and after it,
 * and whoever sleeps is in the future at once, so that runs do not differ. What is asked of the store are steps.
 */
final class CachedLesson {
    private static final Instant NOW = Instant.parse("2024-05-01T12:00:00Z");

    /** Longer than any run. */
    private static final CacheOptions OPTIONS = CacheOptions.defaults()
            .withEpochBound(Duration.ofMinutes(1))
            .withVerifyEvery(0)
            .withLoad(Duration.ofSeconds(5), Duration.ZERO)
            .withRefreshWait(Duration.ZERO);

    private final Stand stand;
    private final Lesson lesson;
    private volatile Nodes nodes;

    CachedLesson(Stand stand) {
        this.stand = stand;
        this.lesson = new Lesson(stand);
        this.nodes = new Nodes();
    }

    /** A scenario that begins here, without actors, and without what {@link #filled} says. */
    Scenario scenario(String name) {
        return lesson.scenario(name).reset(connection -> nodes = new Nodes());
    }

    /** As {@link #scenario}; the store has the learner. */
    Scenario filled(String name) {
        return lesson.scenario(name).reset(connection -> {
            nodes = new Nodes();
            Optional<Cached<StateRow>> unused = nodes.one.learners.find(Lesson.USER);
        });
    }

    /** The learner begins anew, on the first node. */
    String beginAnew() {
        return nodes.one.lessons.reset();
    }

    /** Looks at the learner on the second node. */
    String look() {
        return nodes.two.learners.find(Lesson.USER).isPresent() ? "seen" : "nobody";
    }

    /** The store cannot be reached, and has what it had when it can. One that comes back empty has nothing to be wrong about. */
    String goAndComeBack() {
        Steps.pass("redis.goes");
        nodes.store.away(true);
        Steps.pass("redis.returns");
        nodes.store.away(false);
        return "returned";
    }

    /** Whether each node is served what is stored when all is over, and from the store unless somebody died who had told it of a write. */
    Scenario.Check servesWhatIsStored() {
        return (connection, results) -> {
            nodes.settle();
            long stored = stored(connection);
            boolean died = results.results().values().stream().anyMatch(ActorResult.Crashed.class::isInstance);
            for (Node node : List.of(nodes.one, nodes.two)) {
                Optional<String> wrong = served(node, stored, died);
                if (wrong.isPresent()) {
                    return wrong;
                }
            }
            return Optional.empty();
        };
    }

    /** Looked at twice: the second time it is there. */
    private static Optional<String> served(Node node, long stored, boolean died) {
        for (int look = 1; look <= 2; look++) {
            Cached<StateRow> seen = node.learners.find(Lesson.USER).orElseThrow();
            if (seen.value().interactions() != stored) {
                return Optional.of(
                        seen.source() + " has " + seen.value().interactions() + " answers, the database " + stored);
            }
            if (look == 2 && !died && seen.source() != CacheSource.SHARED) {
                return Optional.of("the store is not used");
            }
        }
        return Optional.empty();
    }

    private static long stored(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT interactions FROM amas_user_states")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** The nodes of a run, and their store. */
    private final class Nodes {
        private final AtomicLong slept = new AtomicLong();
        private final MemoryTier store = new MemoryTier(step -> Steps.pass("redis." + step.split(" ", 2)[0]));
        private final Node one = new Node(this, 1);
        private final Node two = new Node(this, 2);

        Nodes() {
            settle();
        }

        /** Their caches have seen what there is to be seen, and it is long enough ago. */
        void settle() {
            for (int round = 0; round < 3; round++) {
                slept.addAndGet(OPTIONS.reopenAfter().toNanos());
                one.cache.maintain();
                two.cache.maintain();
            }
        }
    }

    /** One node. */
    private final class Node {
        private final Cache cache;
        private final Learners learners;
        private final Lesson.Node lessons;

        Node(Nodes nodes, int number) {
            Rowlock rowlock = Lesson.inOrder(stand.node(number)
                    .timing(new Timing(
                            Clock.fixed(NOW, ZoneOffset.UTC),
                            () -> System.nanoTime() + nodes.slept.get(),
                            nodes.slept::addAndGet,
                            new SplittableRandom(number))));
            cache = Cache.on(rowlock)
                    .tier(nodes.store.line())
                    .options(OPTIONS)
                    .withoutThreads()
                    .build();
            learners = new Learners(cache);
            lessons = new Lesson.Node(rowlock);
        }
    }
}
