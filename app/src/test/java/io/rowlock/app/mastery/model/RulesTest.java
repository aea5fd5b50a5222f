package io.rowlock.app.mastery.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rowlock.app.mastery.model.ColdStart.Kind;
import io.rowlock.app.mastery.model.ColdStart.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Each rule by itself, with numbers that were computed by hand. */
class RulesTest {
    private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");

    private static UserState state(double attention, double fatigue, double motivation, Trend trend) {
        return new UserState(
                attention, fatigue, motivation, 0.5, Cognition.DEFAULT, trend, UserState.DEFAULT.habit(), 0);
    }

    private static LearningEvent answer(boolean correct, double response) {
        return LearningEvent.answer("w", correct, response, NOON);
    }

    // ---- rewards

    @Test
    void rewardsAreWhatTheProfilesSay() {
        LearningEvent right = new LearningEvent("w", true, 5000, 3000, 0, 0, 0, 0, 4, false, NOON);
        LearningEvent wrong = new LearningEvent("w", false, 10_000, 0, 0, 0, 2, 0, 0, false, NOON);
        UserState calm = state(0.7, 0.5, 0, Trend.FLAT);

        // standard: (1 - .6*.5 + 0 + .3)/2; wrong: (-1 - .3 + .4*(.5 - 1) - .8)/2 is below -1
        assertThat(RewardProfile.STANDARD.reward(right, calm)).isCloseTo(0.5, within(1e-12));
        assertThat(RewardProfile.STANDARD.reward(wrong, calm)).isEqualTo(-1);
        // cram: (1.5 - .15 + 0 + .1)/2; relaxed: (.8 - .45 + 0 + .7)/2
        assertThat(RewardProfile.CRAM.reward(right, calm)).isCloseTo(0.725, within(1e-12));
        assertThat(RewardProfile.RELAXED.reward(right, calm)).isCloseTo(0.525, within(1e-12));
        // discouraged: .8 less; quick: .4 more, however quick
        assertThat(RewardProfile.STANDARD.reward(right, state(0.7, 0.5, -0.1, Trend.FLAT)))
                .isCloseTo(0.1, within(1e-12));
        assertThat(RewardProfile.STANDARD.reward(
                        new LearningEvent("w", true, 10, 3000, 0, 0, 0, 0, 4, false, NOON), calm))
                .isCloseTo(0.7, within(1e-12));
    }

    // ---- guardrails

    @Test
    void theTiredAndDiscouragedAreSpared() {
        Strategy hard = new Strategy(0.5, 0.5, Difficulty.HARD, 20, 0);

        assertThat(Guardrails.applied(hard, state(0.7, 0.6, 0, Trend.FLAT))).isEqualTo(hard);
        assertThat(Guardrails.applied(hard, state(0.7, 0.61, 0, Trend.FLAT)))
                .isEqualTo(new Strategy(1, 0.2, Difficulty.HARD, 8, 0));
        assertThat(Guardrails.applied(hard, state(0.7, 0.81, 0, Trend.FLAT)))
                .isEqualTo(new Strategy(1, 0.1, Difficulty.EASY, 5, 1));
        assertThat(Guardrails.applied(hard, state(0.7, 0.1, -0.31, Trend.FLAT)))
                .isEqualTo(new Strategy(0.5, 0.2, Difficulty.EASY, 20, 1));
        assertThat(Guardrails.applied(hard, state(0.7, 0.1, -0.51, Trend.FLAT)))
                .isEqualTo(new Strategy(0.5, 0.1, Difficulty.EASY, 5, 2));
        assertThat(Guardrails.applied(hard, state(0.29, 0.1, 0, Trend.FLAT)))
                .isEqualTo(new Strategy(0.5, 0.15, Difficulty.HARD, 6, 1));
        assertThat(Guardrails.applied(new Strategy(1.5, 0.5, Difficulty.HARD, 20, 0), state(0.7, 0.1, 0, Trend.DOWN)))
                .isEqualTo(new Strategy(0.7, 0.1, Difficulty.EASY, 20, 0));
        assertThat(Guardrails.applied(hard, state(0.7, 0.1, 0, Trend.STUCK)))
                .isEqualTo(new Strategy(0.5, 0.15, Difficulty.HARD, 20, 0));
        assertThat(Guardrails.shouldBreak(state(0.7, 0.8, 0, Trend.FLAT))).isFalse();
        assertThat(Guardrails.shouldBreak(state(0.7, 0.81, 0, Trend.FLAT))).isTrue();
    }

    // ---- modelling

