package io.rowlock.internal.unit;

import io.rowlock.DatabaseFailure;
import io.rowlock.Key;
import io.rowlock.ReadWork;
import io.rowlock.RetriesExhausted;
import io.rowlock.Row;
import io.rowlock.Rowlock;
import io.rowlock.SerialHold;
import io.rowlock.SerialWork;
import io.rowlock.Table;
import io.rowlock.Unit;
import io.rowlock.Update;
import io.rowlock.Version;
import io.rowlock.View;
import io.rowlock.Work;
import io.rowlock.batch.Batch;
import io.rowlock.batch.BatchReport;
import io.rowlock.claim.Claims;
import io.rowlock.claim.WorkQueue;
import io.rowlock.companion.Companion;
import io.rowlock.companion.Company;
import io.rowlock.companion.Escort;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.serial.SerialKeys;
import io.rowlock.internal.table.TableDef;
import io.rowlock.lease.Leases;
import io.rowlock.once.Codec;
import io.rowlock.once.Fingerprint;
import io.rowlock.once.Once;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The entry: decides what joins what, and hands on. */
@SuppressWarnings("ThreadLocalUsage") // which unit runs on a thread is a fact of one Rowlock: two of them do not join
public final class Units implements Rowlock {
    private static final Duration NEVER = Duration.ofDays(10_000);

    private final Shared shared;
    private final SerialKeys serial;
    private final SerialKeys onceTurns;
    private final Leases leases;
    private final ThreadLocal<@Nullable Attempt> writing = new ThreadLocal<>();
    private final ThreadLocal<@Nullable ReadAttempt> reading = new ThreadLocal<>();
    private final Queues queues;

    /**
     * On a pool.
     *
     * @param leases makes the leases, which stand on errands and not on units
     * @param queues makes the work of queues, which stands on both
     */
    public Units(DataSource dataSource, Settings settings, Function<Errands, Leases> leases, Queues queues) {
        this(dataSource, settings, leases, queues, null);
    }

    /** With a flow that is given instead of found out; null finds it out. */
    Units(
            DataSource dataSource,
            Settings settings,
            Function<Errands, Leases> leases,
            Queues queues,
            @Nullable Flow flow) {
        this.shared = new Shared(dataSource, settings, flow);
        this.queues = queues;
        this.serial = new SerialKeys(settings.timing(), settings.serialHoldLimit(), shared::tell, new LongHolds());
        this.leases = leases.apply(new Errands(shared, this::isInUnit));
        this.onceTurns = new SerialKeys(settings.timing(), NEVER, this::tellOfTurn, new NoWatch());
    }

    /** A once-call ends with its unit, which has a deadline of its own. */
    private static final class NoWatch implements SerialKeys.Watch {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    }

    private void tellOfTurn(Supplier<RowlockEvent> event) {
        shared.tell(() -> event.get() instanceof RowlockEvent.SerialWaited waited
                ? new RowlockEvent.OnceWaited(waited.keyKind(), waited.waited(), waited.had())
                : event.get());
    }

    /** Holds are looked at while there are any, on the thread that watches statements too. */
    private final class LongHolds implements Watchdog.Watched, SerialKeys.Watch {
        @Override
        public void begin() {
            shared.watchdog.add(this);
        }

        @Override
        public void end() {
            shared.watchdog.remove(this);
        }

        @Override
        public void look(long now) {
            serial.look(now);
        }
    }

    @Override
    public EngineProfile profile() {
        return shared.flow().profile;
    }

    // ---- units

