package io.rowlock.app.load;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.load.Mix.Step;
import io.rowlock.app.lottery.audit.BookAudit;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One load of the lottery: {@link #prepare}, {@link #run}, and when the service is at rest {@link #audit}.
 *
 * <p>One thread at a time, but {@link #done} may be asked by any.
 */
final class LotteryLoad implements AutoCloseable {
    private static final LongSupplier NANO_TIME = System::nanoTime;
    private static final long PREFIX_MIN = 100_000_000_000_000L;
    private static final long PREFIX_MAX = 999_999_999_999_999L;

    private final Plan plan;
    private final Caller caller;
    private final World world;
    private final Acknowledged acknowledged = new Acknowledged();
    private @Nullable LotteryRequests requests;
    private volatile @Nullable Driver driver;
    private List<Step> leftOut = List.of();

    /**
     * What is to be done.
     *
     * @param clients how many at once
     * @param operations how many in all
     * @param perSecond how many are due a second, or null for a closed loop
     * @param seed of what is asked for
     */
    record Plan(int clients, long operations, @Nullable Double perSecond, long seed) {}

    /** @param urls where the servers are, without a slash at the end */
    LotteryLoad(List<String> urls, Plan plan) {
        this.plan = plan;
        this.caller = new Caller(urls, NANO_TIME);
        // Not of the seed: the same load may be driven twice against one database.
        this.world = new World(Long.toString(new SecureRandom().nextLong(PREFIX_MIN, PREFIX_MAX)));
    }

    /**
     * Asks what the service has, and makes users, products and rounds.
     *
     * @throws CannotLoad if the service does not answer as a lottery does
     */
    void prepare() throws CannotLoad, InterruptedException {
        Mix mix;
        try {
            mix = new Mix(caller.routes());
        } catch (IOException failed) {
            throw new CannotLoad("No lottery answers there: " + failed.getMessage(), failed);
        }
        leftOut = mix.leftOut();
        if (leftOut.contains(Step.PURCHASE) || leftOut.contains(Step.CREATE_USER)) {
            throw new CannotLoad("No lottery answers there: its API reference names no purchases");
        }
        LotteryRequests made = new LotteryRequests(mix, world, acknowledged);
        Driver ready = new Driver(caller, made, acknowledged, NANO_TIME);
        ready.prepare();
        requests = made;
        driver = ready;
    }

    /** Drives it to the end. */
    Driver.Run run() throws InterruptedException {
        Driver ready = driver;
        if (ready == null) {
            throw new IllegalStateException("prepare comes first");
        }
        Double perSecond = plan.perSecond();
        Pace pace = perSecond == null
                ? Pace.closed(NANO_TIME)
                : Pace.open(perSecond, NANO_TIME, TimeUnit.NANOSECONDS::sleep);
        return ready.run(plan.clients(), plan.operations(), pace, plan.seed());
    }

    /** How many operations have their answer. */
    long done() {
        Driver running = driver;
        return running == null ? 0 : running.done();
    }

    /** What of the mix the service does not have. */
    List<String> leftOut() {
        List<String> names =
                new ArrayList<>(leftOut.stream().map(Step::route).distinct().toList());
        LotteryRequests ready = requests;
        if (ready != null) {
            ready.routesWithoutKeys().forEach(route -> names.add("Idempotency-Key of " + route));
        }
        return names;
    }

    Acknowledged acknowledged() {
        return acknowledged;
    }

    /**
     * Audits the books, and holds them to what was acknowledged.
     *
     * @param connection in a transaction that sees one moment; it is only read from
     * @return what is wrong, a line each
     * @throws CannotLoad if the database cannot be read
     */
    List<String> audit(Connection connection) throws CannotLoad {
        try {
            List<String> findings = new ArrayList<>();
            BookAudit.run(connection).stream()
                    .filter(finding -> !finding.holds())
                    .map(LotteryLoad::line)
                    .forEach(findings::add);
            findings.addAll(AcknowledgedAudit.findings(connection, world.telegramPrefix(), acknowledged));
            return findings;
        } catch (SQLException failed) {
            throw new CannotLoad("The database cannot be audited: " + failed.getMessage(), failed);
        }
    }

    private static String line(Finding finding) {
        return finding.check() + ": not so: " + finding.rule() + " (violations=" + finding.violations() + ", such as "
                + String.join("; ", finding.examples()) + ")";
    }

    @Override
    public void close() {
        caller.close();
    }
}
