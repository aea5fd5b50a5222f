package io.rowlock.lab;

import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.internal.run.Director;
import io.rowlock.lab.internal.run.Part;
import io.rowlock.lab.internal.run.Play;
import io.rowlock.lab.internal.run.Stage;
import io.rowlock.lab.internal.search.Independence;
import io.rowlock.lab.internal.search.Search;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongSupplier;

/** What runs need besides the scenario: a stage, the database at rest, and its facts. One thread at a time. */
final class Theatre {
    private final Stage stage;
    private final EngineProfile profile;
    private final Independence independence;
    private final Connection plain;
    private final FinalState finalState;
    private final LongSupplier nanoTime;
    private final Scenario.Work beforeEach;
    private boolean gatesAtBegin;

    /** @param beforeEach what is done in front of each run, after its resets */
    Theatre(
            Stage stage,
            EngineProfile profile,
            Isolation level,
            Connection plain,
            LongSupplier nanoTime,
            Scenario.Work beforeEach) {
        this.stage = stage;
        this.profile = profile;
        this.independence = Independence.of(profile, level);
        this.plain = plain;
        this.finalState = new FinalState();
        this.nanoTime = nanoTime;
        this.beforeEach = beforeEach;
    }

    /** Something asked of the database between two runs. */
    @FunctionalInterface
    interface Question<T> {
        T ask(Connection connection) throws SQLException;
    }

    /** Lets some actors of a scenario play, from the state in which each run begins. */
    Play play(Scenario scenario, List<Integer> who, Director director) throws InterruptedException {
        scenario.resets().forEach(this::run);
        run(beforeEach);
        List<Part> parts = who.stream()
                .map(scenario.actors()::get)
                .map(actor -> new Part(actor.letter(), actor.work(), actor.mayCrash()))
                .toList();
        return stage.play(parts, director, gatesAtBegin);
    }

    private void run(Scenario.Work work) {
        boolean unused = withPlain(connection -> {
            if (work instanceof ResetStatement statement) {
                statement.run(connection, profile.engine());
            } else {
                work.run(connection);
            }
            return true;
        });
    }

    /** From now on actors stop before they begin: they meet in the program, and not in the database alone. */
    void stopAtBegin() {
        gatesAtBegin = true;
    }

    boolean stopsAtBegin() {
        return gatesAtBegin;
    }

    <T> T withPlain(Question<T> question) {
        try {
            T answer = question.ask(plain);
            if (!plain.getAutoCommit()) {
                plain.commit();
                plain.setAutoCommit(true);
            }
            return answer;
        } catch (SQLException failed) {
            throw new LabFailure(
                    "What a scenario asks between two runs failed (error=" + failed.getMessage() + ")", failed);
        }
    }

    List<String> state(Connection connection, Scenario scenario) throws SQLException {
        return finalState.read(connection, scenario.stateQueries());
    }

    EngineProfile profile() {
        return profile;
    }

    Search.Dependence dependence() {
        return independence::independent;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }
}
