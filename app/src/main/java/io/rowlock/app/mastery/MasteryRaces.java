package io.rowlock.app.mastery;

import static io.rowlock.app.races.Checks.anyLost;
import static io.rowlock.app.races.Checks.firstRow;
import static io.rowlock.app.races.Checks.noRow;
import static io.rowlock.app.races.Checks.told;

import io.rowlock.app.mastery.audit.MasteryAudit;
import io.rowlock.app.naive.NaiveCache;
import io.rowlock.app.naive.NaiveMastery;
import io.rowlock.app.naive.ProcessLock;
import io.rowlock.app.races.Checks;
import io.rowlock.app.races.Form;
import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import io.rowlock.app.races.Stand;
import io.rowlock.dialect.Engine;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Scenario;
import io.rowlock.lab.Steps;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The races of learners: answers, rewards and resets of one user at once. The forms that are not guarded run on the tables of {@link
 * NaiveMastery}; the guarded ones are the service's own, on its tables.
 */
public final class MasteryRaces implements RaceSystem {
    private static final UUID ANSWER_A = new UUID(0, 11);
    private static final UUID ANSWER_B = new UUID(0, 12);
    private static final UUID REWARD_A = new UUID(0, 21);
    private static final UUID REWARD_B = new UUID(0, 22);

    /** In one transaction the first, and the second where each statement is a transaction. */
    private static final Set<Anomaly> OVERWRITTEN = Set.of(Anomaly.LOST_UPDATE, Anomaly.SCOPE_SPLIT);

    /** The database is not what went wrong, so that it has no name there. */
    private static final Set<Anomaly> UNNAMED = Set.of(Anomaly.NOT_SERIALIZABLE);

    @Override
    public String name() {
        return "mastery";
    }

    @Override
    public List<Race> races() {
        return List.of(
                Race.wrong(
                                "mastery-1",
                                Form.NAIVE,
                                "A reward saves the model that it has loaded before a decision saved its own",
                                OVERWRITTEN,
                                stand -> learned(stand, "a decision and a reward"))
                        .except(Checks::secondWriterFails),
                Race.right("mastery-1", "A decision and a delayed reward", MasteryRaces::decisionAndReward),
                Race.wrong(
                                "mastery-2",
                                Form.NAIVE,
                                "Two rewards save what each has made of the same model",
                                OVERWRITTEN,
                                stand -> learned(stand, "two rewards"))
                        .except(Checks::secondWriterFails),
                Race.right("mastery-2", "Two rewards at once", MasteryRaces::twoRewards),
                Race.wrong(
                        "mastery-3",
                        Form.NAIVE,
                        "What is saved is taken out of the cache first, and put in again as it was",
                        UNNAMED,
                        MasteryRaces::takenOutFirst),
                Race.right(
                        "mastery-3",
                        "A user begins anew on one node, and somebody looks on another, by a shared cache",
                        MasteryRaces::resetAndLook),
                Race.wrong(
                        "mastery-4",
                        Form.PUBLISHED,
                        "And is put in anew when it is saved, unless what is there was put in later",
                        UNNAMED,
                        MasteryRaces::refreshedByClock),
                Race.right(
                        "mastery-4",
                        "A user begins anew on one node, which may crash, while the cache has the learner",
                        MasteryRaces::resetThatMayCrash),
                Race.wrong(
                        "mastery-5",
                        Form.NAIVE,
                        "A crash between the state and the model",
                        Set.of(Anomaly.PARTIAL_COMMIT),
                        MasteryRaces::savedInParts),
                Race.right("mastery-5", "A crash while an answer is stored", MasteryRaces::answerWithACrash),
                Race.wrong(
                                "mastery-6",
                                Form.PUBLISHED,
                                "The lock is freed when the time is up, while its holder still runs",
                                OVERWRITTEN,
                                MasteryRaces::freedByATimer)
                        .except(Checks::secondWriterFails),
                Race.right("mastery-6", "Two answers on one node: the second waits", MasteryRaces::oneNode),
                Race.wrong(
                        "mastery-7",
                        Form.PUBLISHED,
                        "The time for a decision is up between its two saves",
                        Set.of(Anomaly.NOT_SERIALIZABLE, Anomaly.SCOPE_SPLIT),
                        MasteryRaces::timeUp),
                Race.right("mastery-7", "An answer whose first answer was lost comes again", MasteryRaces::twice),
                Race.wrong(
                        "mastery-8",
                        Form.NAIVE,
                        "A worker dies after it has learned of a reward and before it says so",
                        Set.of(Anomaly.PARTIAL_COMMIT, Anomaly.SCOPE_SPLIT),
                        MasteryRaces::workedInParts),
                Race.right("mastery-8", "One of two who learn of a reward may die", MasteryRaces::rewardWithACrash),
                Race.wrong(
                                "mastery-9",
                                Form.NAIVE,
                                "Two workers look for what is pending",
                                Set.of(Anomaly.LOST_UPDATE, Anomaly.SCOPE_SPLIT, Anomaly.NOT_SERIALIZABLE),
                                MasteryRaces::twoWorkersLook)
                        .except(Checks::secondWriterFails),
                Race.right("mastery-9", "Two nodes learn of one reward", MasteryRaces::oneRewardTwice),
                Race.wrong(
                                "mastery-10",
                                Form.PUBLISHED,
                                "Two nodes, each with a lock of its own",
                                OVERWRITTEN,
                                MasteryRaces::localLocks)
                        .except(Checks::secondWriterFails),
                Race.right("mastery-10", "Two answers on two nodes", MasteryRaces::twoNodes),
                Race.wrong(
                                "mastery-11",
                                Form.NAIVE,
                                "A user begins anew while a reward has the old model in hand",
                                OVERWRITTEN,
                                MasteryRaces::resurrected)
                        .except(Checks::secondWriterFails),
                Race.right(
                        "mastery-11", "A user begins anew while a reward is learned of", MasteryRaces::resetAndReward),
                Race.wrong(
                                "mastery-12",
                                Form.NAIVE,
                                "One writes the state first, another the model",
                                Set.of(Anomaly.DEADLOCK),
                                MasteryRaces::oppositeOrder)
                        .except(Engine.SQLITE, "there is one writer at a time, and each statement is a transaction"),
                Race.right("mastery-12", "A reset and an answer: all write in one order", MasteryRaces::resetAndAnswer),
                Race.wrong(
                        "mastery-13",
                        Form.NAIVE,
                        "The cache is away when what is saved is to be taken out of it, and comes back with what it had",
                        UNNAMED,
                        MasteryRaces::cacheIsAway),
                Race.right(
                        "mastery-13",
                        "A user begins anew while the shared cache is away, and it comes back with what it had",
                        MasteryRaces::resetWhileTheStoreIsAway));
    }

