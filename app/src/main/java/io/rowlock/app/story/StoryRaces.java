package io.rowlock.app.story;

import static io.rowlock.app.races.Checks.anyLost;
import static io.rowlock.app.races.Checks.firstRow;
import static io.rowlock.app.races.Checks.noRow;

import io.rowlock.Key;
import io.rowlock.Rowlock;
import io.rowlock.View;
import io.rowlock.app.naive.NaiveStories;
import io.rowlock.app.naive.ProcessLock;
import io.rowlock.app.races.Checks;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.Stand;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.app.story.model.Change;
import io.rowlock.app.story.model.CoreStatus;
import io.rowlock.app.story.model.Role;
import io.rowlock.app.story.model.StoryTables.StoryRow;
import io.rowlock.lab.ActorResult;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Steps;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The races of stories: two who work on one, or on two. The forms that are not guarded run on the tables of {@link NaiveStories};
 * the guarded ones are the service's own, on its tables.
 */
public final class StoryRaces implements RaceSystem {
    static final String DONE = NaiveStories.DONE;

    /** In one transaction the first, and the second where each statement is a transaction. */
    private static final Set<Anomaly> OVERWRITTEN = Set.of(Anomaly.LOST_UPDATE, Anomaly.SCOPE_SPLIT);

    @Override
    public String name() {
        return "story";
    }

    @Override
    public List<Race> races() {
        return List.of(
                Race.wrong(
                                "story-1",
                                Form.NAIVE,
                                "Dev and QA write all of a story that both have read",
                                OVERWRITTEN,
                                StoryRaces::overwritten)
                        .except(Checks::secondWriterFails),
                Race.right(
                        "story-1", "Dev and QA change the version that both have seen, and merge", StoryRaces::merged),
                Race.wrong(
                                "story-2",
                                Form.PUBLISHED,
                                "Two processes compare the version and then write",
                                OVERWRITTEN,
                                StoryRaces::comparedFirst)
                        .except(Checks::secondWriterFails),
                Race.right("story-2", "Two processes change one version", StoryRaces::oneVersion),
                Race.wrong(
                        "story-3",
                        Form.NAIVE,
                        "The time is up between the commit and its answer, and it is done again",
                        Set.of(Anomaly.NOT_SERIALIZABLE),
                        StoryRaces::timeUp),
                Race.right(
                        "story-3",
                        "The time is up between the commit and its answer, and it is asked again under its key",
                        StoryRaces::timeUpUnderAKey),
                Race.wrong(
                        "story-4",
                        Form.NAIVE,
                        "A change fails in the middle, and the next one on its connection commits both",
                        Set.of(Anomaly.NOT_SERIALIZABLE, Anomaly.OPEN_ON_RETURN),
                        StoryRaces::openTransaction),
                Race.right(
                        "story-4",
                        "A change fails in the middle, and the next one commits itself",
                        StoryRaces::rolledBack),
                Race.wrong(
                        "story-5",
                        Form.NAIVE,
                        "Whoever holds a story waits for it",
                        Set.of(Anomaly.NOT_SERIALIZABLE),
                        StoryRaces::waitsForItself),
                Race.right("story-5", "Whoever holds a story takes it again, and another waits", StoryRaces::reEntered),
                Race.wrong(
                                "story-6",
                                Form.PUBLISHED,
                                "Whoever has waited clears the lock away, whoever holds it",
                                OVERWRITTEN,
                                StoryRaces::clearedAway)
                        .except(Checks::secondWriterFails),
                Race.right(
                        "story-6", "Two work on a story, and only its holder frees it", StoryRaces::freedByItsHolder),
                Race.wrong(
                        "story-7",
                        Form.NAIVE,
                        "Two owners take two stories in opposite order, and wait until their time is up",
                        Set.of(Anomaly.NOT_SERIALIZABLE),
                        StoryRaces::oppositeOrder),
                Race.right("story-7", "Two owners ask for two stories in opposite order", StoryRaces::oneOrder),
                Race.wrong(
                                "story-8",
                                Form.NAIVE,
                                "Two count up what they have read, and nobody meets a conflict to try again at",
                                OVERWRITTEN,
                                StoryRaces::countedUp)
                        .except(Checks::secondWriterFails),
                Race.right("story-8", "Two change what is there, each until it has", StoryRaces::untilDone),
                Race.wrong(
                        "story-9",
                        Form.NAIVE,
                        "A story is changed while it is deleted, and what is not there is made",
                        Set.of(
                                Anomaly.NOT_SERIALIZABLE,
                                Anomaly.SCOPE_SPLIT,
                                Anomaly.PHANTOM_GUARD,
                                Anomaly.LOST_UPDATE),
                        StoryRaces::madeAgain),
                Race.wrong(
                        "story-9",
                        Form.PUBLISHED,
                        "A story is changed by a version that another one has by now",
                        Set.of(Anomaly.NOT_SERIALIZABLE),
                        StoryRaces::anotherOne),
                Race.right(
                        "story-9",
                        "A story is changed while it is deleted and made again",
                        StoryRaces::deletedAndMadeAgain));
    }

