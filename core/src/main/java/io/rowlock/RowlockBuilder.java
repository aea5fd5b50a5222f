package io.rowlock;

import io.rowlock.event.RowlockListener;
import io.rowlock.internal.claim.QueueMaker;
import io.rowlock.internal.lease.LeaseService;
import io.rowlock.internal.unit.Settings;
import io.rowlock.internal.unit.Units;
import io.rowlock.lease.LeaseSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The options of a {@link Rowlock}. Every one has a default that is right for most. One thread at a time. */
public final class RowlockBuilder {
    private final DataSource dataSource;
    private Unit defaults = Unit.defaults();
    private boolean strict;
    private List<Table<?, ?>> order = List.of();
    private @Nullable RowlockListener listener;
    private Timing timing = Timing.system();
    private int retryBudget = 1000;
    private Duration serialHoldLimit = Duration.ofSeconds(30);
    private SqliteSynchronous sqliteSynchronous = SqliteSynchronous.FULL;
    private boolean oneWriterCluster;
    private Duration onceKeep = Duration.ofHours(24);
    private int onceAnswerBytesMax = 64 * 1024;
    private LeaseSettings leases = LeaseSettings.defaults();

    RowlockBuilder(DataSource dataSource) {
        this.dataSource = Objects.requireNonNull(dataSource, "dataSource");
    }

    /** Options of units that state none; default {@link Unit#defaults}. */
    public RowlockBuilder defaults(Unit unit) {
        defaults = Objects.requireNonNull(unit, "unit");
        return this;
    }

    /**
     * Whether a risk is refused ({@link IllegalStateException}) instead of reported as an event: locks against the declared
     * order, a lock after the snapshot on an engine that would let the stale decision through. Default false.
     */
    public RowlockBuilder strict(boolean strict) {
        this.strict = strict;
        return this;
    }

    /**
     * The order in which tables are locked and written: parents before children. Tables that are not named come after
     * those that are, by name.
     */
    public RowlockBuilder order(Table<?, ?>... tables) {
        order = List.of(tables);
        return this;
    }

    /** Who is told what happens; default nobody. Called on the units' own threads: keep it quick. */
    public RowlockBuilder listener(RowlockListener listener) {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    /** Clock, sleep and chance; default the machine's. */
    public RowlockBuilder timing(Timing timing) {
        this.timing = Objects.requireNonNull(timing, "timing");
        return this;
    }

    /**
     * How many retries all units together may spend at once; each retry takes one, each committed unit gives one back, and
     * a tenth comes back per second. When it is empty, contention is answered with {@link RetriesExhausted} instead of
     * more load. Default 1000; at least 1.
     */
    public RowlockBuilder retryBudget(int retries) {
        if (retries < 1) {
            throw new IllegalArgumentException("A retry budget is at least 1 (retries=" + retries + ")");
        }
        retryBudget = retries;
        return this;
    }

    /** After how long a hold of {@link Rowlock#serial} is reported; default 30 s. The hold goes on. */
    public RowlockBuilder serialHoldLimit(Duration limit) {
        serialHoldLimit = Objects.requireNonNull(limit, "limit");
        return this;
    }

    /**
     * How durable SQLite commits are: {@code FULL} (default) survives a power cut, {@code NORMAL} only a crash of the
     * process. Set on every connection together with WAL, foreign keys and a busy timeout, and checked when one is
     * borrowed. No effect on other engines.
     */
    public RowlockBuilder sqliteSynchronous(SqliteSynchronous synchronous) {
        sqliteSynchronous = Objects.requireNonNull(synchronous, "synchronous");
        return this;
    }

    /**
     * States that of a Galera cluster only one node ever takes writes. Without this a member of a cluster is refused at
     * first use: its row locks are local to a node, and two writing nodes commit write skew.
     */
    public RowlockBuilder oneWriterCluster() {
        oneWriterCluster = true;
        return this;
    }

    /**
     * How long answers of {@link Rowlock#once} are kept where the call says nothing, by the database's clock; default 24 h.
     * That is the time within which a repeat is recognised: longer than any client goes on repeating. Never shorter than the
     * unit's deadline.
     */
    public RowlockBuilder onceKeep(Duration keep) {
        if (keep.isNegative() || keep.isZero()) {
            throw new IllegalArgumentException("Answers are kept for some time (onceKeep=" + keep + ")");
        }
        onceKeep = keep;
        return this;
    }

    /**
     * How many bytes an answer of {@link Rowlock#once} may have; default 65,536, at most {@link #ONCE_ANSWER_BYTES_MAX}. A
     * larger one ends its unit with an {@link IllegalStateException}, and nothing is stored: answers travel with every first
     * call and every repeat, so what is large is stored in a table of its own and the answer refers to it.
     */
    public RowlockBuilder onceAnswerBytesMax(int bytes) {
        if (bytes < 0 || bytes > ONCE_ANSWER_BYTES_MAX) {
            throw new IllegalArgumentException("An answer has between 0 and " + ONCE_ANSWER_BYTES_MAX
                    + " bytes (onceAnswerBytesMax=" + bytes + ")");
        }
        onceAnswerBytesMax = bytes;
        return this;
    }

    /** The most that {@link #onceAnswerBytesMax} can be set to: 8 MiB, half of what a MariaDB server takes in one statement. */
    public static final int ONCE_ANSWER_BYTES_MAX = 8 * 1024 * 1024;

    /** How leases are asked for, waited for and passed on; default {@link LeaseSettings#defaults}. */
    public RowlockBuilder leases(LeaseSettings settings) {
        leases = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** See {@link #sqliteSynchronous}. */
    public enum SqliteSynchronous {
        /** Sync at every commit. */
        FULL,
        /** Sync at checkpoints. */
        NORMAL
    }

    /**
     * Makes the Rowlock. Opens no connection; the database is looked at on first use.
     */
    public Rowlock build() {
        return new Units(
                dataSource,
                new Settings(
                        defaults,
                        strict,
                        order,
                        listener,
                        timing,
                        retryBudget,
                        serialHoldLimit,
                        sqliteSynchronous,
                        oneWriterCluster,
                        onceKeep,
                        onceAnswerBytesMax),
                errands -> new LeaseService(errands, leases),
                new QueueMaker());
    }
}
