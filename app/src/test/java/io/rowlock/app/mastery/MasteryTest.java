package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.Classroom.options;
import static io.rowlock.app.mastery.Classroom.recorded;
import static io.rowlock.app.mastery.Classroom.why;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Row;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.Processed.Why;
import io.rowlock.app.mastery.model.ColdStart.Phase;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.RewardProfile;
import io.rowlock.app.mastery.model.Strategy;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Answers of users: decided on one after another, each stored as a whole. */
class MasteryTest {
    private final String user = "u-" + UUID.randomUUID();

    @Databases
    void anAnswerMakesTheUserAndChangesEverythingTogether(Database database) {
        Classroom classroom = new Classroom(database);

        Given first = classroom.answer(user, "lighthouse");
        classroom.clock.advance(Duration.ofSeconds(20));
        Given second = classroom.answer(user, "lighthouse");

        assertThat(first.updateCount()).isEqualTo(1);
        assertThat(second.updateCount()).isEqualTo(2);
        Learner learner = classroom.learner(user);
        assertThat(learner.state()).isEqualTo(second.state());
        assertThat(learner.strategies()).containsExactly(first.strategy(), second.strategy());
        assertThat(learner.coldStart().probes()).isEqualTo(2);
        assertThat(learner.recent().answers()).hasSize(2);
        assertThat(learner.events()).isEqualTo(2);
        assertThat(classroom.state(user).lastUpdateTs())
                .isEqualTo(classroom.clock.instant().toEpochMilli())
                .isEqualTo(classroom.model(user).lastUpdateTs());
        assertThat(classroom.number("SELECT answers FROM amas_word_states WHERE user_id = '" + user + "'"))
                .isEqualTo(2);
        assertThat(classroom.queries.rewards(user, RewardStatus.PENDING, 10)).hasSize(2);
        assertThat(classroom.count("amas_decision_write", "status", "success")).isEqualTo(2);
        assertThat(classroom.count("amas_feature_vector_saved")).isEqualTo(2);
        classroom.booksAreRight();
    }

    /** Whatever a learner is made of, it is the same after it was stored and read. */
    @Databases
    void whatIsStoredIsWhatWasDecided(Database database) {
        Classroom classroom = new Classroom(database);
        Engine engine = new Engine(java.time.ZoneOffset.UTC);
        Learner expected = Learner.fresh(1);
        for (int i = 0; i < 30; i++) {
            Asked asked = classroom.asked("w" + i % 7, i % 3 != 0, 900 + 137 * i);
            expected = engine.process(
                            expected,
                            asked.event(),
                            asked.options(),
                            new java.util.SplittableRandom(asked.eventId().getLeastSignificantBits()))
                    .after();
            Processed.Recorded unused = recorded(classroom.mastery.process(user, asked));
            Learner stored = classroom.learner(user);
            assertThat(stored)
                    .usingRecursiveComparison()
                    .ignoringFields("model")
                    .isEqualTo(expected);
            assertThat(stored.model().bytes()).isEqualTo(expected.model().bytes());
            classroom.clock.advance(Duration.ofSeconds(30 + i));
        }
        assertThat(classroom.learner(user).coldStart().phase()).isEqualTo(Phase.NORMAL);
        classroom.booksAreRight();
    }

    @Databases
    void anAnswerThatComesAgainIsDecidedOnOnce(Database database) {
        Classroom classroom = new Classroom(database);
        UUID id = UUID.randomUUID();
        Asked asked = classroom.named(id, "lighthouse");

        Processed.Recorded first = recorded(classroom.mastery.process(user, asked));
        classroom.clock.advance(Duration.ofMinutes(1));
        Processed.Recorded again = recorded(classroom.mastery.process(user, asked));
        Processed other = classroom.mastery.process(user, classroom.named(id, "harbour"));
        Processed anothers = classroom.mastery.process(user + "x", asked);

        assertThat(first.repeated()).isFalse();
        assertThat(again.repeated()).isTrue();
        assertThat(again.given()).isEqualTo(first.given());
        assertThat(other).isInstanceOf(Processed.Reused.class);
        assertThat(anothers).isInstanceOf(Processed.Reused.class);
        assertThat(classroom.model(user).updateCount()).isEqualTo(1);
        classroom.booksAreRight();
    }

    /** An answer that was stored when it said less is given again as it was. */
    @Databases
    void anAnswerOfAnEarlierVersionComesAgain(Database database) throws SQLException {
        Classroom classroom = new Classroom(database);
        UUID id = UUID.randomUUID();
        Asked asked = classroom.named(id, "lighthouse");
        Given first = recorded(classroom.mastery.process(user, asked)).given();
        String select = "SELECT answer FROM amas_events WHERE user_id = '" + user + "'";
        String stored = classroom.rows(select).get(0).strip();
        String earlier = stored.replaceFirst("\"generation\":1,", "").replaceFirst("\"answers\":1,", "");
        assertThat(earlier).hasSize(stored.length() - "\"generation\":1,\"answers\":1,".length());
        try (Connection connection = database.dataSource().getConnection();
                PreparedStatement update =
                        connection.prepareStatement("UPDATE amas_events SET answer = ? WHERE user_id = ?")) {
            update.setString(1, earlier);
            update.setString(2, user);
            assertThat(update.executeUpdate()).isOne();
        }

        Processed.Recorded again = recorded(classroom.mastery.process(user, asked));

        assertThat(again.repeated()).isTrue();
        assertThat(again.given().strategy()).isEqualTo(first.strategy());
        assertThat(again.given().generation()).isZero();
    }

