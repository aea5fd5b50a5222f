package io.rowlock.app;

import io.rowlock.app.races.RacesTable;
import io.rowlock.app.races.Verdict;
import io.rowlock.lab.Run;
import io.rowlock.lab.junit.GeneratedTest;
import io.rowlock.lab.junit.GeneratedTest.ScenarioMethod;
import io.rowlock.lab.junit.JunitWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes what went wrong in races as tests that go wrong in the same way. */
final class KeptRaces {
    private static final String PACKAGE = "io.rowlock.app.kept";

    private KeptRaces() {}

    /**
     * A class for each verdict with a witness; those that were written before are replaced.
     *
     * @param sources the root of the tests' sources
     * @return how many
     */
    static int write(Path sources, List<Verdict> verdicts) throws IOException {
        int written = 0;
        for (Verdict verdict : verdicts) {
            Optional<Run> witness = verdict.exploration().witness();
            if (witness.isPresent()) {
                Path unused = JunitWriter.write(sources, test(verdict, witness.get()));
                written++;
            }
        }
        return written;
    }

    private static GeneratedTest test(Verdict verdict, Run witness) {
        String id = verdict.race().id();
        String form = RacesTable.form(verdict.race().form());
        GeneratedTest test = GeneratedTest.of(
                        PACKAGE + "." + className(verdict),
                        id + ", " + form + ": " + verdict.race().title(),
                        verdict.engine(),
                        witness,
                        new ScenarioMethod(RaceSystems.class.getName(), "scenario", List.of(id, form)))
                .withIsolation(verdict.isolation());
        return verdict.race()
                .sessionSql()
                .apply(verdict.engine())
                .map(test::withSessionSql)
                .orElse(test);
    }

    /** Such as {@code Lottery2NaivePostgresqlReadCommittedRaceTest}. */
    static String className(Verdict verdict) {
        return Stream.of(
                                verdict.race().id().split("-", -1),
                                new String[] {
                                    verdict.race().form().name(),
                                    verdict.engine().name()
                                },
                                verdict.isolation().name().split("_", -1))
                        .flatMap(Stream::of)
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT)
                                + word.substring(1).toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining())
                + "RaceTest";
    }
}
