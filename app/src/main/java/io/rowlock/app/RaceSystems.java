package io.rowlock.app;

import io.rowlock.app.credits.CreditRaces;
import io.rowlock.app.lottery.LotteryRaces;
import io.rowlock.app.races.RaceSystem;
import java.util.List;

/** The systems that bring races. */
final class RaceSystems {
    private RaceSystems() {}

    static List<RaceSystem> all() {
        return List.of(new LotteryRaces(), new CreditRaces());
    }
}