    // ---- without guards

    private static NaiveMastery naive(Stand stand) {
        return new NaiveMastery(stand.dataSource(), stand.engine());
    }

    private static Scenario rows(Stand stand, String name) {
        stand.execute(NaiveMastery.TABLES.toArray(String[]::new));
        return Scenario.named(name)
                .reset(NaiveMastery.ROWS.toArray(String[]::new))
                .state(
                        "SELECT id, events FROM naive_learner_state ORDER BY id",
                        "SELECT id, updates, total FROM naive_learner_model ORDER BY id",
                        "SELECT id, status FROM naive_reward_task ORDER BY id");
    }

    private static Scenario learned(Stand stand, String name) {
        return rows(stand, name)
                .actor(() -> naive(stand).learn(1, 2))
                .actor(() -> naive(stand).learn(1, 4))
                .invariant("what both have learned is in the model", bothLearned());
    }

    private static Scenario savedInParts(Stand stand) {
        return rows(stand, "a decision that may crash")
                .crashingActor(() -> naive(stand).decideInParts(1, 2))
                .invariant(
                        "state and model are of the same event",
                        noRow("SELECT s.events, m.updates FROM naive_learner_state s"
                                + " JOIN naive_learner_model m ON m.id = s.id WHERE s.events <> m.updates"));
    }

    private static Scenario freedByATimer(Stand stand) {
        ProcessLock lock = new ProcessLock();
        return rows(stand, "two answers under a lock with a timer")
                .reset(connection -> lock.reset())
                .actor(() -> naive(stand).learnWithTimer(1, 2, lock, "a"))
                .actor(() -> naive(stand).learnWithTimer(1, 4, lock, "b"))
                .invariant("what both have learned is in the model", bothLearned());
    }

    private static Scenario timeUp(Stand stand) {
        AtomicBoolean timeUp = new AtomicBoolean();
        return rows(stand, "the time is up")
                .reset(connection -> timeUp.set(false))
                .actor(() -> naive(stand).decideWithin(1, 2, timeUp))
                .actor(() -> {
                    Steps.pass("time.up");
                    timeUp.set(true);
                    return "the time is up";
                })
                .invariant(
                        "where a fallback was answered nothing is stored",
                        (connection, results) -> told(results, NaiveMastery.FALLBACK) == 0
                                ? Optional.empty()
                                : firstRow(connection, "SELECT updates FROM naive_learner_model WHERE updates <> 1"));
    }