    @Override
    public <R extends @Nullable Object, X extends Exception> R transact(Work<R, X> work) throws X {
        Attempt outer = writing.get();
        return outer != null ? join(outer, work) : begin(shared.settings.defaults(), work);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R transact(Unit options, Work<R, X> work) throws X {
        Attempt outer = writing.get();
        if (outer == null) {
            return begin(options, work);
        }
        if (options.isolation() != outer.isolation()) {
            throw new IllegalStateException("A nested unit joins the one around it and its isolation level (unit="
                    + options.name() + ", wanted=" + options.isolation() + ", joined=" + outer.isolation()
                    + "): ask for that level outside, or run the unit after this one");
        }
        return join(outer, work);
    }

    private <R extends @Nullable Object, X extends Exception> R begin(Unit options, Work<R, X> work) throws X {
        if (reading.get() != null) {
            throw new IllegalStateException(
                    "A read unit cannot write (unit=" + options.name() + "): make the outer one rowlock.transact(...)");
        }
        return new UnitRun(shared, options).execute(work, writing::set);
    }

    private static <R extends @Nullable Object, X extends Exception> R join(Attempt outer, Work<R, X> work) throws X {
        outer.requireUsable();
        try {
            return work.run(outer);
        } catch (Throwable thrown) {
            outer.nestedFailed(thrown);
            throw thrown;
        }
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R read(ReadWork<R, X> work) throws X {
        return read(shared.settings.defaults(), work);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> R read(Unit options, ReadWork<R, X> work) throws X {
        Attempt outer = writing.get();
        if (outer != null) {
            return work.run(outer);
        }
        ReadAttempt around = reading.get();
        return around != null ? work.run(around) : ReadRun.execute(shared, options, work, reading::set);
    }

    // ---- versioned writes

    @Override
    public <T, K> Update<T> save(Table<T, K> table, T next, Version expected) {
        requireNoUnit("save", "tx.update(tx.read(...), ...)");
        TableDef<T, K> def = (TableDef<T, K>) table;
        if (def.hasIncarnation() != (expected.incarnation() != 0)) {
            throw new IllegalStateException("The expected version is not one of this table (table=" + def.name()
                    + ", expected=" + expected + "): pass the Version of a View or Row, or Version.parse of its ETag");
        }
        UnitRun run = new UnitRun(shared, shared.settings.defaults().withName("save"));
        try {
            return run.execute(
                    tx -> {
                        Entry<T, K> staged = ((Attempt) tx).stageBlind(def, next, expected);
                        return new Update.Applied<>(staged(staged), staged.versionAfter());
                    },
                    writing::set);
        } catch (CallersVersionStale stale) {
            return conflict(def, def.key(next), expected);
        }
    }

    private static <T> T staged(Entry<T, ?> entry) {
        T value = entry.value;
        if (value == null) {
            throw new IllegalStateException("Nothing staged (row=" + entry.id + ")");
        }
        return value;
    }

    private <T, K> Update<T> conflict(TableDef<T, K> def, K id, Version expected) {
        Optional<View<T>> current = read(tx -> tx.peek(def, id));
        if (current.isEmpty()) {
            return new Update.Missing<>();
        }
        shared.tell(() -> new RowlockEvent.Conflict(def.name(), def.describe(id)));
        return new Update.Conflict<>(
                current.get().value(), expected, current.get().version());
    }

    @Override
    public <T, K> Update<T> save(Table<T, K> table, T next, Version expected, BinaryOperator<@Nullable T> merge) {
        T mine = next;
        Version seen = expected;
        Update<T> result = save(table, mine, seen);
        int attempts = shared.settings.defaults().attemptsMax();
        for (int attempt = 1; attempt < attempts && result instanceof Update.Conflict<T> conflict; attempt++) {
            T merged = merge.apply(conflict.current(), next);
            if (merged == null) {
                return new Update.Conflict<>(conflict.current(), expected, conflict.actual());
            }
            mine = merged;
            seen = conflict.actual();
            result = save(table, mine, seen);
        }
        return result;
    }

    @Override
    public <T, K> Update<T> update(Table<T, K> table, K id, UnaryOperator<T> change) {
        requireNoUnit("update", "tx.update(tx.read(...), ...)");
        try {
            return transact(shared.settings.defaults().withName("update"), tx -> {
                Optional<Row<T>> row = tx.read(table, id);
                if (row.isEmpty()) {
                    return new Update.Missing<>();
                }
                Row<T> next = tx.update(row.get(), change);
                return new Update.Applied<>(next.value(), next.version());
            });
        } catch (RetriesExhausted exhausted) {
            Optional<View<T>> current = read(tx -> tx.peek(table, id));
            if (current.isEmpty()) {
                return new Update.Missing<>();
            }
            View<T> now = current.get();
            return new Update.Conflict<>(now.value(), now.version(), now.version());
        }
    }

    private void requireNoUnit(String call, String instead) {
        if (isInUnit()) {
            throw new IllegalStateException("rowlock." + call
                    + " commits by itself and cannot be part of a unit: write " + instead + " inside one");
        }
    }

    // ---- once

    @Override
    public <R extends @Nullable Object, X extends Exception> Once<R> once(
            Key key, Fingerprint fingerprint, Codec<R> codec, Work<R, X> work) throws X {
        return once(shared.settings.defaults(), key, fingerprint, codec, work);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> Once<R> once(
            Unit options, Key key, Fingerprint fingerprint, Codec<R> codec, Work<R, X> work) throws X {
        return once(options, key, fingerprint, codec, shared.settings.onceKeep(), work);
    }

    @Override
    public <R extends @Nullable Object, X extends Exception> Once<R> once(
            Unit options, Key key, Fingerprint fingerprint, Codec<R> codec, Duration keep, Work<R, X> work) throws X {
        if (isInUnit()) {
            throw new IllegalStateException(
                    "once entered inside a unit (key=" + key
                            + "): its answer and its effects are committed by a unit of its own, and it would wait while this one"
                            + " holds a connection and locks. Write rowlock.once(...) outside, with the unit's body as its work");
        }
        if (keep.compareTo(options.deadline()) < 0) {
            throw new IllegalArgumentException("An answer is kept for as long at least as its unit may take (unit="
                    + options.name() + ", keep=" + keep + ", deadline=" + options.deadline() + ")");
        }
        return new OnceCall<>(shared, options, key, fingerprint, codec, keep).run(onceTurns, work, writing::set);
    }

    @Override
    public int reapOnce(int answersMax) {
        if (answersMax < 1) {
            throw new IllegalArgumentException("At least one answer is reaped (answersMax=" + answersMax + ")");
        }
        requireNoUnit("reapOnce", "it outside");
        int reaped = 0;
        int last;
        do {
            int rowsMax = Math.min(Reaping.ROWS_MAX, answersMax - reaped);
            last = reap(rowsMax);
            reaped += last;
            if (last < rowsMax) {
                break;
            }
        } while (reaped < answersMax);
        int all = reaped;
        if (all > 0) {
            shared.tell(() -> new RowlockEvent.OnceReaped(all));
        }
        return all;
    }

    private int reap(int rowsMax) {
        try {
            return transact(
                    shared.settings.defaults().withName("reap-once"),
                    tx -> Reaping.answers(tx, shared.flow(), rowsMax));
        } catch (SQLException failed) {
            throw new DatabaseFailure(SqlFailure.of(shared.engine(), failed), Map.of("unit", "reap-once"));
        }
    }

    // ---- batch

    @Override
    public <I, R extends @Nullable Object> BatchReport<R> batch(Batch<I, R> batch, Collection<? extends I> items) {
        if (isInUnit()) {
            throw new IllegalStateException("batch entered inside a unit (batch=" + batch.name()
                    + "): its chunks commit one by one. Write rowlock.batch(...) outside; inside, a loop over the items is"
                    + " one transaction");
        }
        return new BatchRun<>(shared, batch, writing::set).run(items);
    }

    // ---- leases

    @Override
    public Leases leases() {
        return leases;
    }

    private boolean isInUnit() {
        return writing.get() != null || reading.get() != null;
    }

    // ---- claims

    @Override
    public <T, K> Claims<T, K> claims(WorkQueue<T, K> queue) {
        return queues.claims(this, new Errands(shared, this::isInUnit), new Tying(shared), queue);
    }

    // ---- who goes along

    @Override
    public <E extends Escort> Company<E> accompany(Companion<E> companion) {
        Companionship<E> companionship = new Companionship<>(companion, shared, this::isInUnit);
        shared.companions.add(companionship);
        return companionship;
    }

    // ---- serial

    @Override
    public <R extends @Nullable Object, X extends Exception> R serial(Key key, Duration wait, SerialWork<R, X> body)
            throws X {
        if (isInUnit()) {
            throw new IllegalStateException("serial entered inside a unit (key=" + key
                    + "): it would wait while holding a connection and locks. Enter serial first, the unit inside it");
        }
        return serial.run(key, wait, body);
    }

    @Override
    public List<SerialHold> serialHolds() {
        return serial.holds();
    }
}
