package io.rowlock.app;

import io.rowlock.Rowlock;
import io.rowlock.app.compare.Contest;
import io.rowlock.app.lottery.LotteryContests;
import io.rowlock.app.naive.NaiveLottery;
import picocli.CommandLine.Command;

/** {@code rowlock compare lottery}. */
@Command(
        name = "lottery",
        description = {
            "Compare purchases and balances: naive (read, decide, write) and guarded.",
            "",
            ContestsCommand.MEASURED
        },
        footer = {
            "",
            ContestsCommand.COLUMNS,
            "wrong   shares whose number another share has too, and cents missing from",
            "        balances",
            "",
            "The naive form writes no row per number sold, which the guarded one does: the",
            "unique key on those rows would refuse what is to be shown."
        })
final class LotteryCompareCommand extends ContestsCommand {
    @Override
    void run(Place place, Runner runner) throws InterruptedException {
        LotteryContests contests = new LotteryContests(
                Rowlock.on(place.database()), new NaiveLottery(place.database(), place.engine()), place.clients());
        for (Contest contest : contests.all()) {
            runner.run(contest);
        }
    }
}