    private static Scenario workedInParts(Stand stand) {
        return rows(stand, "a worker that may die, and another")
                .crashingActor(() -> naive(stand).workInParts(1))
                .actor(() -> naive(stand).workInParts(1))
                .invariant("it is learned of once at the most", learnedOnce());
    }

    private static Scenario twoWorkersLook(Stand stand) {
        return rows(stand, "two workers")
                .actor(() -> naive(stand).workPending(1))
                .actor(() -> naive(stand).workPending(1))
                .invariant("it is learned of once at the most", learnedOnce());
    }

    private static Scenario localLocks(Stand stand) {
        ProcessLock here = new ProcessLock();
        ProcessLock there = new ProcessLock();
        return rows(stand, "two nodes")
                .reset(connection -> {
                    here.reset();
                    there.reset();
                })
                .actor(() -> naive(stand).learnUnder(1, 2, here, "a"))
                .actor(() -> naive(stand).learnUnder(1, 4, there, "b"))
                .invariant("what both have learned is in the model", bothLearned());
    }

    private static Scenario resurrected(Stand stand) {
        return rows(stand, "a reward while the user begins anew")
                .actor(() -> naive(stand).learn(1, 4))
                .actor(() -> naive(stand).reset(1))
                .invariant(
                        "nothing of the old model is left",
                        (connection, results) -> told(results, NaiveMastery.DONE) < 2
                                ? Optional.empty()
                                : firstRow(
                                        connection,
                                        "SELECT updates, total FROM naive_learner_model"
                                                + " WHERE updates > 1 OR total NOT IN (0, 4)"));
    }

    private static Scenario oppositeOrder(Stand stand) {
        return rows(stand, "two write state and model")
                .actor(() -> naive(stand).stateThenModel(1))
                .actor(() -> naive(stand).modelThenState(1))
                .invariant(
                        "both are done",
                        (connection, results) -> told(results, NaiveMastery.DONE) == 2
                                ? Optional.empty()
                                : Optional.of(results.toString()));
    }

    private static Scenario takenOutFirst(Stand stand) {
        NaiveCache cache = new NaiveCache(stand.dataSource());
        return savedWhileLooking(stand, "a save and a look", cache, cache::deleteAndSave);
    }

    private static Scenario refreshedByClock(Stand stand) {
        NaiveCache cache = new NaiveCache(stand.dataSource());
        return savedWhileLooking(stand, "a save with a refresh, and a look", cache, cache::deleteSaveAndRefresh);
    }

    private static Scenario savedWhileLooking(Stand stand, String name, NaiveCache cache, Callable<String> save) {
        return cached(stand, name, cache)
                .reset(connection -> cache.reset())
                .actor(save)
                .actor(cache::look);
    }

    private static Scenario cacheIsAway(Stand stand) {
        NaiveCache cache = new NaiveCache(stand.dataSource());
        return cached(stand, "a save while the cache is away", cache)
                .reset(connection -> cache.resetFilled())
                .actor(cache::saveAndDelete)
                .actor(() -> cache.goAway() + cache.comeBack());
    }

    private static Scenario cached(Stand stand, String name, NaiveCache cache) {
        return rows(stand, name)
                .invariant(
                        "the cache has what is stored, or nothing", (connection, results) -> cache.stale(connection));
    }

    // ---- the service

    private static Scenario decisionAndReward(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("an answer and a reward")
                .actor(() -> lesson.node(1).answer(ANSWER_A, "a"))
                .actor(() -> lesson.node(2).reward(REWARD_A))
                .invariant("both are in the model", updates(3));
    }

    private static Scenario twoRewards(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("two rewards")
                .actor(() -> lesson.node(1).reward(REWARD_A))
                .actor(() -> lesson.node(2).reward(REWARD_B))
                .invariant("both are in the model", updates(3));
    }

    private static Scenario answerWithACrash(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("an answer that may crash")
                .crashingActor(() -> lesson.node(1).answer(ANSWER_A, "a"))
                .invariant("it is there as a whole or not at all", right((connection, results) -> Optional.empty()));
    }

    private static Scenario oneNode(Stand stand) {
        Lesson lesson = new Lesson(stand);
        SharedNode node = new SharedNode(lesson);
        return lesson.scenario("two answers on one node")
                .reset(connection -> node.begin())
                .actor(() -> node.get().answer(ANSWER_A, "a"))
                .actor(() -> node.get().answer(ANSWER_B, "b"))
                .invariant("both are in the model", updates(3));
    }