    @Test
    void fatigueGrowsWithStrainAndFadesInBreaks() {
        UserState tired = new UserState(
                0.7, 0.5, 0, 0.5, Cognition.DEFAULT, Trend.FLAT, UserState.DEFAULT.habit(), NOON.toEpochMilli());
        Recent recent = Recent.NONE.with(answer(true, 2000), Cognition.DEFAULT);
        LearningEvent soon = LearningEvent.answer("w", true, 2000, NOON.plus(Duration.ofMinutes(10)));
        LearningEvent late = LearningEvent.answer("w", true, 2000, NOON.plus(Duration.ofMinutes(31)));
        LearningEvent again = new LearningEvent("w", true, 2000, 1800, 0, 0, 3, 0, 2, false, NOON);
        LearningEvent before = LearningEvent.answer("w", true, 2000, NOON.minus(Duration.ofHours(5)));

        assertThat(Modelling.after(tired, soon, recent, 1, 12).fatigue())
                .isCloseTo(0.5 * Math.exp(-0.8), within(1e-12));
        assertThat(Modelling.after(tired, late, recent, 1, 12).fatigue()).isEqualTo(0.1);
        // half of .2 of what is left
        assertThat(Modelling.after(tired, again, recent, 1, 12).fatigue()).isCloseTo(0.55, within(1e-12));
        UserState old = Modelling.after(tired, before, recent, 1, 12);
        assertThat(old.fatigue()).isEqualTo(0.5);
        assertThat(old.ts()).as("time does not go back").isEqualTo(tired.ts());
    }

    @Test
    void motivationFollowsSuccessAndFailure() {
        Recent recent = Recent.NONE.with(answer(true, 2000), Cognition.DEFAULT);
        UserState some = state(0.7, 0.1, 0.4, Trend.FLAT);
        LearningEvent quit = new LearningEvent("w", false, 2000, 1800, 0, 0, 0, 0, 2, true, NOON);

        assertThat(Modelling.after(some, answer(true, 2000), recent, 1, 12).motivation())
                .isCloseTo(0.64, within(1e-12));
        assertThat(Modelling.after(some, answer(false, 2000), recent, 1, 12).motivation())
                .isCloseTo(-0.06, within(1e-12));
        assertThat(Modelling.after(some, quit, recent, 1, 12).motivation()).isCloseTo(-0.66, within(1e-12));
    }

    @Test
    void distractionCostsAttention() {
        Recent recent = Recent.NONE.with(answer(true, 3200), Cognition.DEFAULT);
        UserState before = state(0.7, 0.1, 0, Trend.FLAT);
        LearningEvent calm = new LearningEvent("w", true, 3200, 1800, 0, 0, 0, 3000, 2, false, NOON);
        LearningEvent elsewhere = new LearningEvent("w", true, 3200, 1800, 5, 5, 0, 60_000, 0, false, NOON);

        double attentive = Modelling.after(before, calm, recent, 1, 12).attention();
        double distracted = Modelling.after(before, elsewhere, recent, 1, 12).attention();

        // Pauses -.5 and switches -.4 of their deviations: .56 + .2 * sigmoid(.075 + .08)
        assertThat(attentive).isCloseTo(0.56 + 0.2 / (1 + Math.exp(-0.155)), within(1e-12));
        assertThat(distracted).isLessThan(0.6).isGreaterThanOrEqualTo(0.56);
    }

    @Test
    void theTrendIsThatOfTheLastAnswers() {
        assertThat(trend(true, true, true, true, true, false, false, false, false, false))
                .isEqualTo(Trend.DOWN);
        assertThat(trend(false, false, false, false, false, true, true, true, true, true))
                .isEqualTo(Trend.UP);
        assertThat(trend(false, false, false, false, true, false, false, false, false, true))
                .isEqualTo(Trend.STUCK);
        assertThat(trend(true, false, true, true, true, true, false, true, true, true))
                .isEqualTo(Trend.FLAT);
        assertThat(trend(true, false, false)).as("too few to tell").isEqualTo(Trend.FLAT);
    }

    private static Trend trend(boolean... answers) {
        Recent recent = Recent.NONE;
        for (boolean correct : answers) {
            recent = recent.with(answer(correct, 2000), Cognition.DEFAULT);
        }
        return Modelling.after(UserState.DEFAULT, answer(true, 2000), recent, answers.length, 12)
                .trend();
    }

    @Test
    void whatIsNotFiniteOrOutOfRangeIsMadeSane() {
        UserState sane = new UserState(
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NaN,
                Double.NaN,
                new Cognition(Double.NaN, 7, -1),
                Trend.FLAT,
                UserState.DEFAULT.habit(),
                0);

        assertThat(sane.attention()).isEqualTo(0.5);
        assertThat(sane.fatigue()).isZero();
        assertThat(sane.motivation()).isZero();
        assertThat(sane.confidence()).isEqualTo(0.5);
        assertThat(sane.cognition()).isEqualTo(new Cognition(0.5, 1, 0));
    }

