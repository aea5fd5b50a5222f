package io.rowlock.internal.claim;

import io.rowlock.ClaimLost;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.claim.Claim;
import io.rowlock.claim.ClaimWork;
import io.rowlock.claim.Claims;
import io.rowlock.claim.FailedTry;
import io.rowlock.claim.ParkedItem;
import io.rowlock.claim.WorkOptions;
import io.rowlock.claim.WorkQueue;
import io.rowlock.claim.WorkReport;
import io.rowlock.dialect.Engine;
import io.rowlock.event.RowlockEvent;
import io.rowlock.event.RowlockEvent.ClaimOutcome;
import io.rowlock.event.RowlockEvent.RenewalOutcome;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.unit.Errands;
import io.rowlock.internal.unit.Ties;
import io.rowlock.internal.unit.Tying;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The work of one queue. */
final class QueueClaims<T, K> implements Claims<T, K> {
    private static final int REASON_MAX = 1000;
    private static final int PARKED_MAX = 10_000;
    private static final Duration WAIT_MAX = Duration.ofDays(365);

    private final Rowlock rowlock;
    private final Errands errands;
    private final Tying tying;
    private final QueueDef<T, K> def;
    private volatile @Nullable Ready<T, K> ready;

    /** What needs to know the engine. */
    private record Ready<T, K>(QueueSql<T, K> sql, Taking<T, K> taking) {}

    QueueClaims(Rowlock rowlock, Errands errands, Tying tying, QueueDef<T, K> def) {
        this.rowlock = rowlock;
        this.errands = errands;
        this.tying = tying;
        this.def = def;
    }

    @Override
    public WorkQueue<T, K> queue() {
        return def.queue;
    }

    // ---- the first use

    private QueueSql<T, K> sql() {
        Ready<T, K> known = ready;
        return known != null ? known.sql : new QueueSql<>(def, errands.engine());
    }

    private Ready<T, K> ready() {
        Ready<T, K> known = ready;
        if (known != null) {
            return known;
        }
        QueueSql<T, K> sql = sql();
        requireColumns(sql);
        errands.requireRunningClock(Taking.ASK_MAX);
        known = new Ready<>(sql, new Taking<>(def, sql, errands));
        ready = known;
        return known;
    }

