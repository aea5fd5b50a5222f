package io.rowlock.app.lottery;

import io.rowlock.app.races.Race;
import io.rowlock.app.races.RaceSystem;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The races of the lottery, by the numbers of its scenarios. {@code lottery-12} is about how fast a hot round is sold, and not
 * about schedules.
 *
 * <p>Safe for use by many threads.
 */
public final class LotteryRaces implements RaceSystem {
    @Override
    public String name() {
        return "lottery";
    }

    @Override
    public List<Race> races() {
        return Stream.concat(EarlyLotteryRaces.all().stream(), GuardedLotteryRaces.all().stream())
                .sorted(Comparator.<Race>comparingInt(race -> number(race.id())).thenComparing(Race::form))
                .toList();
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(id.indexOf('-') + 1));
    }
}
