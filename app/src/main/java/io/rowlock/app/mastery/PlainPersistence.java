package io.rowlock.app.mastery;

import static io.rowlock.app.mastery.MasteryTables.EVENTS;
import static io.rowlock.app.mastery.MasteryTables.MODELS;
import static io.rowlock.app.mastery.MasteryTables.STATES;

import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.View;
import io.rowlock.app.mastery.MasteryTables.ModelRow;
import io.rowlock.app.mastery.MasteryTables.StateRow;
import io.rowlock.app.mastery.model.Decision;
import io.rowlock.app.mastery.model.Engine;
import io.rowlock.app.mastery.model.Learner;
import io.rowlock.app.mastery.model.LinUcb;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * The way it is mostly written, and was before there was another: load, compute, save the state, save the model, write the log, each in a
 * commit of its own, and each save overwrites whatever is there by then.
 *
 * <p><b>Breaks when</b> two nodes, or an answer and a delayed reward, work on one user at once: the later save undoes the earlier one. And
 * when anything fails between two of the commits: state, model and log no longer agree. It is here to go back to while a new way is
 * rolled out, and so that the difference can be shown.
 */
final class PlainPersistence implements Persistence {
    private static final Unit LOAD = Unit.named("amas-plain-load");
    private static final Unit SAVE_STATE = Unit.named("amas-plain-save-state");
    private static final Unit SAVE_MODEL = Unit.named("amas-plain-save-model");
    private static final Unit LOG = Unit.named("amas-plain-log");

    private final Rowlock rowlock;
    private final Engine engine;
    private final LearnerUnits units;
    private final Duration decision;

    PlainPersistence(Rowlock rowlock, Engine engine, LearnerUnits units, Duration decision) {
        this.rowlock = rowlock;
        this.engine = engine;
        this.units = units;
        this.decision = decision;
    }

    @Override
    public Processed process(String userId, Asked asked) {
        if (asked.isNamed()) {
            Optional<Processed> repeat = rowlock.read(
                    LOAD,
                    tx -> tx.peek(EVENTS, asked.eventId())
                            .map(event -> LearnerUnits.repeat(event.value(), userId, asked.fingerprint())));
            if (repeat.isPresent()) {
                return repeat.get();
            }
        }
        Learner before = load(userId);
        Decision made = engine.process(
                before,
                asked.event(),
                asked.options(),
                new SplittableRandom(asked.eventId().getLeastSignificantBits()));
        saveState(userId, made.after());
        saveModel(userId, made.after());
        return rowlock.transact(LOG.withDeadline(decision), tx -> {
            UUID session = asked.sessionId() == null ? tx.newId("session") : asked.sessionId();
            return units.log(tx, userId, asked, made, session);
        });
    }

    private Learner load(String userId) {
        return rowlock.read(LOAD, tx -> {
            Optional<View<StateRow>> state = tx.peek(STATES, userId);
            Optional<View<ModelRow>> model = tx.peek(MODELS, userId);
            return state.map(row -> LearnerRows.learner(
                            row.value(),
                            model.map(stored -> LearnerRows.model(stored.value()))
                                    .orElseGet(LinUcb::fresh)))
                    .orElseGet(() -> Learner.fresh(1));
        });
    }

    private void saveState(String userId, Learner learner) {
        Row<StateRow> unused = rowlock.transact(SAVE_STATE.withDeadline(decision), tx -> {
            Instant now = tx.now();
            Optional<Row<StateRow>> there = tx.lock(STATES, userId);
            return there.isPresent()
                    ? tx.update(there.get(), row -> LearnerRows.state(userId, learner, row.createdAt(), now))
                    : tx.insert(STATES, LearnerRows.state(userId, learner, now, now));
        });
    }

    private void saveModel(String userId, Learner learner) {
        Row<ModelRow> unused = rowlock.transact(SAVE_MODEL.withDeadline(decision), tx -> {
            Instant now = tx.now();
            Optional<Row<ModelRow>> there = tx.lock(MODELS, userId);
            return there.isPresent()
                    ? tx.update(there.get(), row -> LearnerRows.model(userId, learner, row.createdAt(), now))
                    : tx.insert(MODELS, LearnerRows.model(userId, learner, now, now));
        });
    }
}