    /** One node for several actors, a new one in each run. */
    private static final class SharedNode {
        private final Lesson lesson;
        private volatile Lesson.Node node;

        SharedNode(Lesson lesson) {
            this.lesson = lesson;
            node = lesson.node(1);
        }

        void begin() {
            node = lesson.node(1);
        }

        Lesson.Node get() {
            return node;
        }
    }

    private static Scenario twice(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("an answer comes twice")
                .actor(() -> lesson.node(1).answer(ANSWER_A, "a"))
                .actor(() -> lesson.node(2).answer(ANSWER_A, "a"))
                .invariant("it is in the model once", updates(2));
    }

    private static Scenario rewardWithACrash(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("a reward, by two of whom one may die")
                .crashingActor(() -> lesson.node(1).reward(REWARD_A))
                .actor(() -> lesson.node(2).reward(REWARD_A))
                .invariant(
                        "it is in the model once",
                        right(noRow("SELECT update_count FROM amas_user_models WHERE update_count <> 2")));
    }

    private static Scenario oneRewardTwice(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("a reward, by two nodes")
                .actor(() -> lesson.node(1).reward(REWARD_A))
                .actor(() -> lesson.node(2).reward(REWARD_A))
                .invariant("it is in the model once", updates(2));
    }

    private static Scenario twoNodes(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("two answers on two nodes")
                .actor(() -> lesson.node(1).answer(ANSWER_A, "a"))
                .actor(() -> lesson.node(2).answer(ANSWER_B, "b"))
                .invariant("both are in the model", updates(3));
    }

    private static Scenario resetAndReward(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("a reset and a reward")
                .actor(() -> lesson.node(1).reset())
                .actor(() -> lesson.node(2).reward(REWARD_A))
                .invariant("nothing of the old model is left", updates(0));
    }

    private static Scenario resetAndAnswer(Stand stand) {
        Lesson lesson = new Lesson(stand);
        return lesson.scenario("a reset and an answer")
                .actor(() -> lesson.node(1).reset())
                .actor(() -> lesson.node(2).answer(ANSWER_A, "a"))
                .invariant(
                        "the answer is in the new model or forgotten with the old",
                        right(noRow("SELECT generation, update_count FROM amas_user_models"
                                + " WHERE generation <> 2 OR update_count > 1")));
    }

    private static Scenario resetAndLook(Stand stand) {
        CachedLesson lesson = new CachedLesson(stand);
        return lesson.scenario("a reset and a look")
                .actor(lesson::beginAnew)
                .actor(lesson::look)
                .invariant("what is served is what is stored", lesson.servesWhatIsStored());
    }

    private static Scenario resetThatMayCrash(Stand stand) {
        CachedLesson lesson = new CachedLesson(stand);
        return lesson.filled("a reset that may crash")
                .crashingActor(lesson::beginAnew)
                .invariant("what is served is what is stored", lesson.servesWhatIsStored());
    }

    private static Scenario resetWhileTheStoreIsAway(Stand stand) {
        CachedLesson lesson = new CachedLesson(stand);
        return lesson.filled("a reset while the store is away")
                .actor(lesson::beginAnew)
                .actor(lesson::goAndComeBack)
                .invariant(
                        "it is done, and what is served is what is stored",
                        Checks.both(
                                (connection, results) -> told(results, NaiveMastery.DONE) == 1
                                        ? Optional.empty()
                                        : Optional.of(results.toString()),
                                lesson.servesWhatIsStored()));
    }

    // ---- what is looked at after each run

    /** Unless somebody has lost against another, whose caller may try again, both are in the sum. */
    private static Scenario.Check bothLearned() {
        return (connection, results) -> told(results, NaiveMastery.DONE)
                        < results.results().size()
                ? Optional.empty()
                : firstRow(
                        connection, "SELECT updates, total FROM naive_learner_model WHERE updates <> 3 OR total <> 7");
    }

    private static Scenario.Check learnedOnce() {
        return noRow("SELECT updates, total FROM naive_learner_model WHERE updates > 2");
    }

    /** So many updates, and everything agrees. */
    private static Scenario.Check updates(int updates) {
        return right((connection, results) -> anyLost(results)
                ? Optional.empty()
                : firstRow(connection, "SELECT update_count FROM amas_user_models WHERE update_count <> " + updates));
    }

    /** The books are right, and something else as well. */
    private static Scenario.Check right(Scenario.Check more) {
        return Checks.right(MasteryAudit::run, more);
    }
}
