package io.rowlock.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.CacheSource;
import io.rowlock.event.RowlockEvent.Cause;
import io.rowlock.event.RowlockEvent.ClaimOutcome;
import io.rowlock.event.RowlockEvent.FillRefusal;
import io.rowlock.event.RowlockEvent.OnceOutcome;
import io.rowlock.event.RowlockEvent.RenewalOutcome;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The names of the metrics and of their labels: dashboards and alerts stand on them. */
class MetricNamesGoldenTest {
    private static final String ROW = "users[" + UUID.randomUUID() + "]";

    private static final List<RowlockEvent> EVENTS = List.of(
            new RowlockEvent.Committed("buy", 1, Duration.ofMillis(3)),
            new RowlockEvent.RolledBack("buy", 2, Duration.ofMillis(3)),
            new RowlockEvent.Failed("buy", 12, Duration.ofMillis(3), "RetriesExhausted"),
            new RowlockEvent.ChangedRead("buy", "users", ROW),
            new RowlockEvent.Retried("buy", 1, Cause.CHANGED_READ),
            new RowlockEvent.Conflict("users", ROW),
            new RowlockEvent.OrderBroken("buy", "users", "rounds"),
            new RowlockEvent.SnapshotRisk("buy", "users"),
            new RowlockEvent.CommitUnknown("buy"),
            new RowlockEvent.AfterCommitFailed("buy", "broken"),
            new RowlockEvent.SerialWaited("order", Duration.ofMillis(3), true),
            new RowlockEvent.SerialHeldLong("order", "order:17", Duration.ofSeconds(31), "Shop.sell"),
            new RowlockEvent.SerialDeadlocked("order", 2, Duration.ofMillis(3)),
            new RowlockEvent.Admitted("buy", Duration.ofMillis(3), 4),
            new RowlockEvent.OnceAnswered("buy", "order", "order:17", OnceOutcome.REPEAT, Duration.ofMillis(3)),
            new RowlockEvent.OnceWaited("order", Duration.ofMillis(3), true),
            new RowlockEvent.OnceOvertaken("buy", "order"),
            new RowlockEvent.OnceExpired("buy", "order"),
            new RowlockEvent.OnceResolved("buy", "order", false),
            new RowlockEvent.OnceReaped(7),
            new RowlockEvent.BatchProgressed("import", 40, 5, 2, 3, 50, 200),
            new RowlockEvent.LeaseGranted("instance", "instance:17", 8, Duration.ofMillis(3), false, true),
            new RowlockEvent.LeaseWaited("instance", Duration.ofMillis(3), false),
            new RowlockEvent.LeaseRenewed("instance"),
            new RowlockEvent.LeaseRenewFailed("instance", "DatabaseFailure"),
            new RowlockEvent.LeaseReleased("instance", "instance:17", 8, Duration.ofSeconds(3), "AlreadyExpired"),
            new RowlockEvent.LeaseLoss("instance", "instance:17", 8, "TAKEN_OVER"),
            new RowlockEvent.LeaseRefused("buy", "instance", "instance:17", 8),
            new RowlockEvent.LeaseDeadlockEnded("instance", "instance:17", "a waits for b; b waits for a"),
            new RowlockEvent.LeaseForced("instance", "instance:17", 8, 9, "it hangs"),
            new RowlockEvent.LeasesReaped(7),
            new RowlockEvent.CacheRead("profiles", CacheSource.SHARED),
            new RowlockEvent.CacheFillRefused("profiles", FillRefusal.OLD_SNAPSHOT),
            new RowlockEvent.CacheTierAway("look", "no answer in time"),
            new RowlockEvent.CacheClosed("profiles", "a write could not tell the shared tier"),
            new RowlockEvent.CacheOpened("profiles", 8),
            new RowlockEvent.CacheWriteHeld("buy", Duration.ofSeconds(1)),
            new RowlockEvent.CacheSwept(2),
            new RowlockEvent.CacheVerified("profiles", Duration.ofMillis(3), false),
            new RowlockEvent.ClaimsTaken("mail", 5, 1, Duration.ofMillis(3)),
            new RowlockEvent.ClaimEnded("mail", ROW, ClaimOutcome.COMPLETED, 1, Duration.ofMillis(3)),
            new RowlockEvent.ClaimRefused("mail", ROW, 1, Duration.ofMillis(3)),
            new RowlockEvent.ClaimRenewed("mail", ROW, RenewalOutcome.KEPT),
            new RowlockEvent.ClaimLeft("mail", ROW, "DatabaseFailure"),
            new RowlockEvent.ItemParked("mail", ROW, 10, "bounced for " + ROW));

    @Test
    void areWhatTheyWere() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        RowlockMetrics metrics = new RowlockMetrics(registry);

        EVENTS.forEach(metrics::on);

