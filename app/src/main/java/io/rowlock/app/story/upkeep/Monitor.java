package io.rowlock.app.story.upkeep;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.rowlock.Rowlock;
import io.rowlock.SerialHold;
import io.rowlock.Unit;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.sql.Sql;
import io.rowlock.app.story.audit.StoryAudit;
import io.rowlock.dialect.Engine;
import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the stories stand, for those who run them. Locks nothing. Safe for use by many threads. */
final class Monitor {
    private static final String KIND = "story";
    private static final Unit LOOK = Unit.named("story-health");

    /** The audit reads whole tables. */
    private static final Unit AUDIT =
            Unit.named("story-audit").withIsolation(Isolation.REPEATABLE_READ).withDeadline(Duration.ofSeconds(60));

    private final Rowlock rowlock;
    private final MeterRegistry registry;

    Monitor(Rowlock rowlock, MeterRegistry registry) {
        this.rowlock = rowlock;
        this.registry = registry;
    }

    /**
     * How it is.
     *
     * @param journal how SQLite keeps its journal: {@code wal}; null elsewhere
     * @param pool the connections of this node
     * @param held which stories are held in this node now
     * @param circles how often waits have gone round in a circle since this node began
     * @param timeouts how often a story was not had in time since then
     */
    record Health(
            String engine,
            String version,
            @Nullable String journal,
            Pool pool,
            List<Held> held,
            long circles,
            long timeouts) {}

    /** Connections: how many are lent, lie ready, and are waited for; how many there may be. */
    record Pool(long active, long idle, long waiting, long max) {}

    /** A story that somebody works on. */
    record Held(String key, String owner, long heldMillis, String at, List<Waiting> waiting) {}

    /** Somebody who waits for it. */
    record Waiting(String owner, long waitingMillis, String at) {}

    Health health() {
        boolean sqlite = rowlock.profile().engine() == Engine.SQLITE;
        // On the others nothing is asked but whether they answer.
        String answer = rowlock.read(
                LOOK,
                tx -> Sql.texts(tx, sqlite ? "PRAGMA journal_mode" : "SELECT 1").get(0));
        return new Health(
                rowlock.profile().engine().title(),
                rowlock.profile().version(),
                sqlite ? answer : null,
                new Pool(gauge("active"), gauge("idle"), gauge("pending"), gauge("max")),
                rowlock.serialHolds().stream()
                        .filter(hold -> hold.key().kind().equals(KIND))
                        .map(Monitor::held)
                        .toList(),
                (long) registry.find("rowlock.serial.deadlocks").tag("kind", KIND).counters().stream()
                        .mapToDouble(Counter::count)
                        .sum(),
                registry.find("rowlock.serial.wait").tag("kind", KIND).tag("outcome", "timeout").timers().stream()
                        .mapToLong(timer -> timer.count())
                        .sum());
    }

    private static Held held(SerialHold hold) {
        return new Held(
                hold.key().toString(),
                hold.holder().getName(),
                hold.held().toMillis(),
                hold.callSite(),
                hold.waiters().stream()
                        .map(waiter -> new Waiting(
                                waiter.thread().getName(), waiter.waiting().toMillis(), waiter.callSite()))
                        .toList());
    }

    private long gauge(String name) {
        Gauge gauge = registry.find("hikaricp.connections." + name).gauge();
        return gauge == null ? 0 : (long) gauge.value();
    }

    /** Whether the books are right. */
    List<Finding> audit() {
        return rowlock.read(AUDIT, tx -> Sql.on(tx, StoryAudit::run));
    }
}
