package io.rowlock.app.races;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import io.rowlock.lab.Anomaly;
import io.rowlock.lab.Exploration;
import java.util.Optional;

/**
 * What became of a race on one engine at one level.
 *
 * @param race which one
 * @param engine where
 * @param isolation at which level
 * @param is what it was
 * @param exploration what was run
 * @param anomaly the name of what went wrong, if something did
 * @param why what is to be said of it: why it cannot show, or what is not as it has to be
 */
public record Verdict(
        Race race,
        Engine engine,
        Isolation isolation,
        Is is,
        Exploration exploration,
        Optional<Anomaly> anomaly,
        String why) {

    /** Whether a race is as it has to be. */
    public enum Is {
        /** It went wrong in the way that it is known for. */
        SHOWN(true),
        /** Nothing went wrong, as the guards promise. */
        HELD(true),
        /** Nothing went wrong, because this engine cannot show it. */
        CANNOT(true),
        /** Something went wrong that must not, or nothing that must. */
        WRONG(false),
        /** The question was left open. */
        UNRESOLVED(false);

        private final boolean asItHasToBe;

        Is(boolean asItHasToBe) {
            this.asItHasToBe = asItHasToBe;
        }

        public boolean asItHasToBe() {
            return asItHasToBe;
        }
    }

    static Verdict of(Race race, Engine engine, Isolation isolation, Exploration run) {
        Optional<Anomaly> anomaly = run.witness().flatMap(witness -> witness.anomaly());
        Optional<String> cannot = race.cannot().apply(engine, isolation);
        if (run.witness().isPresent()) {
            if (race.form() == Form.GUARDED) {
                return new Verdict(race, engine, isolation, Is.WRONG, run, anomaly, "a guard did not hold");
            }
            if (cannot.isPresent()) {
                return new Verdict(
                        race, engine, isolation, Is.WRONG, run, anomaly, "shows, and was said not to: " + cannot.get());
            }
            return anomaly.filter(race.anomalies()::contains).isPresent()
                    ? new Verdict(race, engine, isolation, Is.SHOWN, run, anomaly, "")
                    : new Verdict(
                            race,
                            engine,
                            isolation,
                            Is.WRONG,
                            run,
                            anomaly,
                            "another anomaly than " + race.anomalies());
        }
        if (!run.complete()) {
            String open = run.unresolved().stream()
                    .findFirst()
                    .flatMap(first -> first.unresolved().map(what -> first.schedule() + ": " + what))
                    .orElse("the budget ended before the schedules did");
            return new Verdict(race, engine, isolation, Is.UNRESOLVED, run, anomaly, open);
        }
        if (race.form() == Form.GUARDED) {
            return new Verdict(race, engine, isolation, Is.HELD, run, anomaly, "");
        }
        return cannot.map(why -> new Verdict(race, engine, isolation, Is.CANNOT, run, anomaly, why))
                .orElseGet(() -> new Verdict(
                        race, engine, isolation, Is.WRONG, run, anomaly, "does not show " + race.anomalies()));
    }
}