        String names = registry.getMeters().stream()
                .map(Meter::getId)
                .map(id -> id.getName() + " " + id.getType()
                        + id.getTags().stream().map(Tag::toString).collect(Collectors.joining(", ", " [", "]")))
                .sorted()
                .collect(Collectors.joining("\n"));
        assertThat(names).isEqualTo("""
                        rowlock.admission.wait TIMER [tag(unit=buy)]
                        rowlock.after.commit.failures COUNTER [tag(unit=buy)]
                        rowlock.batch.items COUNTER [tag(batch=import), tag(outcome=applied)]
                        rowlock.batch.items COUNTER [tag(batch=import), tag(outcome=failed)]
                        rowlock.batch.items COUNTER [tag(batch=import), tag(outcome=refused)]
                        rowlock.batch.items COUNTER [tag(batch=import), tag(outcome=repeated)]
                        rowlock.cache.closed COUNTER [tag(region=profiles)]
                        rowlock.cache.coherent.after TIMER [tag(outcome=within), tag(region=profiles)]
                        rowlock.cache.fills.refused COUNTER [tag(reason=old_snapshot), tag(region=profiles)]
                        rowlock.cache.opened COUNTER [tag(region=profiles)]
                        rowlock.cache.reads COUNTER [tag(region=profiles), tag(source=shared)]
                        rowlock.cache.swept COUNTER []
                        rowlock.cache.tier.away COUNTER [tag(during=look)]
                        rowlock.cache.write.held TIMER [tag(unit=buy)]
                        rowlock.changed.reads COUNTER [tag(table=users), tag(unit=buy)]
                        rowlock.claims.held TIMER [tag(outcome=completed), tag(queue=mail)]
                        rowlock.claims.held TIMER [tag(outcome=refused), tag(queue=mail)]
                        rowlock.claims.left COUNTER [tag(queue=mail)]
                        rowlock.claims.parked COUNTER [tag(queue=mail)]
                        rowlock.claims.renewals COUNTER [tag(outcome=kept), tag(queue=mail)]
                        rowlock.claims.taken COUNTER [tag(attempt=first), tag(queue=mail)]
                        rowlock.claims.taken COUNTER [tag(attempt=repeated), tag(queue=mail)]
                        rowlock.commit.unknown COUNTER [tag(unit=buy)]
                        rowlock.conflicts COUNTER [tag(table=users)]
                        rowlock.lease.deadlocks COUNTER [tag(kind=instance)]
                        rowlock.lease.forced COUNTER [tag(kind=instance)]
                        rowlock.lease.grants COUNTER [tag(how=took_over), tag(kind=instance)]
                        rowlock.lease.held TIMER [tag(kind=instance), tag(outcome=already_expired)]
                        rowlock.lease.losses COUNTER [tag(kind=instance), tag(reason=taken_over)]
                        rowlock.lease.reaped COUNTER []
                        rowlock.lease.refused.commits COUNTER [tag(kind=instance), tag(unit=buy)]
                        rowlock.lease.renewals COUNTER [tag(kind=instance), tag(outcome=failed)]
                        rowlock.lease.renewals COUNTER [tag(kind=instance), tag(outcome=renewed)]
                        rowlock.lease.wait TIMER [tag(kind=instance), tag(outcome=not_had)]
                        rowlock.once TIMER [tag(outcome=repeat), tag(unit=buy)]
                        rowlock.once.expired COUNTER [tag(kind=order)]
                        rowlock.once.overtaken COUNTER [tag(kind=order)]
                        rowlock.once.reaped COUNTER []
                        rowlock.once.resolved COUNTER [tag(kind=order), tag(outcome=not_stored)]
                        rowlock.once.wait TIMER [tag(kind=order), tag(outcome=had)]
                        rowlock.order.broken COUNTER [tag(unit=buy)]
                        rowlock.serial.deadlocks COUNTER [tag(kind=order)]
                        rowlock.serial.long.holds COUNTER [tag(kind=order)]
                        rowlock.serial.wait TIMER [tag(kind=order), tag(outcome=had)]
                        rowlock.snapshot.risks COUNTER [tag(table=users), tag(unit=buy)]
                        rowlock.unit TIMER [tag(outcome=committed), tag(unit=buy)]
                        rowlock.unit TIMER [tag(outcome=failed), tag(unit=buy)]
                        rowlock.unit TIMER [tag(outcome=rolled_back), tag(unit=buy)]
                        rowlock.unit.attempts DISTRIBUTION_SUMMARY [tag(unit=buy)]
                        rowlock.unit.failures COUNTER [tag(cause=RetriesExhausted), tag(unit=buy)]
                        rowlock.unit.retries COUNTER [tag(cause=changed_read), tag(unit=buy)]""");
    }

    @Test
    void everyEventHasOne() {
        assertThat(EVENTS)
                .extracting(Object::getClass)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(RowlockEvent.class.getPermittedSubclasses())
                        .collect(Collectors.toList()));
        for (RowlockEvent event : EVENTS) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new RowlockMetrics(registry).on(event);
            assertThat(registry.getMeters())
                    .as("%s", event)
                    .isNotEmpty()
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        }
    }
}
