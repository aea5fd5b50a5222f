package io.rowlock.app.mastery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.rowlock.app.mastery.model.ColdStart.Phase;
import io.rowlock.app.mastery.model.Engine.Options;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** From a learner and an answer to the next learner and a decision. */
class EngineTest {
    private static final Instant MORNING = Instant.parse("2026-03-02T09:00:00Z");

    private final Engine engine = new Engine(ZoneOffset.UTC);

    private static LearningEvent answer(boolean correct, double response, Instant at) {
        return LearningEvent.answer("word", correct, response, at);
    }

    private List<Decision> answers(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Decision> decisions = new ArrayList<>();
        Learner learner = Learner.fresh(1);
        Instant at = MORNING;
        for (int i = 0; i < count; i++) {
            at = at.plus(Duration.ofSeconds(random.nextInt(5, 300)));
            Decision decision = engine.process(
                    learner,
                    answer(random.nextDouble() < 0.7, random.nextDouble(800, 9000), at),
                    Options.DEFAULT,
                    random);
            decisions.add(decision);
            learner = decision.after();
        }
        return decisions;
    }

    @Test
    void theModelIsTheSumOfWhatItWasTold() {
        List<Decision> decisions = answers(1, 300);
        LinUcb model = decisions.get(decisions.size() - 1).after().model();
        int d = LinUcb.DIMENSION;
        double[] a = new double[d * d];
        double[] b = new double[d];
        for (Decision decision : decisions) {
            double[] x = decision.vector().values();
            for (int i = 0; i < d; i++) {
                b[i] += decision.reward() * x[i];
                for (int j = 0; j < d; j++) {
                    a[i * d + j] += x[i] * x[j];
                }
            }
        }

        assertThat(model.updateCount()).isEqualTo(300);
        for (int i = 0; i < d; i++) {
            assertThat(model.vector()[i]).isCloseTo(b[i], within(1e-9));
            for (int j = 0; j < d; j++) {
                assertThat(model.matrix()[i * d + j]).isCloseTo(a[i * d + j] + (i == j ? 1 : 0), within(1e-9));
            }
        }
        assertThat(model.matrix()[d * d - 1]).as("the last feature is 1").isEqualTo(301);
    }

    @Test
    void everyDecisionIsOneThatMayBeTaken() {
        for (long seed = 1; seed <= 20; seed++) {
            List<Decision> decisions = answers(seed, 60);
            for (Decision decision : decisions) {
                Learner after = decision.after();
                assertThat(decision.strategy())
                        .as("seed=" + seed)
                        .isEqualTo(decision.strategy().clamped());
                assertThat(decision.strategy())
                        .as("seed=" + seed)
                        .isEqualTo(Guardrails.applied(decision.strategy(), after.state()));
                assertThat(decision.action()).isEqualTo(Actions.nearest(decision.strategy()));
                assertThat(decision.reward()).isBetween(-1.0, 1.0);
                assertThat(decision.shouldBreak()).isEqualTo(after.state().fatigue() > 0.8);
                assertThat(after.strategy()).isEqualTo(decision.strategy());
                assertThat(after.strategies()).hasSizeLessThanOrEqualTo(Learner.STRATEGIES);
                assertThat(after.recent().answers()).hasSizeLessThanOrEqualTo(Recent.SIZE);
            }
            Learner last = decisions.get(decisions.size() - 1).after();
            assertThat(last.coldStart().phase()).isEqualTo(Phase.NORMAL);
            assertThat(last.interactions()).isEqualTo(60);
            assertThat(last.events()).isEqualTo(60);
        }
    }

    /** Two nodes that work on the same come to the same, and what they began with stays what it was. */
    @Test
    void theSameComesOfTheSame() {
        Learner before = answers(4, 40).get(39).after();
        byte[] model = before.model().bytes();
        LearningEvent event = answer(true, 2500, MORNING.plus(Duration.ofDays(1)));

        Decision here = engine.process(before, event, Options.DEFAULT, new SplittableRandom(9));
        Decision there = engine.process(before, event, Options.DEFAULT, new SplittableRandom(9));

        assertThat(before.model().bytes()).isEqualTo(model);
        assertThat(there)
                .usingRecursiveComparison()
                .ignoringFields("after.model")
                .isEqualTo(here);
        assertThat(there.after().model().bytes()).isEqualTo(here.after().model().bytes());
    }