    @Databases
    void anAnswerMayBeToTeachNothing(Database database) {
        Classroom classroom = new Classroom(database);
        Given first = classroom.answer(user, "lighthouse");

        Given second = recorded(classroom.mastery.process(
                        user,
                        classroom.asked(
                                UUID.randomUUID(),
                                false,
                                "harbour",
                                true,
                                2000,
                                new Engine.Options(RewardProfile.RELAXED, false, null))))
                .given();

        assertThat(first.learned()).isTrue();
        assertThat(second.learned()).isFalse();
        assertThat(second.rewardDueAt()).isNull();
        assertThat(classroom.model(user).updateCount()).isEqualTo(1);
        assertThat(classroom.state(user).events()).isEqualTo(2);
        classroom.booksAreRight();
    }

    // ---- one at a time

    /** mastery-10: any number of threads of any number of nodes, and nothing is lost. */
    @Databases
    void allAnswersOfAllNodesAreInTheModel(Database database) {
        Classroom here = new Classroom(database);
        Classroom there = here.node(options());
        List<String> users = List.of(user + "a", user + "b");
        int each = 6;
        List<Callable<Integer>> actors = new ArrayList<>();
        for (Classroom node : List.of(here, there)) {
            for (int actor = 0; actor < 3; actor++) {
                int number = actor;
                actors.add(() -> {
                    for (int i = 0; i < each; i++) {
                        Given unused = node.answer(users.get((i + number) % 2), "w" + number + "." + i);
                    }
                    return each;
                });
            }
        }

        assertThat(Actors.run(Actors.DEADLINE, actors))
                .allSatisfy(outcome -> assertThat(outcome.get()).isEqualTo(each));

        assertThat(here.model(users.get(0)).updateCount()
                        + here.model(users.get(1)).updateCount())
                .isEqualTo((long) actors.size() * each);
        here.booksAreRight();
    }

    /** mastery-6: who waits too long comes in no sooner, and who was waited for goes on and commits. */
    @Databases
    void aWaitThatEndsLetsNobodyInBesideTheFirst(Database database) throws Exception {
        Classroom classroom = new Classroom(database)
                .node(options().lockTimeout(Duration.ofMillis(200)).decision(Duration.ofSeconds(30)));
        Given unused = classroom.answer(user, "before");
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicReference<@Nullable Processed> first = new AtomicReference<>();
        Thread holder = new Thread(() -> first.set(classroom.rowlock.serial(Mastery.key(user), Classroom.LONG, () -> {
            held.countDown();
            await(release);
            return classroom.mastery.process(user, classroom.asked("first", true, 2000));
        })));
        holder.start();
        await(held);

        Processed second = classroom.mastery.process(user, classroom.asked("second", true, 2000));

        assertThat(why(second)).isEqualTo(Why.LOCK_TIMEOUT);
        assertThat(classroom.count("amas_lock_timeouts")).isEqualTo(1);
        assertThat(classroom.model(user).updateCount())
                .as("nobody else came in")
                .isEqualTo(1);
        release.countDown();
        holder.join();
        assertThat(recorded(Objects.requireNonNull(first.get())).given().updateCount())
                .isEqualTo(2);
        classroom.booksAreRight();
    }

