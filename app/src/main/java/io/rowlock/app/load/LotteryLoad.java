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
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The lottery under load. */
final class LotteryLoad implements LoadedSystem {
    private static final long PREFIX_MIN = 100_000_000_000_000L;
    private static final long PREFIX_MAX = 999_999_999_999_999L;

    // Not of the seed: the same load may be driven twice against one database.
    private final World world = new World(Long.toString(new SecureRandom().nextLong(PREFIX_MIN, PREFIX_MAX)));
    private final Acknowledged acknowledged = new Acknowledged();
    private volatile @Nullable LotteryRequests requests;
    private List<Step> leftOut = List.of();

    @Override
    public String title() {
        return "Lottery";
    }

    @Override
    public String api() {
        return "/api/lottery";
    }

    @Override
    public List<String> serverOptions() {
        // Some thousand requests a minute of a few users are what this is for.
        return List.of("rowlock.lottery.rate-limit.max=0");
    }

    @Override
    public void prepare(Caller caller) throws CannotLoad, InterruptedException {
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
        for (Call probe : made.probes()) {
            if (!caller.knowsKeys(probe)) {
                made.withoutKeys(probe.step().route());
                made.withoutKeys(Step.BATCH.route());
            }
        }
        for (int user = 0; user < Mix.USERS; user++) {
            caller.require(made.createUser(user));
            for (String balance : LotteryRequests.BALANCES) {
                caller.require(made.fund(user, balance));
            }
        }
        for (int slot = 0; slot < Mix.ROUND_SHARES.size(); slot++) {
            caller.require(made.createProduct(slot));
            caller.require(made.openRound(slot));
        }
        requests = made;
    }

    @Override
    public Call next(SplittableRandom random) {
        LotteryRequests ready = requests;
        if (ready == null) {
            throw new IllegalStateException("prepare comes first");
        }
        return ready.next(random);
    }

    @Override
    public List<String> leftOut() {
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

    @Override
    public Promises promises() {
        return new Promises() {
            @Override
            public Doubts doubts() {
                return acknowledged.doubts();
            }

            @Override
            public int size() {
                return acknowledged.size();
            }

            @Override
            public List<String> findings(Connection connection) throws SQLException {
                return AcknowledgedAudit.findings(connection, world.telegramPrefix(), acknowledged);
            }
        };
    }

    @Override
    public List<Finding> books(Connection connection) throws SQLException {
        return BookAudit.run(connection);
    }
}