    @Test
    void nonsenseIsAnomalous() {
        assertThat(answer(true, 2000).isAnomalous()).isFalse();
        assertThat(answer(true, 120_000).isAnomalous()).isFalse();
        for (double response : new double[] {0, -1, 120_001, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThat(answer(true, response).isAnomalous()).as("%s", response).isTrue();
        }
        assertThat(new LearningEvent("w", true, 1000, 0, 20, 20, 0, 600_000, 0, false, NOON).isAnomalous())
                .isFalse();
        assertThat(new LearningEvent("w", true, 1000, 0, 21, 0, 0, 0, 0, false, NOON).isAnomalous())
                .isTrue();
        assertThat(new LearningEvent("w", true, 1000, 0, 0, 21, 0, 0, 0, false, NOON).isAnomalous())
                .isTrue();
        assertThat(new LearningEvent("w", true, 1000, 0, 0, 0, 0, 600_001, 0, false, NOON).isAnomalous())
                .isTrue();
        assertThat(new LearningEvent("w", true, 1000, Double.NaN, 0, 0, 0, 0, 0, false, NOON).isAnomalous())
                .isTrue();
    }

    // ---- features and actions

    @Test
    void anActionIsTwentyTwoNumbers() {
        UserState state = new UserState(
                0.8, 0.4, 0.5, 0.5, new Cognition(0.6, 0.7, 0.5), Trend.FLAT, UserState.DEFAULT.habit(), 0);

        double[] x = Features.of(state, 0.25, 2500, 12, new Strategy(1.2, 0.3, Difficulty.HARD, 16, 2))
                .values();

        assertThat(x).hasSize(22).hasSameSizeAs(Features.LABELS);
        double[] expected = {
            0.8,
            0.4,
            0.6,
            0.7,
            0.5,
            0.25,
            1.2,
            0.3,
            0.8,
            0.8,
            2 / 3.0,
            0.48,
            0,
            -1,
            1,
            0.1,
            0.3,
            0.4,
            0.48,
            0.15,
            0.2 * 2 / 3,
            1
        };
        for (int i = 0; i < expected.length; i++) {
            assertThat(x[i]).as(Features.LABELS.get(i)).isCloseTo(expected[i], within(1e-12));
        }
    }

    @Test
    void thereAreTwentyFourActionsAndEachIsNearestToItself() {
        assertThat(Actions.ALL).hasSize(24).doesNotHaveDuplicates();
        for (int i = 0; i < Actions.ALL.size(); i++) {
            assertThat(Actions.nearest(Actions.ALL.get(i))).isEqualTo(i);
            assertThat(Actions.ALL.get(i).clamped()).isEqualTo(Actions.ALL.get(i));
        }
        assertThat(Actions.ALL.get(Actions.nearest(new Strategy(1.05, 0.22, Difficulty.MID, 9, 1))))
                .isEqualTo(Strategy.DEFAULT);
    }

    @Test
    void aWordIsMasteredByWhatTheUserCanDo() {
        assertThat(WordMastery.level(new Cognition(0, 0, 0))).isZero();
        assertThat(WordMastery.level(new Cognition(0.5, 0.5, 0.5))).isEqualTo(2);
        assertThat(WordMastery.level(new Cognition(1, 0, 0))).isEqualTo(3);
        assertThat(WordMastery.level(new Cognition(1, 1, 1))).isEqualTo(5);
        assertThat(WordMastery.of(0, 0)).isEqualTo(WordMastery.NEW);
        assertThat(WordMastery.of(2, 1)).isEqualTo(WordMastery.LEARNING);
        assertThat(WordMastery.of(3, 1)).isEqualTo(WordMastery.REVIEWING);
        assertThat(WordMastery.of(5, 1)).isEqualTo(WordMastery.MASTERED);
    }

    // ---- new users, and those who come back

    @Test
    void probesTellWhatKindOfUserItIs() {
        assertThat(kind(true, 1500, 3)).isEqualTo(Kind.FAST);
        assertThat(kind(true, 3500, 3)).isEqualTo(Kind.STABLE);
        assertThat(kind(false, 6500, 3)).isEqualTo(Kind.CAUTIOUS);
    }

    private static Kind kind(boolean correct, double response, int answers) {
        ColdStart coldStart = ColdStart.START;
        for (int i = 0; i < answers; i++) {
            coldStart = coldStart.after(answer(correct, response));
        }
        Kind kind = coldStart.settled();
        if (kind == null) {
            throw new AssertionError("Not settled: " + coldStart);
        }
        return kind;
    }

    @Test
    void whoIsSureAfterTwoProbesIsSettledThenAndAfterEightAnswersAllIsAsUsual() {
        ColdStart coldStart = ColdStart.START.after(answer(true, 1200));
        assertThat(coldStart.phase()).isEqualTo(Phase.CLASSIFY);
        coldStart = coldStart.after(answer(true, 1200));
        assertThat(coldStart.phase()).as("%s", coldStart).isEqualTo(Phase.EXPLORE);
        assertThat(coldStart.fast()).isGreaterThan(0.85);
        for (int i = 3; i < 8; i++) {
            coldStart = coldStart.after(answer(true, 1200));
            assertThat(coldStart.phase()).isEqualTo(Phase.EXPLORE);
        }
        coldStart = coldStart.after(answer(true, 1200));
        assertThat(coldStart.phase()).isEqualTo(Phase.NORMAL);
        assertThat(coldStart.settled()).isEqualTo(Kind.FAST);
        assertThat(coldStart.after(answer(false, 9000))).isEqualTo(coldStart);
    }

    @Test
    void whatIsKnownOfAUserFades() {
        Learner known = Learner.fresh(1)
                .with(
                        new UserState(
                                0.9,
                                0.6,
                                0.8,
                                0.9,
                                new Cognition(0.9, 0.1, 0.5),
                                Trend.UP,
                                UserState.DEFAULT.habit(),
                                NOON.toEpochMilli()),
                        new ColdStart(Phase.NORMAL, 3, 8, 1, 0, 0, Kind.FAST));

        assertThat(Returning.returned(known, NOON.plus(Duration.ofHours(23)))).isEqualTo(known);
        Learner week = Returning.returned(known, NOON.plus(Duration.ofDays(7)));
        assertThat(week.state().attention()).isCloseTo(0.7, within(1e-12));
        assertThat(week.state().fatigue()).isCloseTo(0.6 * Math.exp(-3.5), within(1e-12));
        assertThat(week.state().motivation()).isCloseTo(0.8 * Math.pow(2, -0.5), within(1e-12));
        assertThat(week.state().confidence()).isCloseTo(0.9 * Math.pow(2, -0.5), within(1e-12));
        assertThat(week.state().cognition().speed()).as("0.3 at the least").isEqualTo(0.3);
        assertThat(week.coldStart()).isEqualTo(known.coldStart());
        assertThat(Returning.returned(known, NOON.plus(Duration.ofDays(31))).coldStart())
                .isEqualTo(ColdStart.START);
        assertThat(Returning.isForgotten(known, NOON.plus(Duration.ofDays(90)))).isFalse();
        assertThat(Returning.isForgotten(known, NOON.plus(Duration.ofDays(91)))).isTrue();
        assertThat(Returning.isForgotten(Learner.fresh(1), NOON)).isFalse();
    }

    // ---- the ensemble

    @Test
    void theWeightsSumToOneAndNobodyIsSilenced() {
        assertThat(Ensemble.START.weights()).containsExactly(0.25, 0.4, 0.25, 0.1);
        SplittableRandom random = new SplittableRandom(5);
        Ensemble ensemble = Ensemble.START;
        List<FeatureVector> vectors = new ArrayList<>();
        for (Strategy action : Actions.ALL) {
            vectors.add(Features.of(UserState.DEFAULT, 0, 2000, 12, action));
        }
        for (int i = 0; i < 500; i++) {
            Ensemble.Ratings ratings =
                    ensemble.rate(UserState.DEFAULT, Recent.NONE, LinUcb.fresh(), 1, vectors, 0, random);
            ensemble = ensemble.learned(ratings, ratings.best(), i % 3 == 0 ? -1 : 1);
            assertThat(ensemble.weights().stream().mapToDouble(w -> w).sum()).isCloseTo(1, within(1e-9));
            assertThat(ensemble.weights())
                    .allSatisfy(weight -> assertThat(weight).isGreaterThanOrEqualTo(0.05 - 1e-12));
        }
        assertThat(new Ensemble(List.of(1.0, 0.0, 0.0, 0.0), List.of(), List.of()).weights())
                .satisfiesExactly(
                        most -> assertThat(most).isCloseTo(0.85, within(1e-9)),
                        least -> assertThat(least).isCloseTo(0.05, within(1e-9)),
                        least -> assertThat(least).isCloseTo(0.05, within(1e-9)),
                        least -> assertThat(least).isCloseTo(0.05, within(1e-9)));
    }
}