    @Test
    void anAnswerMayBeToTeachNothing() {
        Learner before = answers(4, 10).get(9).after();

        Decision decision = engine.process(
                before,
                answer(true, 2500, MORNING.plus(Duration.ofHours(1))),
                new Options(RewardProfile.CRAM, false, 0.5),
                new SplittableRandom(1));

        assertThat(decision.learned()).isFalse();
        assertThat(decision.after().model().updateCount()).isEqualTo(10);
        assertThat(decision.after().model().bytes()).isEqualTo(before.model().bytes());
        assertThat(decision.after().ensemble()).isEqualTo(before.ensemble());
        assertThat(decision.after().interactions()).isEqualTo(11);
        assertThat(decision.vector().values()[5])
                .as("the error rate that was said")
                .isEqualTo(0.5);
    }

    @Test
    void aDelayedRewardTeachesTheModelAndNothingElse() {
        Decision decision = answers(4, 10).get(9);
        Learner before = decision.after();

        Learner after = Engine.rewarded(before, decision.vector(), 0.5);
        Learner ofOldVector = Engine.rewarded(before, decision.vector().resized(12), 5);

        assertThat(after.model().updateCount()).isEqualTo(11);
        assertThat(before.model().updateCount()).isEqualTo(10);
        assertThat(after.events()).isEqualTo(11);
        assertThat(after.interactions()).isEqualTo(10);
        assertThat(after.state()).isEqualTo(before.state());
        double[] x = decision.vector().values();
        assertThat(after.model().vector()[0]).isCloseTo(before.model().vector()[0] + 0.5 * x[0], within(1e-12));
        assertThat(ofOldVector.model().vector()[0])
                .as("cut at 1")
                .isCloseTo(before.model().vector()[0] + x[0], within(1e-12));
        assertThat(ofOldVector.model().vector()[21]).isEqualTo(before.model().vector()[21]);
        assertThatThrownBy(() -> Engine.rewarded(before, decision.vector(), Double.NaN))
                .hasMessageContaining("finite");
    }

    @Test
    void whoWasAwayForLongIsANewUser() {
        Learner before = answers(4, 10).get(9).after();

        Decision decision = engine.process(
                before,
                answer(true, 2500, MORNING.plus(Duration.ofDays(100))),
                Options.DEFAULT,
                new SplittableRandom(1));

        assertThat(decision.after().generation()).isEqualTo(2);
        assertThat(decision.after().events()).isEqualTo(1);
        assertThat(decision.after().model().updateCount()).isEqualTo(1);
        assertThat(decision.after().coldStart().probes()).isEqualTo(1);
    }

    @Test
    void anomaliesAreNotProcessed() {
        assertThatThrownBy(() -> engine.process(
                        Learner.fresh(1), answer(true, 0, MORNING), Options.DEFAULT, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What was learned shows: one who answers best to easy words gets them in the end. */
    @Test
    void aModelLearnsWhatPays() {
        SplittableRandom random = new SplittableRandom(11);
        LinUcb model = LinUcb.fresh();
        for (int i = 0; i < 500; i++) {
            Strategy action = Actions.ALL.get(random.nextInt(Actions.ALL.size()));
            FeatureVector x = Features.of(UserState.DEFAULT, 0.2, 2500, 10, action);
            assertThat(model.update(x, action.difficulty() == Difficulty.EASY ? 0.8 : -0.4))
                    .isTrue();
        }
        double easy = best(model, Difficulty.EASY);
        assertThat(easy).isGreaterThan(best(model, Difficulty.MID));
        assertThat(easy).isGreaterThan(best(model, Difficulty.HARD));
    }

    private static double best(LinUcb model, Difficulty difficulty) {
        return Actions.ALL.stream()
                .filter(action -> action.difficulty() == difficulty)
                .mapToDouble(action -> model.estimate(Features.of(UserState.DEFAULT, 0.2, 2500, 10, action)))
                .max()
                .orElseThrow();
    }
}
