package io.rowlock.app.story;

import static io.rowlock.app.story.Desk.conflict;
import static io.rowlock.app.story.Desk.done;
import static io.rowlock.app.story.Desk.iteration;
import static io.rowlock.app.story.Desk.phase;
import static io.rowlock.app.story.Desk.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Timing;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** What the operations promise, one after another and all at once. */
class StoriesTest {

    /** story-1 and story-2: the version that was seen is changed, or nothing. */
    @Databases
    void aVersionIsChangedOnceWhoeverAsks(Database database) {
        Desk desk = new Desk(database);
        View<StoryRow> seen = desk.made("one", CoreStatus.IN_PROGRESS);
        UUID id = seen.value().id();
        Stories other = new Stories(desk.node(), StoryEvents.NONE);
        View<StoryRow> dev =
                done(desk.stories.change(id, Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), seen.version()));
        assertThat(dev.version()).isEqualTo(seen.version().next());

        Outcome.Conflict<View<StoryRow>> qa = conflict(other.change(id, phase("late"), seen.version()));

        assertThat(qa.expected()).isEqualTo(seen.version());
        assertThat(qa.actual()).isEqualTo(dev.version());
        assertThat(qa.current()).isEqualTo(dev);
        assertThat(desk.look(id)).isEqualTo(dev);
        desk.booksAreRight();
    }

    /** story-9. */
    @Databases
    void whatIsNotThereIsNotMadeAndWhatWasMadeAgainIsAnother(Database database) {
        Desk desk = new Desk(database);
        UUID nowhere = desk.path("nowhere").id();
        for (Version expected : new Version[] {Version.of(1), new Version(7, 7), null}) {
            assertThat(refused(desk.stories.change(nowhere, phase("x"), expected)))
                    .isEqualTo(new Refusal.UnknownStory(nowhere));
        }
        assertThat(desk.queries.story(nowhere)).isEmpty();

        View<StoryRow> old = desk.made("again", CoreStatus.IN_PROGRESS);
        UUID id = old.value().id();
        View<StoryRow> gone = done(desk.stories.delete(id, Role.SM, old.version()));
        assertThat(gone).isEqualTo(old);
        View<StoryRow> again = desk.made("again", CoreStatus.IN_PROGRESS);
        assertThat(again.version().number()).isEqualTo(old.version().number());
        assertThat(again.version()).isNotEqualTo(old.version());

        assertThat(conflict(desk.stories.change(id, phase("x"), old.version())).current())
                .isEqualTo(again);
        assertThat(conflict(desk.stories.delete(id, Role.SM, old.version())).current())
                .isEqualTo(again);
        assertThat(merging(desk, new CopyOnWriteArrayList<Long>()::add).change(id, phase("x"), old.version()))
                .as("nothing to merge with")
                .isInstanceOf(Outcome.Conflict.class);
        assertThat(desk.look(id)).isEqualTo(again);
        assertThat(desk.queries.history(id, 10)).hasSize(3);
        desk.booksAreRight();
    }

    /** story-8: each success is a version, and nothing else is. */
    @Databases
    void theVersionIsOneAndOneForEachSuccess(Database database) {
        Desk desk = new Desk(database);
        UUID id = desk.made("many", CoreStatus.IN_PROGRESS).value().id();
        AtomicInteger conflicts = new AtomicInteger();
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            Stories node = w < 2 ? desk.stories : new Stories(desk.node(), StoryEvents.NONE);
            writers.add(() -> {
                int successes = 0;
                while (successes < 8) {
                    View<StoryRow> seen = desk.look(id);
                    Change next = iteration(seen.value().iteration() + 1);
                    if (node.change(id, next, seen.version()) instanceof Outcome.Conflict) {
                        conflicts.incrementAndGet();
                    } else {
                        successes++;
                    }
                }
                return successes;
            });
        }
        Actors.run(Actors.DEADLINE, writers).forEach(Actors.Outcome::get);
        View<StoryRow> end = desk.look(id);
        assertThat(end.version().number()).isEqualTo(1 + 4 * 8);
        assertThat(end.value().iteration()).isEqualTo(4 * 8);
        desk.booksAreRight();
    }

    @Databases
    void oneMakesTheStoryAndTheOthersAreToldOfIt(Database database) {
        Desk desk = new Desk(database);
        for (int round = 0; round < 5; round++) {
            String name = "first-" + round;
            List<Callable<Outcome<View<StoryRow>>>> all = IntStream.range(0, 4)
                    .<Callable<Outcome<View<StoryRow>>>>mapToObj(i -> () -> new Stories(desk.node(), StoryEvents.NONE)
                            .create(
                                    desk.epic,
                                    desk.path(name),
                                    Change.to(Role.SM, CoreStatus.DRAFT).as("create")))
                    .toList();
            List<Outcome<View<StoryRow>>> outcomes = Actors.run(Actors.DEADLINE, all).stream()
                    .map(Actors.Outcome::get)
                    .toList();
            assertThat(outcomes).filteredOn(Outcome.Done.class::isInstance).hasSize(1);
            assertThat(outcomes)
                    .filteredOn(Outcome.Refused.class::isInstance)
                    .hasSize(3)
                    .allSatisfy(outcome -> assertThat(refused(outcome)).isInstanceOf(Refusal.StoryExists.class));
        }
        desk.booksAreRight();
    }

    // ---- merging

    private static MergeAndRetry merging(Desk desk, LongConsumer pauses) {
        return new MergeAndRetry(desk.rowlock, desk.stories, RetryPolicy.STANDARD, still(pauses), StoryEvents.NONE);
    }

    /** It does not sleep, and chance is always the longest. */
    private static Timing still(LongConsumer pauses) {
        RandomGenerator longest = new RandomGenerator() {
            @Override
            public long nextLong() {
                return Long.MAX_VALUE;
            }

            @Override
            public long nextLong(long bound) {
                return bound - 1;
            }
        };
        return new Timing(Clock.systemUTC(), System::nanoTime, pauses::accept, longest);
    }

    @Databases
    void whatBothHaveChangedIsBroughtTogether(Database database) {
        Desk desk = new Desk(database);
        View<StoryRow> seen = desk.made("merge", CoreStatus.IN_PROGRESS);
        UUID id = seen.value().id();
        MergeAndRetry merging = merging(desk, pause -> {});
        done(desk.stories.change(
                id, Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW).withIteration(3), seen.version()));

        Change qa = phase("review").withQaResult("{\"result\":\"PASS\"}").withIteration(2);
        View<StoryRow> merged = done(merging.change(id, qa, seen.version()));
        assertThat(merged.version().number()).isEqualTo(3);
        assertThat(merged.value().status()).isEqualTo(CoreStatus.READY_FOR_REVIEW);
        assertThat(merged.value().phase()).isEqualTo("review");
        assertThat(merged.value().iteration()).as("the higher one").isEqualTo(3);

        Change same = Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW);
        assertThat(done(merging.change(id, same, seen.version())).value().status())
                .as("there already")
                .isEqualTo(CoreStatus.READY_FOR_REVIEW);
        assertThat(conflict(merging.change(id, phase("other"), seen.version())).expected())
                .as("both have changed the phase")
                .isEqualTo(seen.version());
        assertThat(refused(merging.change(id, Change.to(Role.DEV, CoreStatus.IN_PROGRESS), seen.version())))
                .as("a rule is not tried again")
                .isInstanceOf(Refusal.IllegalTransition.class);
        desk.booksAreRight();
    }

    /** Somebody is always faster: after so many tries, with longer and longer pauses, the conflict is answered. */
    @Databases
    void triesAreBoundedByIterationsAndCycles(Database database) {
        Desk desk = new Desk(database);
        View<StoryRow> seen = desk.made("bounds", CoreStatus.IN_PROGRESS);
        UUID id = seen.value().id();
        List<Long> pauses = new ArrayList<>();
        List<String> merged = new ArrayList<>();
        StoryEvents events = new StoryEvents() {
            @Override
            public void moved(Role role, CoreStatus to) {}

            @Override
            public void conflict(Role role) {
                // Before the next try somebody changes it again.
                done(desk.stories.change(id, iteration(1), null));
            }

            @Override
            public void merged(Role role, boolean done) {
                merged.add(role + " " + done);
            }
        };
        Stories overtaken = new Stories(desk.node(), events);
        RetryPolicy policy = new RetryPolicy(2, 3, Duration.ofNanos(10), Duration.ofNanos(15));
        done(desk.stories.change(id, iteration(1), seen.version()));
        MergeAndRetry merging = new MergeAndRetry(desk.rowlock, overtaken, policy, still(pauses::add), events);

        Outcome.Conflict<View<StoryRow>> given = conflict(merging.change(id, phase("never"), seen.version()));

        assertThat(given.expected()).isEqualTo(seen.version());
        assertThat(merged).containsExactly("DEV false");
        assertThat(desk.look(id).version().number()).as("2 before, 6 tries").isEqualTo(2 + 6);
        // After cycles 2, 3 (the end of an iteration), 1 and 2: the first conflict is tried again at once.
        assertThat(pauses).containsExactly(15L, 15L, 10L, 15L);
        assertThat(desk.look(id).value().phase()).isNull();
    }

    /** All or nothing, from many nodes, in whatever order. */
    @Databases
    void severalStoriesChangeTogether(Database database) {
        Desk desk = new Desk(database);
        View<StoryRow> one = desk.made("t1", CoreStatus.READY_FOR_DEVELOPMENT);
        View<StoryRow> two = desk.made("t2", CoreStatus.READY_FOR_DEVELOPMENT);
        Change begin = Change.to(Role.SM, CoreStatus.IN_PROGRESS);
        List<Callable<Outcome<List<View<StoryRow>>>>> both = List.of(
                () -> new Stories(desk.node(), StoryEvents.NONE)
                        .changeAll(
                                List.of(
                                        new Stories.Wanted(one.value().id(), begin, one.version()),
                                        new Stories.Wanted(two.value().id(), begin, two.version())),
                                tx -> {}),
                () -> new Stories(desk.node(), StoryEvents.NONE)
                        .changeAll(
                                List.of(
                                        new Stories.Wanted(two.value().id(), begin, two.version()),
                                        new Stories.Wanted(one.value().id(), begin, one.version())),
                                tx -> {}));
        List<Outcome<List<View<StoryRow>>>> outcomes = Actors.run(Actors.DEADLINE, both).stream()
                .map(Actors.Outcome::get)
                .toList();
        assertThat(outcomes).filteredOn(Outcome.Done.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(Outcome.Conflict.class::isInstance).hasSize(1);
        assertThat(desk.look(one.value().id()).version().number()).isEqualTo(2);
        assertThat(desk.look(two.value().id()).version().number()).isEqualTo(2);
        desk.booksAreRight();
    }
}
