package io.rowlock.app.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rowlock.LeaseDeadlock;
import io.rowlock.LeaseLost;
import io.rowlock.LockTimeout;
import io.rowlock.Rowlock;
import io.rowlock.SerialDeadlock;
import io.rowlock.View;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import io.rowlock.lease.Acquired;
import io.rowlock.lease.LeaseHolder;
import io.rowlock.lease.LeaseOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;

/** Stories in somebody's hands, within one process. */
class ManagedStoriesTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    /** story-5: whoever holds a story changes it there and then. */
    @Databases(Engine.SQLITE)
    void whoeverHoldsAStoryTakesItAgain(Database database) {
        Desk desk = new Desk(database);
        UUID id = desk.made("nested", CoreStatus.IN_PROGRESS).value().id();
        ManagedStories managed = new ManagedStories(desk.rowlock, Duration.ZERO);
        long version = managed.inOrder(
                        id,
                        () -> managed.inOrder(
                                List.of(id),
                                () -> Desk.done(desk.stories.change(
                                        id, Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), null))))
                .version()
                .number();
        assertThat(version).isEqualTo(2);
        assertThat(desk.rowlock.serialHolds()).isEmpty();
    }

    /** story-6: another thread can wait, and that is all. */
    @Databases(Engine.SQLITE)
    void nobodyElseFreesIt(Database database) {
        Desk desk = new Desk(database);
        UUID id = desk.made("held", CoreStatus.IN_PROGRESS).value().id();
        ManagedStories managed = new ManagedStories(desk.rowlock, Duration.ofMillis(20));
        String held = managed.inOrder(id, () -> {
            Actors.Outcome<String> other = Actors.run(
                            () -> managed.<String, RuntimeException>inOrder(id, () -> "inside"))
                    .get(0);
            assertThat(other.failure()).isInstanceOf(LockTimeout.class);
            assertThat(desk.rowlock.serialHolds())
                    .singleElement()
                    .satisfies(hold -> assertThat(hold.holder()).isEqualTo(Thread.currentThread()));
            return "still";
        });
        assertThat(held).isEqualTo("still");
        assertThat(managed.<String, RuntimeException>inOrder(id, () -> "free")).isEqualTo("free");
    }

    /** story-7: against the order, and told at once with both owners; far from the end of the wait. */
    @Databases(Engine.SQLITE)
    void twoOwnersInOppositeOrderAreToldOfTheCircle(Database database) {
        Desk desk = new Desk(database);
        UUID one = desk.made("c1", CoreStatus.IN_PROGRESS).value().id();
        UUID two = desk.made("c2", CoreStatus.IN_PROGRESS).value().id();
        ManagedStories managed = new ManagedStories(desk.rowlock, LONG);
        CyclicBarrier bothHold = new CyclicBarrier(2);
        AtomicReference<SerialDeadlock> told = new AtomicReference<>();
        List<Callable<String>> owners = List.of(
                () -> nested(managed, one, two, bothHold, told), () -> nested(managed, two, one, bothHold, told));

        List<String> ends = Actors.run(Actors.DEADLINE, owners).stream()
                .map(Actors.Outcome::get)
                .toList();

        assertThat(ends).containsExactlyInAnyOrder("both", "told");
        SerialDeadlock circle = Objects.requireNonNull(told.get());
        assertThat(circle.circle()).hasSize(2).allSatisfy(wait -> {
            assertThat(wait.callSite()).contains("ManagedStor");
            assertThat(List.of(ManagedStories.key(one), ManagedStories.key(two)))
                    .contains(wait.holds(), wait.wants());
        });
        assertThat(circle.circle().get(0).owner())
                .isNotEqualTo(circle.circle().get(1).owner());
        assertThat(told.get()).hasMessageContaining(one.toString()).hasMessageContaining(two.toString());
    }

    private static String nested(
            ManagedStories managed,
            UUID first,
            UUID second,
            CyclicBarrier bothHold,
            AtomicReference<SerialDeadlock> told)
            throws Exception {
        try {
            return managed.inOrder(first, () -> {
                bothHold.await();
                return managed.inOrder(second, () -> "both");
            });
        } catch (SerialDeadlock circle) {
            told.set(circle);
            return "told";
        }
    }

    /** The other half of story-7: asked for together, stories are taken in one order. */
    @Databases(Engine.SQLITE)
    void askedForTogetherNobodyWaitsInACircle(Database database) {
        Desk desk = new Desk(database);
        UUID one = desk.made("o1", CoreStatus.IN_PROGRESS).value().id();
        UUID two = desk.made("o2", CoreStatus.IN_PROGRESS).value().id();
        ManagedStories managed = new ManagedStories(desk.rowlock, LONG);
        int[] counted = new int[1];
        List<Callable<Integer>> owners = List.of(
                () -> count(managed, List.of(one, two), counted),
                () -> count(managed, List.of(two, one, two), counted));
        Actors.run(Actors.DEADLINE, owners).forEach(Actors.Outcome::get);
        assertThat(counted[0]).isEqualTo(2 * 300);
    }

    private static int count(ManagedStories managed, List<UUID> stories, int[] counted) {
        for (int i = 0; i < 300; i++) {
            int unused = managed.<Integer, RuntimeException>inOrder(stories, () -> counted[0]++);
        }
        return 300;
    }

    // ---- among processes: two nodes that share nothing but the database

    /** story-7 among processes: one of the two is told, with both in the circle, and the other goes on. */
    @Databases
    void twoProcessesInOppositeOrderAreToldOfTheCircle(Database database) {
        Desk desk = new Desk(database);
        UUID one = desk.made("p1", CoreStatus.IN_PROGRESS).value().id();
        UUID two = desk.made("p2", CoreStatus.IN_PROGRESS).value().id();
        CyclicBarrier bothHold = new CyclicBarrier(2);
        AtomicReference<LeaseDeadlock> told = new AtomicReference<>();
        List<Callable<String>> owners = List.of(
                () -> nestedLeases(new ManagedStories(desk.node(), LONG), one, two, bothHold, told),
                () -> nestedLeases(new ManagedStories(desk.node(), LONG), two, one, bothHold, told));

        List<String> ends = Actors.run(Actors.DEADLINE, owners).stream()
                .map(Actors.Outcome::get)
                .toList();

        assertThat(ends).containsExactlyInAnyOrder("both", "told");
        assertThat(told.get())
                .hasMessageContaining(one.toString())
                .hasMessageContaining(two.toString())
                .hasMessageContaining("ManagedStories");
    }

    private static String nestedLeases(
            ManagedStories managed,
            UUID first,
            UUID second,
            CyclicBarrier bothHold,
            AtomicReference<LeaseDeadlock> told)
            throws Exception {
        try {
            return managed.<String, Exception>together(List.of(first), fence -> {
                bothHold.await();
                return managed.<String, Exception>together(List.of(second), also -> "both");
            });
        } catch (LeaseDeadlock circle) {
            told.set(circle);
            return "told";
        }
    }

    /** story-6 among processes: what was taken away is not committed over, and nobody's hold is given back by another. */
    @Databases
    void whatWasTakenAwayCannotBeCommitted(Database database) {
        Desk desk = new Desk(database);
        View<StoryRow> story = desk.made("fenced", CoreStatus.READY_FOR_DEVELOPMENT);
        UUID id = story.value().id();
        Rowlock other = desk.node();
        ManagedStories managed = new ManagedStories(desk.rowlock, LONG);
        Stories.Wanted begin = new Stories.Wanted(id, Change.to(Role.SM, CoreStatus.IN_PROGRESS), story.version());

        assertThatThrownBy(() -> managed.together(List.of(id), fence -> {
                    LeaseHolder holder = other.leases().holders().stream()
                            .filter(held -> held.key().equals(ManagedStories.key(id)))
                            .findFirst()
                            .orElseThrow();
                    assertThat(other.leases().tryAcquire(holder.key(), LeaseOptions.defaults()))
                            .isInstanceOf(Acquired.Held.class);
                    assertThat(other.leases().forceRelease(holder.key(), holder.token(), "stands still"))
                            .isNotNull();
                    return desk.stories.changeAll(List.of(begin), fence);
                }))
                .isInstanceOf(LeaseLost.class);
        assertThat(desk.look(id)).isEqualTo(story);

        Outcome<List<View<StoryRow>>> done =
                managed.together(List.of(id), fence -> desk.stories.changeAll(List.of(begin), fence));
        assertThat(done).isInstanceOf(Outcome.Done.class);
        assertThat(other.leases().holders()).noneMatch(held -> held.key().equals(ManagedStories.key(id)));
        desk.booksAreRight();
    }
}
