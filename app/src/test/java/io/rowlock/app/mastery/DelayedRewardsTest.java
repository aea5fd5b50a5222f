package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.Classroom.options;
import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.mastery.DelayedRewards.Applied;
import io.rowlock.app.mastery.DelayedRewards.Report;
import io.rowlock.app.mastery.MasteryTables.RewardRow;
import io.rowlock.claim.Claim;
import io.rowlock.claim.Claims;
import io.rowlock.engines.Actors;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Rewards that are learned of later: each once, whoever does it and however often. */
class DelayedRewardsTest {
    private final String user = "u-" + UUID.randomUUID();

    @Databases
    void whatIsDueIsLearnedOfOnce(Database database) {
        Classroom classroom = new Classroom(database).emptied();
        Given first = classroom.answer(user, "lighthouse");
        Given second = classroom.answer(user, "harbour");

        Report report = classroom.rewards.applyDue();
        Report again = classroom.rewards.applyDue();

        assertThat(report).isEqualTo(new Report(2, 0, 0, 0));
        assertThat(again.taken()).isZero();
        assertThat(classroom.model(user).updateCount()).isEqualTo(4);
        assertThat(classroom.state(user).events()).isEqualTo(4);
        assertThat(classroom.state(user).interactions()).isEqualTo(2);
        assertThat(classroom.queries.rewards(user, RewardStatus.DONE, 10))
                .extracting(reward -> reward.row().answerRecordId())
                .containsExactlyInAnyOrder(first.eventId(), second.eventId());
        assertThat(classroom.count("amas_reward_processed", "status", "done")).isEqualTo(2);
        classroom.rewards.count();
        assertThat(classroom.registry.get("amas_reward_queue_length").gauge().value())
                .isZero();
        classroom.booksAreRight();
    }

    /** mastery-1, mastery-2 and mastery-9: answers, two workers and rewards that are handed in, all of one user at once. */
    @Databases
    void rewardsAndAnswersAtOnceAreAllInTheModel(Database database) {
        Classroom here = new Classroom(database).emptied();
        Classroom there = here.node(options());
        Given begun = here.answer(user, "begin");
        for (int i = 0; i < 5; i++) {
            Given unused = here.answer(user, "w" + i);
        }
        List<Callable<Object>> actors = new ArrayList<>();
        actors.add(here.rewards::applyDue);
        actors.add(there.rewards::applyDue);
        for (int i = 0; i < 4; i++) {
            Classroom node = i % 2 == 0 ? here : there;
            String word = "late" + i;
            actors.add(() -> node.rewards.apply(UUID.randomUUID(), user, 0.5, begun.eventId(), null));
            actors.add(() -> node.answer(user, word));
        }

        assertThat(Actors.run(Actors.DEADLINE, actors))
                .allSatisfy(outcome ->
                        assertThat(outcome.succeeded()).as("%s", outcome).isTrue());
        Report rest = here.rewards.applyDue();

        assertThat(rest.done()).isBetween(0, 10);
        // 6 answers and 4 later ones, a reward for each, and 4 that were handed in.
        assertThat(here.model(user).updateCount()).isEqualTo(24);
        here.booksAreRight();
    }

    @Databases
    void aRewardIsFoundByItsAnswerOrItsSession(Database database) {
        Classroom classroom = new Classroom(database).emptied();
        Given given = classroom.answer(user, "lighthouse");
        UUID id = UUID.randomUUID();

        assertThat(classroom.rewards.apply(id, user, 0.5, given.eventId(), null))
                .isEqualTo(new Applied.Done(false));
        assertThat(classroom.rewards.apply(id, user, 0.5, given.eventId(), null))
                .isEqualTo(new Applied.Done(true));
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user, -0.5, null, given.sessionId()))
                .isEqualTo(new Applied.Done(false));
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user, Double.NaN, given.eventId(), null))
                .isEqualTo(new Applied.Failed("invalid_reward"));
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user, 1, UUID.randomUUID(), null))
                .isEqualTo(new Applied.Failed("no_feature_vector"));
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user, 1, null, null))
                .isEqualTo(new Applied.Failed("no_feature_vector"));
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user + "x", 1, given.eventId(), null))
                .isEqualTo(new Applied.Failed("no_feature_vector"));
        assertThat(classroom.mastery.reset(user)).isTrue();
        assertThat(classroom.rewards.apply(UUID.randomUUID(), user, 1, given.eventId(), null))
                .isEqualTo(new Applied.Failed("model_not_found"));
        classroom.booksAreRight();
    }

    /** What cannot be learned of is tried three times, is not done, and says why. */
    @Databases
    void whatFailsIsTriedAgainAndFailsInTheEnd(Database database) {
        Classroom classroom = new Classroom(database).emptied();
        Given given = classroom.answer(user, "lighthouse");
        database.execute(
                "UPDATE reward_queue SET answer_record_id = NULL, session_id = NULL WHERE user_id = '" + user + "'");

        assertThat(classroom.rewards.applyDue()).isEqualTo(new Report(0, 1, 0, 0));
        assertThat(classroom.rewards.applyDue().taken()).as("not at once").isZero();
        MasteryQueries.Reward tried = classroom.queries.rewards(user, null, 10).get(0);
        assertThat(tried.attempts()).isEqualTo(1);
        assertThat(tried.reason()).contains("no_feature_vector");
        makeDue(database);
        assertThat(classroom.rewards.applyDue()).isEqualTo(new Report(0, 1, 0, 0));
        makeDue(database);
        assertThat(classroom.rewards.applyDue()).isEqualTo(new Report(0, 0, 1, 0));
        makeDue(database);
        assertThat(classroom.rewards.applyDue().taken()).isZero();

        assertThat(classroom.queries.rewards(user, RewardStatus.FAILED, 10))
                .singleElement()
                .satisfies(reward -> assertThat(reward.attempts()).isEqualTo(3));
        assertThat(classroom.model(user).updateCount()).isEqualTo(given.updateCount());
    }

    private static void makeDue(Database database) {
        database.execute("UPDATE reward_queue SET claim_until = 0");
    }

    /** A worker that was taken for dead: its reward was somebody else's by the time it came back. */
    @Databases
    void aWorkerThatComesBackLateStoresNothing(Database database) {
        Classroom classroom = new Classroom(database).emptied();
        Given unused = classroom.answer(user, "lighthouse");
        Claims<RewardRow, UUID> claims = classroom.rowlock.claims(DelayedRewards.DUE);
        List<Claim<RewardRow, UUID>> taken = claims.take(1);
        assertThat(taken).hasSize(1);
        assertThat(classroom.queries.rewards(user, RewardStatus.PROCESSING, 10)).hasSize(1);
        assertThat(classroom.rewards.applyDue().taken())
                .as("in somebody's hands")
                .isZero();
        makeDue(database);

        assertThat(classroom.rewards.applyDue()).isEqualTo(new Report(1, 0, 0, 0));

        assertThat(claims.renew(taken.get(0))).isFalse();
        assertThat(classroom.model(user).updateCount()).isEqualTo(2);
        classroom.booksAreRight();
    }
}