    // ---- without guards

    private static NaiveStories naive(Stand stand) {
        return new NaiveStories(stand.dataSource(), stand.engine());
    }

    private static Scenario rows(Stand stand, String name) {
        stand.execute(NaiveStories.TABLES.toArray(String[]::new));
        return Scenario.named(name)
                .reset(NaiveStories.ROWS.toArray(String[]::new))
                .state(
                        "SELECT id, status, qa, iteration, version FROM naive_stories ORDER BY id",
                        "SELECT story, status FROM naive_story_log ORDER BY story, status");
    }

    private static Scenario overwritten(Stand stand) {
        return rows(stand, "Dev and QA write a story")
                .actor(() -> naive(stand).review(1))
                .actor(() -> naive(stand).judge(1))
                .invariant(
                        "what both have written is there",
                        allDone("SELECT status, qa FROM naive_stories WHERE id = 1"
                                + " AND (status <> 'ready_for_review' OR qa <> 'PASS')"));
    }

    private static Scenario comparedFirst(Stand stand) {
        return rows(stand, "two processes change version 1")
                .actor(() -> naive(stand).changeIfSeen(1, "ready_for_review", 1))
                .actor(() -> naive(stand).changeIfSeen(1, "failed", 1))
                .invariant("one of them is told that it is done", oneIsDone());
    }

    private static Scenario timeUp(Stand stand) {
        AtomicBoolean timeUp = new AtomicBoolean();
        return rows(stand, "the time is up")
                .reset(connection -> timeUp.set(false))
                .actor(() -> naive(stand).workWithin(1, timeUp))
                .actor(() -> ends(timeUp))
                .invariant(
                        "one round of work is counted",
                        noRow("SELECT iteration FROM naive_stories WHERE id = 1 AND iteration <> 1"));
    }

    private static String ends(AtomicBoolean timeUp) {
        Steps.pass("time.up");
        timeUp.set(true);
        return "the time is up";
    }

    private static Scenario openTransaction(Stand stand) {
        return rows(stand, "a change fails, another follows")
                .actor(() -> naive(stand).failThenChange(1, 2))
                .invariant(
                        "what failed is not stored",
                        noRow("SELECT id, status FROM naive_stories WHERE id = 1 AND status <> 'in_progress'"));
    }

    private static Scenario waitsForItself(Stand stand) {
        ProcessLock lock = new ProcessLock();
        return rows(stand, "a change in a scope that holds the story")
                .reset(connection -> lock.reset())
                .actor(() -> naive(stand).changeInScope(1, lock, "dev"))
                .invariant("whoever holds a story can change it", oneIsDone());
    }

    private static Scenario clearedAway(Stand stand) {
        ProcessLock lock = new ProcessLock();
        return rows(stand, "two work on a story, and clean up")
                .reset(connection -> lock.reset())
                .actor(() -> naive(stand).workAfterCleanup(1, lock, "dev"))
                .actor(() -> naive(stand).workAfterCleanup(1, lock, "qa"))
                .invariant("each round of work is counted", countedAsDone());
    }

