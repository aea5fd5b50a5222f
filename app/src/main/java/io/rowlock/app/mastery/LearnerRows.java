package io.rowlock.app.mastery;

import io.rowlock.app.mastery.MasteryTables.ModelRow;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.model.Cognition;
import io.rowlock.app.mastery.model.ColdStart;
import io.rowlock.app.mastery.model.Ensemble;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.LinUcb;
import io.rowlock.app.mastery.model.Recent;
import io.rowlock.app.mastery.model.Strategy;
import io.rowlock.app.mastery.model.UserState;
import java.time.Instant;
import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** A learner as the two rows that it is stored in, and back. Nothing is lost on the way. */
final class LearnerRows {
    /** Stored rows outlive this version of the program: what it does not know it passes over. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final TypeReference<List<Strategy>> STRATEGIES = new TypeReference<>() {};

    private LearnerRows() {}

    /** The state of a learner. */
    static StateRow state(String userId, Learner learner, Instant createdAt, Instant now) {
        UserState state = learner.state();
        return new StateRow(
                userId,
                learner.generation(),
                state.attention(),
                state.fatigue(),
                state.motivation(),
                state.confidence(),
                state.cognition().mem(),
                state.cognition().speed(),
                state.cognition().stability(),
                state.trend(),
                JSON.writeValueAsString(state.habit()),
                JSON.writeValueAsString(learner.coldStart()),
                JSON.writeValueAsString(learner.recent()),
                JSON.writeValueAsString(learner.ensemble()),
                JSON.writeValueAsString(learner.strategies()),
                learner.events(),
                learner.interactions(),
                state.ts(),
                createdAt,
                now);
    }

    /** The model of a learner. */
    static ModelRow model(String userId, Learner learner, Instant createdAt, Instant now) {
        LinUcb model = learner.model();
        return new ModelRow(
                userId,
                learner.generation(),
                model.dimension(),
                model.lambda(),
                model.alpha(),
                model.updateCount(),
                model.bytes(),
                learner.state().ts(),
                createdAt,
                now);
    }

    /** How a learner is. */
    static UserState state(StateRow row) {
        return new UserState(
                row.attention(),
                row.fatigue(),
                row.motivation(),
                row.confidence(),
                new Cognition(row.mem(), row.speed(), row.stability()),
                row.trendState(),
                JSON.readValue(row.habitProfile(), UserState.Habit.class),
                row.lastUpdateTs());
    }

    static ColdStart coldStart(StateRow row) {
        return JSON.readValue(row.coldStart(), ColdStart.class);
    }

    /** The last strategies, oldest first. */
    static List<Strategy> strategies(StateRow row) {
        return JSON.readValue(row.strategies(), STRATEGIES);
    }

    /** What was learned. */
    static LinUcb model(ModelRow row) {
        return LinUcb.of(row.d(), row.lambda(), row.alpha(), row.updateCount(), row.modelData());
    }

    /** The learner that a state and a model are. */
    static Learner learner(StateRow row, LinUcb model) {
        return new Learner(
                row.generation(),
                state(row),
                JSON.readValue(row.recentAnswers(), Recent.class),
                coldStart(row),
                JSON.readValue(row.ensemble(), Ensemble.class),
                strategies(row),
                row.events(),
                row.interactions(),
                model);
    }
}
