package io.rowlock.app.lottery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.Rowlock;
import io.rowlock.app.compare.Comparison;
import io.rowlock.app.compare.Comparison.Result;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.naive.NaiveLottery;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.serve.DatabaseChoice;
import io.rowlock.app.serve.OpenDatabase;
import io.rowlock.dialect.Engine;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** What the naive form does wrong is found, and the guarded form does nothing wrong. */
class LotteryContestsTest {
    private static final int CLIENTS = 8;

    @TempDir
    private Path folder;

    @Databases
    void theNaiveFormSpoilsItsBooksAndTheGuardedFormDoesNot(Database database)
            throws CannotStart, InterruptedException {
        DatabaseChoice choice = database.engine() == Engine.SQLITE
                ? new DatabaseChoice.Given(Engine.SQLITE, database.url(), null, null)
                : new DatabaseChoice.Given(database.engine(), database.url(), database.user(), database.password());
        List<Result> results = new ArrayList<>();
        try (OpenDatabase open = OpenDatabase.openWithTables(choice, folder, CLIENTS + 2)) {
            Comparison comparison = new Comparison(CLIENTS, 2, Duration.ofMillis(150));
            DataSource watched = comparison.watching(open.pool());
            LotteryContests contests =
                    new LotteryContests(Rowlock.on(watched), new NaiveLottery(watched, database.engine()), CLIENTS);
            for (Contest contest : contests.all()) {
                results.addAll(comparison.run(contest, database.engine(), new Random(1), progress -> {}));
            }
        }
        assertThat(results).hasSize(6);
        for (Result result : results) {
            if (result.form().equals("guarded")) {
                assertThat(result.wrong()).as("%s", result).isZero();
                assertThat(result.failedPercent()).as("%s", result).isZero();
                assertThat(result.perSecond()).as("%s", result).isPositive();
                assertThat(result.heldP50Millis()).as("%s", result).isPositive();
            } else if (!result.contest().contains("their own")) {
                // SQLite refuses what the others let through: it fails instead of being wrong.
                boolean bitten = database.engine() == Engine.SQLITE ? result.failedPercent() > 0 : result.wrong() > 0;
                assertThat(bitten).as("%s", result).isTrue();
            }
        }
    }
}