    private static Scenario oppositeOrder(Stand stand) {
        ProcessLock one = new ProcessLock();
        ProcessLock two = new ProcessLock();
        return rows(stand, "two owners, two stories")
                .reset(connection -> {
                    one.reset();
                    two.reset();
                })
                .actor(() -> naive(stand).workOnBoth(1, one, 2, two, "dev"))
                .actor(() -> naive(stand).workOnBoth(2, two, 1, one, "qa"))
                .invariant("at least one of them works on both", (connection, results) -> {
                    long done = done(results);
                    return done >= 1 ? Optional.empty() : Optional.of("both have timed out");
                });
    }

    private static Scenario countedUp(Stand stand) {
        return rows(stand, "two count up")
                .actor(() -> naive(stand).workOnce(1))
                .actor(() -> naive(stand).workOnce(1))
                .invariant("the version is 1 and one for each that is done", countedAsDone());
    }

    private static Scenario madeAgain(Stand stand) {
        return rows(stand, "a change while the story is deleted")
                .actor(() -> naive(stand).changeOrMake(1, "ready_for_review"))
                .actor(() -> naive(stand).delete(1))
                .invariant(
                        "what was deleted is gone",
                        (connection, results) -> isDone(results, 'B')
                                ? firstRow(connection, "SELECT id, status, version FROM naive_stories WHERE id = 1")
                                : Optional.empty());
    }

    private static Scenario anotherOne(Stand stand) {
        return rows(stand, "a change while the story is deleted and made again")
                .actor(() -> naive(stand).changeVersion(1, "ready_for_review", 1))
                .actor(() -> {
                    NaiveStories stories = naive(stand);
                    String unused = stories.delete(1);
                    return stories.make(1);
                })
                .invariant(
                        "the new one is what it was made as",
                        noRow("SELECT id, status, version FROM naive_stories WHERE id = 1 AND status <> 'draft'"));
    }

    // ---- the service

