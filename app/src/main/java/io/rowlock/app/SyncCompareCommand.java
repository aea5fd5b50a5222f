package io.rowlock.app;

import io.rowlock.Rowlock;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.naive.NaiveSessions;
import io.rowlock.app.serve.CannotStart;
import io.rowlock.app.sync.SyncContests;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rowlock compare sync}. */
@Command(
        name = "sync",
        description = {
            "Compare sessions of the sync: naive (read, decide, write) and guarded.",
            "",
            ContestsCommand.MEASURED
        },
        footer = {
            "",
            ContestsCommand.COLUMNS,
            "wrong   accounts that an instance has and that are not stored",
            "",
            "Each client has instances of its own; the naive form reads and stores all of",
            "them in one transaction."
        })
final class SyncCompareCommand extends ContestsCommand {
    private static final int REMOTE_MAX = 1_000;

    @Option(
            names = "--remote-millis",
            paramLabel = "MS",
            description = "What each question to an instance takes besides, in both forms, 0 to 1000 (default: 10).")
    private int remoteMillis = 10;

    @Override
    void requireSense() {
        requireRange("--remote-millis", remoteMillis, 0, REMOTE_MAX);
    }

    @Override
    void run(Place place, Runner runner) throws CannotStart, InterruptedException {
        Runnable trip = SyncContests.trip(Duration.ofMillis(remoteMillis));
        try (SyncContests contests = new SyncContests(
                Rowlock.on(place.database()),
                new NaiveSessions(place.database(), trip),
                place.folder(),
                place.clients(),
                trip)) {
            for (Contest contest : contests.all()) {
                runner.run(contest);
            }
        } catch (IOException | SQLException failed) {
            throw new CannotStart("The instances cannot be made: " + failed.getMessage(), failed);
        }
    }
}