    private void requireColumns(QueueSql<T, K> sql) {
        Set<String> missing = errands.read(
                "claims-check",
                Taking.ASK_MAX,
                statements -> statements.run(def.table.probe(), statement -> {
                    try (ResultSet none = statement.executeQuery()) {
                        ResultSetMetaData actual = none.getMetaData();
                        def.table.requireColumns(actual);
                        return missing(actual);
                    }
                }));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("Missing columns of a queue (queue=" + def.queue.name() + ", table="
                    + def.table.name() + ", missing=" + missing + "): add them in a migration of yours: "
                    + String.join("; ", sql.ddl(missing)));
        }
    }

    private Set<String> missing(ResultSetMetaData actual) throws SQLException {
        Set<String> missing = new LinkedHashSet<>(def.queue.columnNames());
        for (int i = 1; i <= actual.getColumnCount(); i++) {
            String there = actual.getColumnName(i).toLowerCase(Locale.ROOT);
            missing.removeIf(name -> name.toLowerCase(Locale.ROOT).equals(there));
        }
        return missing;
    }

    @Override
    public List<String> ddl() {
        return sql().ddl(Set.copyOf(def.queue.columnNames()));
    }

    // ---- taking

    @Override
    public List<Claim<T, K>> take(int max) {
        requireNoUnit("take", "the unit that ends a claim is another one, after it");
        if (max < 1 || max > TAKE_MAX) {
            throw new IllegalArgumentException("Between 1 and " + TAKE_MAX + " items are taken at a time (queue="
                    + def.queue.name() + ", max=" + max + ")");
        }
        return ready().taking.take(max);
    }

    private void requireNoUnit(String call, String instead) {
        if (errands.isInUnit()) {
            throw new IllegalStateException("claims." + call + " inside a unit (queue=" + def.queue.name()
                    + "): it commits by itself, and would wait for a connection while this one is held; " + instead);
        }
    }

    @Override
    public boolean renew(Claim<T, K> claim) {
        requireNoUnit("renew", "renew before it");
        HeldClaim<T, K> held = mine(claim);
        requireNotEnded(held);
        return renewed(held);
    }

    /** As {@link #renew}; a claim that is ended meanwhile is not lost by that. */
    boolean renewed(HeldClaim<T, K> held) {
        if (held.isLost()) {
            return false;
        }
        QueueSql<T, K> sql = ready().sql;
        Duration limit =
                def.queue.claimLength().compareTo(Taking.ASK_MAX) < 0 ? def.queue.claimLength() : Taking.ASK_MAX;
        long[] askedAt = new long[1];
        int rows = errands.write("claims-renew", limit, statements -> {
            boolean begins = errands.engine() == Engine.SQLITE;
            if (begins) {
                statements.begin();
            }
            askedAt[0] = errands.nanoTime();
            int changed = statements.run(sql.renew, statement -> {
                sql.bindRenew(statement, held.key(), held.token());
                return statement.executeUpdate();
            });
            if (begins) {
                statements.commit();
            }
            return changed;
        });
        boolean kept = rows == 1;
        if (kept) {
            held.renewed(askedAt[0]);
        } else if (held.isEnded() || held.isEnding()) {
            return false;
        } else {
            held.lost();
        }
        errands.tell(() -> new RowlockEvent.ClaimRenewed(
                def.queue.name(), held.describe(), kept ? RenewalOutcome.KEPT : RenewalOutcome.LOST));
        return kept;
    }

    // ---- ending

    @Override
    public void complete(Tx tx, Claim<T, K> claim) {
        end(tx, mine(claim), sql().complete(), ClaimOutcome.COMPLETED, List.of());
    }

    @Override
    public void complete(Tx tx, Claim<T, K> claim, UnaryOperator<T> change) {
        HeldClaim<T, K> held = mine(claim);
        Row<T> row = tx.read(def.queue.table(), held.key()).orElseThrow(() -> refused(held));
        complete(tx, claim);
        Row<T> unused = tx.update(row, change);
    }

    @Override
    public FailedTry fail(Tx tx, Claim<T, K> claim, String reason) {
        HeldClaim<T, K> held = mine(claim);
        String kept = cut(reason);
        if (held.isLastAttempt()) {
            end(tx, held, sql().park(), ClaimOutcome.PARKED, List.of(kept));
            tx.afterCommit(() -> errands.tell(
                    () -> new RowlockEvent.ItemParked(def.queue.name(), held.describe(), held.attempt(), kept)));
            return new FailedTry(true, Duration.ZERO);
        }
        long micros = backoffMicros(held.attempt());
        end(tx, held, sql().retry(), ClaimOutcome.RETRIED, List.of(micros, kept));
        return new FailedTry(false, Duration.of(micros, ChronoUnit.MICROS));
    }

    private long backoffMicros(int attempt) {
        long first = micros(def.queue.backoffFirst());
        long max = micros(def.queue.backoffMax());
        int doublings = attempt - 1;
        long bound = doublings >= Long.numberOfLeadingZeros(Math.max(1, first)) - 1
                ? max
                : Math.min(max, first << doublings);
        return bound == 0 ? 0 : errands.timing().random().nextLong(bound + 1);
    }

    @Override
    public void release(Tx tx, Claim<T, K> claim, Duration notBefore) {
        end(tx, mine(claim), sql().release(), ClaimOutcome.RELEASED, List.of(micros("notBefore", notBefore)));
    }

    @Override
    public void again(Tx tx, Claim<T, K> claim, Duration in) {
        end(tx, mine(claim), sql().again(), ClaimOutcome.AGAIN, List.of(micros("in", in)));
    }

    private long micros(String name, Duration wait) {
        if (wait.isNegative() || wait.compareTo(WAIT_MAX) > 0) {
            throw new IllegalArgumentException("An item waits between no time and " + WAIT_MAX + " (queue="
                    + def.queue.name() + ", " + name + "=" + wait + ")");
        }
        return micros(wait);
    }

    private static long micros(Duration duration) {
        return TimeUnit.SECONDS.toMicros(duration.getSeconds()) + duration.getNano() / 1000;
    }

    private void end(Tx tx, HeldClaim<T, K> held, String sql, ClaimOutcome outcome, List<Object> values) {
        requireNotEnded(held);
        if (tying.isTied(tx, held)) {
            throw new IllegalStateException("This unit has ended the claim already " + held.facts()
                    + ": complete it, fail it or give it back, one of them");
        }
        Engine engine = errands.engine();
        QueueSql<T, K> texts = sql();
        Ties.Values binder = (statement, index, on) -> {
            int next = index;
            for (Object value : values) {
                TableDef.bindAny(statement, next++, value, engine);
            }
            return texts.bindHeld(statement, next, held.key(), held.token());
        };
        tying.tie(tx, held, def.table, held.key(), new Ties.Write(sql, binder, () -> refused(held)));
        held.ending();
        tx.afterCommit(() -> {
            held.ended(outcome);
            errands.tell(() -> new RowlockEvent.ClaimEnded(
                    def.queue.name(), held.describe(), outcome, held.attempt(), held.held()));
        });
    }

    private ClaimLost refused(HeldClaim<T, K> held) {
        held.lost();
        errands.tell(
                () -> new RowlockEvent.ClaimRefused(def.queue.name(), held.describe(), held.attempt(), held.held()));
        return new ClaimLost(held.facts());
    }

    boolean isEndedBy(Tx tx, HeldClaim<T, K> held) {
        return tying.isTied(tx, held);
    }

    HeldClaim<T, K> mine(Claim<T, K> claim) {
        if (claim instanceof HeldClaim<T, K> held && held.isOf(def)) {
            return held;
        }
        throw new IllegalArgumentException(
                "A claim of another queue (queue=" + def.queue.name() + ", claim=" + claim.queue() + ")");
    }

    private static void requireNotEnded(HeldClaim<?, ?> held) {
        if (held.isEnded()) {
            throw new IllegalStateException("The claim was ended by an earlier unit " + held.facts()
                    + ": take the item again if there is more to do");
        }
    }

    /** What no engine refuses: no longer than the column, no half characters, no controls. */
    private static String cut(String reason) {
        return reason.codePoints()
                .map(c -> Character.isISOControl(c) || (c <= 0xFFFF && Character.isSurrogate((char) c)) ? ' ' : c)
                .limit(REASON_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    // ---- working

    @Override
    public WorkReport work(WorkOptions options, ClaimWork<T, K> work) {
        requireNoUnit("work", "its items are committed by units of their own");
        Ready<T, K> unused = ready();
        return new QueueWork<>(rowlock, errands, this, options, work).run();
    }

    // ---- parked items

    @Override
    public List<ParkedItem<T, K>> parked(int max) {
        requireNoUnit("parked", "look before it");
        if (max < 1 || max > PARKED_MAX) {
            throw new IllegalArgumentException("Between 1 and " + PARKED_MAX + " items are listed (queue="
                    + def.queue.name() + ", max=" + max + ")");
        }
        QueueSql<T, K> sql = ready().sql;
        return errands.read(
                "claims-parked",
                Taking.ASK_MAX,
                statements -> statements.run(sql.parked, statement -> {
                    statement.setInt(1, max);
                    List<ParkedItem<T, K>> items = new ArrayList<>();
                    try (ResultSet rows = statement.executeQuery()) {
                        while (rows.next()) {
                            items.add(parkedItem(rows));
                        }
                    }
                    return items;
                }));
    }

    private ParkedItem<T, K> parkedItem(ResultSet rows) throws SQLException {
        TableDef.Fetched<T, K> row = def.table.fetch(rows, errands.engine());
        int next = def.table.selectedCount() + 1;
        String reason = rows.getString(next + 4);
        Instant at = Instant.EPOCH.plus(rows.getLong(next + 3), ChronoUnit.MICROS);
        return new ParkedItem<>(row.value(), row.key(), rows.getInt(next + 1), reason == null ? "" : reason, at);
    }

    @Override
    public boolean unpark(Tx tx, K key) {
        return tx.execute(sql().unpark, def.table.keyParts(key)).count() == 1;
    }
}