    private static Scenario merged(Stand stand) {
        Backlog backlog = new Backlog(stand);
        View<StoryRow> story = backlog.inProgress("story");
        UUID id = story.value().id();
        Change dev = Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW);
        Change qa = Change.to(Role.QA, CoreStatus.FAILED).withStatus(null).withQaResult("{\"result\":\"PASS\"}");
        return backlog.scenario("Dev and QA change a story")
                .actor(() -> Backlog.told(backlog.merging(1).change(id, dev, story.version())))
                .actor(() -> Backlog.told(backlog.merging(2).change(id, qa, story.version())))
                .invariant(
                        "what both have written is there, at version 3",
                        right(noRow("SELECT status, qa_result, version FROM stories"
                                + " WHERE status <> 'READY_FOR_REVIEW' OR qa_result IS NULL OR version <> 3")));
    }

    private static Scenario oneVersion(Stand stand) {
        Backlog backlog = new Backlog(stand);
        View<StoryRow> story = backlog.inProgress("story");
        UUID id = story.value().id();
        return backlog.scenario("two processes change version 1")
                .actor(() -> Backlog.told(
                        backlog.node(1).change(id, Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), story.version())))
                .actor(() -> Backlog.told(
                        backlog.node(2).change(id, Change.to(Role.QA, CoreStatus.FAILED), story.version())))
                .invariant(
                        "one of them is told that it is done, the other of the conflict",
                        right((connection, results) -> {
                            long done = done(results);
                            long conflicts = results.results().values().stream()
                                    .filter(new ActorResult.Returned("Conflict")::equals)
                                    .count();
                            return done == 1 && conflicts == 1 ? Optional.empty() : Optional.of(results.toString());
                        }));
    }

    private static Scenario timeUpUnderAKey(Stand stand) {
        Backlog backlog = new Backlog(stand);
        View<StoryRow> story = backlog.inProgress("story");
        AtomicBoolean timeUp = new AtomicBoolean();
        return backlog.scenario("the time is up")
                .reset(connection -> timeUp.set(false))
                .actor(() -> {
                    Rowlock node = Backlog.rowlock(stand, 1);
                    String answer = once(node, story);
                    Steps.pass("answer.arrives");
                    return timeUp.get() ? once(node, story) : answer;
                })
                .actor(() -> ends(timeUp))
                .invariant(
                        "one step is taken",
                        right(noRow("SELECT status, version FROM stories"
                                + " WHERE status <> 'READY_FOR_REVIEW' OR version <> 2")));
    }

    private static String once(Rowlock node, View<StoryRow> story) {
        return node.once(
                        Key.of("story-race", "operation-1"),
                        Fingerprint.of(story.value().id()),
                        Codec.text(),
                        tx -> Backlog.told(Backlog.node(node)
                                .change(
                                        story.value().id(),
                                        Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW),
                                        story.version())))
                .answer();
    }

    private static Scenario rolledBack(Stand stand) {
        Backlog backlog = new Backlog(stand);
        View<StoryRow> failing = backlog.inProgress("failing");
        View<StoryRow> next = backlog.inProgress("next");
        return backlog.scenario("a change fails, another follows")
                .actor(() -> {
                    Rowlock node = Backlog.rowlock(stand, 1);
                    return failThenChange(node, failing, next);
                })
                .invariant(
                        "what failed is not stored, and the other is",
                        right(noRow("SELECT story_path, status FROM stories"
                                + " WHERE (story_path = 'failing.md' AND version <> 1)"
                                + " OR (story_path = 'next.md' AND status <> 'READY_FOR_REVIEW')")));
    }

    private static String failThenChange(Rowlock node, View<StoryRow> failing, View<StoryRow> next) {
        Stories stories = Backlog.node(node);
        Change review = Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW);
        try {
            node.transact(tx -> {
                Outcome<View<StoryRow>> unused = stories.change(failing.value().id(), review, failing.version());
                tx.flush();
                throw new IllegalStateException("No JSON");
            });
        } catch (IllegalStateException told) {
            // Reported; what the unit had written is gone.
        }
        return Backlog.told(stories.change(next.value().id(), review, next.version()));
    }

    private static Scenario reEntered(Stand stand) {
        Backlog backlog = new Backlog(stand);
        UUID id = backlog.inProgress("story").value().id();
        SharedNode node = new SharedNode(stand);
        return backlog.scenario("a change in a scope that holds the story")
                .reset(connection -> node.begin())
                .actor(() -> {
                    Rowlock mine = node.get();
                    return Backlog.managed(mine).inOrder(id, () -> workOn(mine, id, "dev"));
                })
                .actor(() -> workOn(node.get(), id, "qa"))
                .invariant(
                        "both are done, at version 3",
                        right(allDone("SELECT version FROM stories WHERE version <> 3")));
    }

    /** One node for several actors: what keeps a story to one of them is in its process. A new one in each run. */
    private static final class SharedNode {
        private final Stand stand;
        private volatile Rowlock node;

        SharedNode(Stand stand) {
            this.stand = stand;
            node = Backlog.rowlock(stand, 1);
        }

        void begin() {
            node = Backlog.rowlock(stand, 1);
        }

        Rowlock get() {
            return node;
        }
    }

    /** Looks, and changes what it has seen: in the hands of one at a time nothing comes between. */
    private static String workOn(Rowlock node, UUID story, String phase) {
        return Backlog.managed(node)
                .inOrder(
                        story,
                        () -> Backlog.told(Backlog.node(node)
                                .change(
                                        story,
                                        inPhase(phase),
                                        Backlog.look(node, story).version())));
    }

    private static Change inPhase(String phase) {
        return Change.to(Role.SM, CoreStatus.IN_PROGRESS).withPhase(phase);
    }

    private static Scenario freedByItsHolder(Stand stand) {
        Backlog backlog = new Backlog(stand);
        UUID id = backlog.inProgress("story").value().id();
        SharedNode node = new SharedNode(stand);
        return backlog.scenario("two work on a story")
                .reset(connection -> node.begin())
                .actor(() -> workOn(node.get(), id, "dev"))
                .actor(() -> workOn(node.get(), id, "qa"))
                .invariant(
                        "both are done, at version 3",
                        right(allDone("SELECT version FROM stories WHERE version <> 3")));
    }

    private static Scenario oneOrder(Stand stand) {
        Backlog backlog = new Backlog(stand);
        UUID one = backlog.inProgress("one").value().id();
        UUID two = backlog.inProgress("two").value().id();
        SharedNode node = new SharedNode(stand);
        return backlog.scenario("two owners, two stories")
                .reset(connection -> node.begin())
                .actor(() -> workOnBoth(node.get(), List.of(one, two), "dev"))
                .actor(() -> workOnBoth(node.get(), List.of(two, one), "qa"))
                .invariant(
                        "both work on both, which are at version 3",
                        right(allDone("SELECT story_path, version FROM stories WHERE version <> 3")));
    }

    private static String workOnBoth(Rowlock node, List<UUID> stories, String phase) {
        return Backlog.managed(node).inOrder(stories, () -> {
            List<Stories.Wanted> wanted = stories.stream()
                    .map(story -> new Stories.Wanted(
                            story, inPhase(phase), Backlog.look(node, story).version()))
                    .toList();
            return Backlog.node(node)
                    .changeAll(wanted, tx -> {})
                    .fold(done -> DONE, refusal -> refusal.getClass().getSimpleName(), conflict -> "Conflict");
        });
    }

    private static Scenario untilDone(Stand stand) {
        Backlog backlog = new Backlog(stand);
        UUID id = backlog.inProgress("story").value().id();
        Change phase = inPhase("tested").withStatus(null);
        Change iteration = phase.withPhase(null).withIteration(4);
        return backlog.scenario("two change a story")
                .actor(() -> Backlog.told(backlog.node(1).change(id, phase, null)))
                .actor(() -> Backlog.told(backlog.node(2).change(id, iteration, null)))
                .invariant(
                        "both are done, at version 3",
                        right(allDone("SELECT version, phase, iteration FROM stories"
                                + " WHERE version <> 3 OR phase <> 'tested' OR iteration <> 4")));
    }

    private static Scenario deletedAndMadeAgain(Stand stand) {
        Backlog backlog = new Backlog(stand);
        View<StoryRow> story = backlog.inProgress("story");
        UUID id = story.value().id();
        return backlog.scenario("a change while the story is deleted and made again")
                .actor(() -> Backlog.told(
                        backlog.node(1).change(id, Change.to(Role.DEV, CoreStatus.READY_FOR_REVIEW), story.version())))
                .actor(() -> {
                    Stories node = backlog.node(2);
                    return Backlog.told(node.delete(id, Role.SM, null)) + ", "
                            + Backlog.told(node.create(
                                    Backlog.EPIC,
                                    Backlog.path("story"),
                                    Change.to(Role.SM, CoreStatus.DRAFT).as("create")));
                })
                .invariant(
                        "the new one is what it was made as",
                        right(noRow("SELECT status, version FROM stories WHERE status <> 'DRAFT' OR version <> 1")));
    }

    // ---- what is looked at after each run

    private static Scenario.Check oneIsDone() {
        return (connection, results) -> {
            long done = done(results);
            return done == 1 || anyLost(results) ? Optional.empty() : Optional.of(done + " were told that it is done");
        };
    }

    /** Whoever was answered was told that it is done; and a query finds nothing, if nobody has lost against another. */
    private static Scenario.Check allDone(String otherwise) {
        return (connection, results) -> {
            if (anyLost(results)) {
                return Optional.empty();
            }
            return done(results) == results.results().size()
                    ? firstRow(connection, otherwise)
                    : Optional.of(results.toString());
        };
    }

    private static Scenario.Check countedAsDone() {
        return (connection, results) -> firstRow(
                connection,
                "SELECT iteration, version FROM naive_stories WHERE id = 1 AND iteration <> " + done(results));
    }

    /** The books are right, and something else as well. */
    private static Scenario.Check right(Scenario.Check more) {
        return Checks.right(StoryAudit::run, more);
    }

    private static long done(io.rowlock.lab.Outcome results) {
        return Checks.told(results, DONE);
    }

    private static boolean isDone(io.rowlock.lab.Outcome results, char actor) {
        return new ActorResult.Returned(DONE).equals(results.results().get(actor));
    }
}