    /** mastery-7: a decision that takes too long is broken off, and commits neither then nor later. */
    @Databases
    void aLateDecisionCommitsNothing(Database database) throws Exception {
        Classroom classroom = new Classroom(database);
        Classroom hurried = classroom.node(options().decision(Duration.ofMillis(300)));
        Given unused = classroom.answer(user, "before");
        List<String> before = classroom.everything();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            Boolean done = classroom.rowlock.transact(tx -> {
                Row<StateRow> row = tx.lock(MasteryTables.STATES, user).orElseThrow();
                tx.flush();
                held.countDown();
                await(release);
                return row.value().userId().equals(user);
            });
            assertThat(done).isTrue();
        });
        holder.start();
        await(held);

        Processed late = hurried.mastery.process(user, hurried.asked("late", true, 2000));

        assertThat(why(late)).isEqualTo(Why.DECISION_TIMEOUT);
        assertThat(late)
                .isInstanceOfSatisfying(
                        Processed.Fallback.class,
                        fallback -> assertThat(fallback.strategy()).isEqualTo(Strategy.DEFAULT));
        release.countDown();
        holder.join();
        assertThat(classroom.everything()).isEqualTo(before);
        assertThat(hurried.count("amas_fallbacks", "reason", "decision_timeout"))
                .isEqualTo(1);
        Given next = hurried.node(options()).answer(user, "next");
        assertThat(next.updateCount()).isEqualTo(2);
        classroom.booksAreRight();
    }

    private static void await(CountDownLatch latch) throws AssertionError {
        try {
            assertThat(latch.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    // ---- what is not recorded

    @Databases
    void nonsenseChangesNothing(Database database) {
        Classroom classroom = new Classroom(database);
        Given unused = classroom.answer(user, "before");
        List<String> before = classroom.everything();

        Processed processed = classroom.mastery.process(user, classroom.asked("w", true, 200_000));

        assertThat(why(processed)).isEqualTo(Why.ANOMALY);
        assertThat(classroom.everything()).isEqualTo(before);
    }

    // ---- beginning anew

    @Databases
    void aUserMayBeginAnew(Database database) {
        Classroom classroom = new Classroom(database);
        for (int i = 0; i < 3; i++) {
            Given unused = classroom.answer(user, "w" + i);
        }
        assertThat(classroom.mastery.reset(user)).isTrue();

        assertThat(classroom.learner(user))
                .usingRecursiveComparison()
                .ignoringFields("model")
                .isEqualTo(Learner.fresh(2));
        assertThat(classroom.model(user).updateCount()).isZero();
        assertThat(classroom.queries.rewards(user, null, 10)).isEmpty();
        assertThat(classroom.mastery.reset(user + "x")).as("nobody").isFalse();
        classroom.booksAreRight();
        assertThat(classroom.answer(user, "w0").updateCount()).isEqualTo(1);
        assertThat(classroom.number("SELECT COUNT(*) FROM amas_events WHERE user_id = '" + user + "'"))
                .isEqualTo(4);
        classroom.booksAreRight();
    }

    /** mastery-11: whichever comes first, nothing of the old model is left. */
    @Databases
    void aResetAmongAnswersLeavesNothingOfTheOldModel(Database database) {
        Classroom here = new Classroom(database);
        Classroom there = here.node(options());
        for (int round = 1; round <= 3; round++) {
            Given unused = here.answer(user, "begin" + round);
            long generation = here.state(user).generation();
            List<Actors.Outcome<Object>> outcomes = Actors.run(
                    () -> here.answer(user, "a"), () -> there.mastery.reset(user), () -> there.answer(user, "b"));
            assertThat(outcomes)
                    .allSatisfy(outcome -> assertThat(outcome.succeeded()).isTrue());
            assertThat(here.state(user).generation()).isEqualTo(generation + 1);
            here.booksAreRight();
        }
    }

    @Databases
    void whoWasAwayForLongBeginsAnew(Database database) {
        Classroom classroom = new Classroom(database);
        Given unused = classroom.answer(user, "before");
        classroom.clock.advance(Duration.ofDays(91));

        Given after = classroom.answer(user, "after");

        assertThat(after.updateCount()).isEqualTo(1);
        assertThat(classroom.state(user).generation()).isEqualTo(2);
        assertThat(classroom.queries.rewards(user, null, 10))
                .singleElement()
                .satisfies(reward -> assertThat(reward.row().answerRecordId()).isEqualTo(after.eventId()));
        classroom.booksAreRight();
    }

    // ---- the plain way, and putting right what it did

    /** mastery-5 and mastery-10 as they are without: two nodes, each save by itself, and the later undoes the earlier. */
    @Databases
    void storedInPartsTheLaterSaveUndoesTheEarlierAndRepairComputesItAnew(Database database) throws Exception {
        Classroom classroom = new Classroom(database);
        Classroom plain = classroom.node(options().plain());
        Given unused = plain.answer(user, "before");
        classroom.booksAreRight();
        // What a node does that has read before somebody else has written.
        Learner stale = classroom.learner(user);
        Given other = classroom.answer(user, "other");
        classroom.rowlock.transact(tx -> {
            Row<MasteryTables.ModelRow> model =
                    tx.lock(MasteryTables.MODELS, user).orElseThrow();
            return tx.update(model, row -> LearnerRows.model(user, stale, row.createdAt(), classroom.clock.instant()));
        });

        assertThat(other.updateCount()).isEqualTo(2);
        assertThat(classroom.violated()).containsExactly("update-count");
        assertThat(classroom.consistency.checkAndCount(10))
                .containsExactly(new Consistency.Drift(user, "updateCount", 1, 2));
        assertThat(classroom.count("amas_cache_inconsistencies", "field", "updateCount"))
                .isEqualTo(1);
        assertThat(classroom.consistency.repair(user)).isTrue();
        classroom.booksAreRight();
        assertThat(classroom.model(user).updateCount()).isEqualTo(2);
        assertThat(classroom.consistency.repair(user + "x")).isFalse();
    }
}
