package io.rowlock.internal.lease;

import io.rowlock.DatabaseFailure;
import io.rowlock.Interrupted;
import io.rowlock.Key;
import io.rowlock.LeaseDeadlock;
import io.rowlock.LockTimeout;
import io.rowlock.RowlockException;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.unit.Errands;
import io.rowlock.lease.Acquired;
import io.rowlock.lease.ForcedRelease;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseHolder;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.LeaseSet;
import io.rowlock.lease.LeaseSettings;
import io.rowlock.lease.LeaseState;
import io.rowlock.lease.LeaseWaiter;
import io.rowlock.lease.Leases;
import io.rowlock.lease.LossReason;
import io.rowlock.lease.Release;
import io.rowlock.lease.Renewed;
import io.rowlock.lease.WaitGraph;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leases of one Rowlock.
 *
 * <p>The database decides who has a key; this class decides who of this JVM asks, and who is passed what the JVM has. A
 * {@link Line} per key holds both together. A lease goes through {@link Handle} states under its line's lock; whatever asks
 * the database does so outside of it, and looks again afterwards.
 */
public final class LeaseService implements Leases {
    /** A pause before this JVM asks again for a key that it has just given back while others wait for it. */
    private static final long YIELD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final int REASON_MAX = 500;

    private final Errands errands;
    private final LeaseSettings settings;
    private final LeaseTimer timer = new LeaseTimer();
    private final Map<Key, Line> lines = new ConcurrentHashMap<>();
    private final ReentrantLock opening = new ReentrantLock();
    private final UUID process;
    private final String processName;
    private final WaitBoard board;
    private volatile @Nullable LeaseStore store;
    private volatile boolean closed;

    public LeaseService(Errands errands, LeaseSettings settings) {
        this.errands = errands;
        this.settings = settings;
        this.process = errands.newId();
        this.processName = CallSites.processName();
        this.board = new WaitBoard(this, errands, settings);
    }

    LeaseStore store() {
        LeaseStore known = store;
        if (known != null) {
            return known;
        }
        opening.lock();
        try {
            LeaseStore opened = store;
            if (opened == null) {
                opened = LeaseStore.of(errands, settings.statementMax());
                store = opened;
            }
            return opened;
        } finally {
            opening.unlock();
        }
    }

    UUID process() {
        return process;
    }

    Collection<Line> lines() {
        return lines.values();
    }

    long nanoTime() {
        return errands.nanoTime();
    }

    void tell(Supplier<RowlockEvent> event) {
        errands.tell(event);
    }

    // ---- acquiring

    @Override
    public Acquired tryAcquire(Key key, LeaseOptions options) {
        requireOutside("tryAcquire");
        requireOpen();
        Waiting asking = waiting(key, options);
        Lease own = options.reentrant() ? ownAgain(key, asking) : null;
        if (own != null) {
            return new Acquired.Granted(own);
        }
        long sentAt = nanoTime();
        LeaseRow row;
        try {
            row = ask(asking, 1, settings.statementMax());
        } catch (RowlockException failed) {
            abandon(asking);
            throw failed;
        }
        if (!row.isOf(asking.runId)) {
            return new Acquired.Held(row.holder(key, isHere(key)));
        }
        return new Acquired.Granted(install(asking, row, sentAt));
    }

    @Override
    public Lease acquire(Key key, LeaseOptions options, Duration wait) {
        requireOutside("acquire");
        requireOpen();
        if (wait.isNegative()) {
            throw new IllegalArgumentException("A wait is not negative (wait=" + wait + ")");
        }
        long began = nanoTime();
        Waiting asking = waiting(key, options);
        Lease own = ownAgain(key, asking);
        if (own != null) {
            return own;
        }
        Line line = join(asking);
        Turn turn = new Turn(asking, line, began, began + wait.toNanos());
        boolean had = false;
        try {
            Handle lease = turn.take();
            had = true;
            return lease;
        } finally {
            leave(asking, line, had);
            if (!had && turn.failures > 0) {
                abandon(asking);
            }
            boolean got = had;
            tell(() -> new RowlockEvent.LeaseWaited(key.kind(), Duration.ofNanos(nanoTime() - began), got));
        }
    }

    /** A try whose answer was lost may have been granted the key; nobody here has it then. */
    private void abandon(Waiting asking) {
        timer.atDatabase(() -> {
            try {
                store().abandon(asking.key, asking.runId);
            } catch (RuntimeException away) {
                // Then it expires.
            }
        });
    }

    private Waiting waiting(Key key, LeaseOptions options) {
        String actor = options.actor().isEmpty() ? CallSites.threadName() : options.actor();
        String owner = options.owner().isEmpty() ? processName : options.owner();
        return new Waiting(key, options, actor, owner, errands.newId(), nanoTime());
    }

    /** The actor's own lease of the key, once more; null if it has none. */
    private @Nullable Lease ownAgain(Key key, Waiting asking) {
        Line line = lines.get(key);
        if (line == null) {
            return null;
        }
        line.lock.lock();
        try {
            Handle current = line.grant == null ? null : line.grant.current;
            if (current == null || !current.actor.equals(asking.actor) || !current.isHeld()) {
                return null;
            }
            if (!asking.options.reentrant() || !current.options.reentrant()) {
                throw new IllegalStateException("This actor holds the lease already (key=" + key + ", token="
                        + current.token() + ", actor=" + asking.actor + ", acquired at " + current.callSite()
                        + "): it would wait for itself. Use the lease it has, or acquire both times with"
                        + " LeaseOptions.withReentrant(true)");
            }
            return current.again();
        } finally {
            line.lock.unlock();
        }
    }

    /** Stands in the key's line. */
    private Line join(Waiting asking) {
        while (true) {
            Line line = lines.computeIfAbsent(asking.key, Line::new);
            line.lock.lock();
            try {
                if (!line.closed) {
                    line.join(asking);
                    return line;
                }
            } finally {
                line.lock.unlock();
            }
        }
    }

    /** Is out of the line, whatever came of it; what was passed on in the last moment is passed on again. */
    private void leave(Waiting asking, Line line, boolean had) {
        Handle unwanted;
        line.lock.lock();
        try {
            line.leave(asking);
            unwanted = had ? null : asking.given();
            closeIfIdle(line);
        } finally {
            line.lock.unlock();
        }
        board.left(asking);
        if (unwanted != null) {
            unwanted.close();
        }
    }

    private void closeIfIdle(Line line) {
        if (line.isIdle() && !line.closed) {
            line.closed = true;
            lines.remove(line.key, line);
        }
    }

    private LeaseRow ask(Waiting asking, int tokens, Duration within) {
        return store().ask(
                        new LeaseStore.Asking(
                                asking.key,
                                asking.runId,
                                tokens,
                                asking.options.length(),
                                asking.owner,
                                asking.actor,
                                asking.callSite()),
                        within);
    }

    /** The database has granted the key: this JVM has it now. */
    private Handle install(Waiting asking, LeaseRow row, long sentAt) {
        Grant grant = new Grant(asking.key, asking.runId, row.firstToken, row.token, asking.options.length(), sentAt);
        Line line;
        Handle before = null;
        Handle lease;
        while (true) {
            line = lines.computeIfAbsent(asking.key, Line::new);
            line.lock.lock();
            try {
                if (line.closed) {
                    continue;
                }
                if (line.grant != null) {
                    before = end(line.grant, LossReason.TAKEN_OVER);
                }
                line.grant = grant;
                lease = handle(line, grant, asking);
                arm(grant);
                break;
            } finally {
                line.lock.unlock();
            }
        }
        if (before != null) {
            before.tellLoss();
        }
        tellGrant(lease, asking, false, row.lapsed);
        if (grant.isHalfSpent(nanoTime())) {
            renew(grant, settings.statementMax());
        }
        return lease;
    }

    /** The next token of a grant for whoever asks. */
    private Handle handle(Line line, Grant grant, Waiting asking) {
        String site = asking.thread() == Thread.currentThread() ? asking.callSite() : "";
        Handle lease = new Handle(this, line, grant, grant.nextToken++, asking, site, nanoTime());
        grant.current = lease;
        return lease;
    }

    private void tellGrant(Handle lease, Waiting asking, boolean handedOver, boolean tookOver) {
        tell(() -> new RowlockEvent.LeaseGranted(
                lease.key().kind(),
                lease.key().toString(),
                lease.token(),
                Duration.ofNanos(nanoTime() - asking.since),
                handedOver,
                tookOver));
    }

    /** One thread's wait for a key, from standing in line to having it or not. */
    private final class Turn {
        private final Waiting asking;
        private final Line line;
        private final long began;
        private final long deadline;
        private int round;
        private int lockedRounds;
        private int failures;
        private @Nullable RowlockException failure;
        private @Nullable LeaseRow seen;
        private boolean asked;
        private long askAgainAt;

        Turn(Waiting asking, Line line, long began, long deadline) {
            this.asking = asking;
            this.line = line;
            this.began = began;
            this.deadline = deadline;
            this.askAgainAt = began;
        }

        Handle take() {
            while (true) {
                Handle given = asking.given();
                if (given != null) {
                    given.callSite(asking.callSite());
                    tellGrant(given, asking, true, false);
                    return given;
                }
                requireGoingOn();
                long now = nanoTime();
                if (asking.isFirst()
                        && (asking.takeNudge() || now - askAgainAt >= 0)
                        && (!asked || deadline - now > 0)) {
                    Handle granted = askOnce(now);
                    if (granted != null) {
                        return granted;
                    }
                    now = nanoTime();
                }
                if (deadline - now <= 0) {
                    Handle last = giveUp();
                    if (last != null) {
                        return last;
                    }
                    throw timeout();
                }
                board.waits(asking);
                long until = asking.isFirst() ? Math.min(deadline, askAgainAt) : deadline;
                asking.park(until - now);
            }
        }

        private void requireGoingOn() {
            String circle = asking.circle();
            if (circle != null) {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("key", asking.key);
                facts.put("waited", Duration.ofNanos(nanoTime() - began));
                facts.put("circle", circle);
                tell(() -> new RowlockEvent.LeaseDeadlockEnded(asking.key.kind(), asking.key.toString(), circle));
                throw new LeaseDeadlock(facts);
            }
            if (asking.isClosed()) {
                throw new IllegalStateException("The leases were closed while this waited (key=" + asking.key + ")");
            }
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                throw new Interrupted(Map.of("key", asking.key), new InterruptedException());
            }
        }

        private @Nullable Handle askOnce(long now) {
            asked = true;
            int tokens = line.size() > 1 ? 1 + settings.handOverMax() : 1;
            Duration left = Duration.ofNanos(
                    Math.max(deadline - now, settings.pollFirst().toNanos()));
            try {
                LeaseRow row = ask(asking, tokens, left);
                seen = row;
                if (row.isOf(asking.runId)) {
                    return install(asking, row, now);
                }
                if (row.isHeld()) {
                    pause(TimeUnit.MILLISECONDS.toNanos(row.remainingMillis()));
                } else {
                    pauseForAPin();
                }
            } catch (DatabaseFailure failed) {
                if (!Errands.mayPass(failed)) {
                    throw failed;
                }
                failed(failed);
            } catch (LockTimeout busy) {
                failed(busy);
            }
            return null;
        }

        private void failed(RowlockException why) {
            failure = why;
            failures++;
            pause(Long.MAX_VALUE);
        }

        /** Asks again after a pause that grows, and as soon as the lease has expired. */
        private void pause(long expiresInNanos) {
            lockedRounds = 0;
            Duration longest = board.isListening() ? settings.pollMaxListening() : settings.pollMax();
            long afterExpiry = Math.max(expiresInNanos, expiresInNanos + TimeUnit.MILLISECONDS.toNanos(1));
            askAgainAt = nanoTime() + Math.min(jittered(longest, round++), afterExpiry);
        }

        /**
         * The key is free or its lease has expired, and still it was not granted: a unit or somebody else who asks has the
         * row locked, for a moment or for as long as the unit lasts. Nobody tells when that ends.
         */
        private void pauseForAPin() {
            askAgainAt = nanoTime() + jittered(settings.pollMax(), lockedRounds++);
        }

        private long jittered(Duration longest, int rounds) {
            long bound = Math.min(longest.toNanos(), settings.pollFirst().toNanos() << Math.min(20, rounds));
            return bound / 2 + errands.timing().random().nextLong(bound / 2 + 1);
        }

        /** Is out of the line, unless the lease came in the last moment. */
        private @Nullable Handle giveUp() {
            line.lock.lock();
            try {
                Handle given = asking.given();
                if (given == null) {
                    line.leave(asking);
                }
                return given;
            } finally {
                line.lock.unlock();
            }
        }

        private LockTimeout timeout() {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("key", asking.key);
            facts.put("waited", Duration.ofNanos(nanoTime() - began));
            LeaseRow holder = seen;
            if (holder != null) {
                LeaseHolder who = holder.holder(asking.key, false);
                facts.put("token", who.token());
                facts.put("holder", who.owner());
                facts.put("holderCallSite", who.callSite());
            }
            if (failures > 0) {
                facts.put("failures", failures);
            }
            return new LockTimeout(facts, failure);
        }
    }

    @Override
    public LeaseSet acquireAll(Collection<Key> keys, LeaseOptions options, Duration wait) {
        long deadline = nanoTime() + wait.toNanos();
        List<Lease> had = new ArrayList<>();
        try {
            for (Key key : new TreeSet<>(keys)) {
                Duration left = Duration.ofNanos(Math.max(0, deadline - nanoTime()));
                had.add(acquire(key, options, left));
            }
            return new LeaseSet(had);
        } catch (RuntimeException failed) {
            new LeaseSet(had).close();
            throw failed;
        }
    }

    @Override
    public Lock asLock(Key key, LeaseOptions options) {
        return new LeaseLock(this, key, options);
    }

    private void requireOutside(String call) {
        if (errands.isInUnit()) {
            throw new IllegalStateException(
                    "leases." + call
                            + " asked for inside a unit: it would wait while the unit holds a connection and locks, and after the"
                            + " unit's snapshot. Acquire the lease first, then rowlock.transact(tx -> { tx.fence(lease); ... })");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("These leases are closed: nothing is granted any more");
        }
    }

    // ---- keeping

    /** Sets the grant's clock to the next thing that will happen to it. Under the line's lock. */
    private void arm(Grant grant) {
        long now = nanoTime();
        Handle lease = grant.current;
        long at = grant.standsUntil();
        if (grant.isPinned()) {
            // The lock decides meanwhile; whoever unpins it looks.
            at = Math.max(at, now + grant.length.toNanos());
        } else if (lease != null && lease.renewsItself() && !grant.renewing && mayRenew(grant, lease, now)) {
            at = Math.min(grant.renewAt, at);
        }
        if (grant.timer != null) {
            grant.timer.cancel(false);
        }
        grant.timer = timer.after(at - now, () -> look(grant));
    }

    private static boolean mayRenew(Grant grant, Handle lease, long now) {
        return now - lease.since < lease.options.maxHold().toNanos() && !grant.over;
    }

    /** Does what is due: renews it, or finds that its time is over. */
    void look(Grant grant) {
        Line line = lines.get(grant.key);
        if (line == null) {
            return;
        }
        Handle lost = null;
        boolean renews = false;
        line.lock.lock();
        try {
            Handle lease = grant.current;
            if (grant.over || line.grant != grant || lease == null) {
                return;
            }
            long now = nanoTime();
            boolean may = mayRenew(grant, lease, now);
            if (!grant.isPinned() && now - grant.standsUntil() >= 0) {
                lost = end(grant, lease.renewsItself() && !may ? LossReason.MAX_HOLD : LossReason.EXPIRED);
                return;
            }
            if (!grant.isPinned() && lease.renewsItself() && may && !grant.renewing && now - grant.renewAt >= 0) {
                grant.renewing = true;
                renews = true;
            }
            arm(grant);
        } finally {
            line.lock.unlock();
            if (lost != null) {
                lost.tellLoss();
            }
        }
        if (renews) {
            timer.atDatabase(() -> renew(grant, Duration.ofNanos(Math.max(1, grant.standsUntil() - nanoTime()))));
        }
    }

    /** Its row is not locked by a unit any more: what time passed meanwhile is made good by a renewal, if it renews itself. */
    void unpinned(Grant grant) {
        Line line = lines.get(grant.key);
        if (line == null) {
            return;
        }
        line.lock.lock();
        try {
            Handle lease = grant.current;
            long now = nanoTime();
            if (lease != null && lease.renewsItself() && now - grant.renewAt >= 0) {
                grant.grace(now + settings.statementMax().toNanos());
            }
        } finally {
            line.lock.unlock();
        }
        look(grant);
    }

    private Renewed renew(Grant grant, Duration within) {
        long sentAt = nanoTime();
        LeaseRow row;
        try {
            row = store().renew(grant.key, grant.firstToken, grant.runId, grant.length, within);
        } catch (RuntimeException failed) {
            notRenewed(grant);
            tell(() -> new RowlockEvent.LeaseRenewFailed(
                    grant.key.kind(), failed.getClass().getSimpleName()));
            return new Renewed.Unknown(failed);
        }
        if (row == null || !row.isOf(grant.runId) || row.firstToken != grant.firstToken) {
            LossReason reason = row == null ? LossReason.EXPIRED : row.reason();
            lose(grant, reason);
            return new Renewed.Lost(reason);
        }
        extended(grant, sentAt);
        return new Renewed.Extended(row.lapsed);
    }

    private void extended(Grant grant, long sentAt) {
        Line line = lines.get(grant.key);
        if (line == null) {
            return;
        }
        line.lock.lock();
        try {
            grant.renewing = false;
            if (!grant.over && line.grant == grant) {
                grant.extend(sentAt);
                arm(grant);
            }
        } finally {
            line.lock.unlock();
        }
        tell(() -> new RowlockEvent.LeaseRenewed(grant.key.kind()));
    }

    /** Tries again soon, as long as there is time. */
    private void notRenewed(Grant grant) {
        Line line = lines.get(grant.key);
        if (line == null) {
            return;
        }
        line.lock.lock();
        try {
            grant.renewing = false;
            if (!grant.over && line.grant == grant) {
                long pause = Math.min(grant.length.toNanos() / 20, TimeUnit.SECONDS.toNanos(1));
                grant.renewAt =
                        nanoTime() + pause / 2 + errands.timing().random().nextLong(pause / 2 + 1);
                arm(grant);
            }
        } finally {
            line.lock.unlock();
        }
    }

    Renewed renewNow(Handle lease) {
        requireOutside("renew");
        Grant grant = lease.grant;
        lease.line.lock.lock();
        try {
            LossReason reason = lease.lostBy();
            if (reason != null) {
                return new Renewed.Lost(reason);
            }
            if (lease.state() != LeaseState.HELD) {
                throw lease.lost(0);
            }
            if (grant.isPinned()) {
                return new Renewed.Pinned();
            }
            grant.renewing = true;
        } finally {
            lease.line.lock.unlock();
        }
        return renew(grant, settings.statementMax());
    }

    // ---- losing

    void lose(Grant grant, LossReason reason) {
        Line line = lines.get(grant.key);
        if (line == null) {
            return;
        }
        Handle lost;
        line.lock.lock();
        try {
            lost = line.grant == grant ? end(grant, reason) : null;
        } finally {
            line.lock.unlock();
        }
        if (lost != null) {
            lost.tellLoss();
        }
    }

    /** The JVM has it no more. Under the line's lock; the handle is told outside of it. */
    private @Nullable Handle end(Grant grant, LossReason reason) {
        Handle lease = grant.current;
        boolean was = !grant.over;
        close(grant);
        if (lease == null || !was || lease.state() == LeaseState.RELEASED) {
            return null;
        }
        lease.isLost(reason);
        return lease;
    }

    private void close(Grant grant) {
        grant.over = true;
        if (grant.timer != null) {
            grant.timer.cancel(false);
        }
        Line line = lines.get(grant.key);
        if (line != null && line.grant == grant) {
            line.grant = null;
            line.appoint();
            closeIfIdle(line);
        }
    }

    // ---- giving back

    Release release(Handle lease, boolean again) {
        lease.line.lock.lock();
        try {
            Release before = lease.outcome();
            if (before != null) {
                return before;
            }
            if (!lease.isLastGivenBack(again)) {
                return new Release.Released();
            }
            if (lease.state() == LeaseState.HELD && lease.units() > 0) {
                Release after = new Release.AfterUnit();
                lease.ends(LeaseState.RELEASING, after);
                return after;
            }
        } finally {
            lease.line.lock.unlock();
        }
        return giveBack(lease);
    }

    /** Passes it on in this JVM, or back to the database. */
    Release giveBack(Handle lease) {
        Line line = lease.line;
        Grant grant = lease.grant;
        boolean passedOn;
        line.lock.lock();
        try {
            passedOn = lease.lostBy() == null && passOn(line, grant, lease);
            if (!passedOn && lease.lostBy() == null) {
                lease.ends(LeaseState.RELEASED, new Release.Released());
                line.releasing = line.grant == grant;
                close(grant);
            }
        } finally {
            line.lock.unlock();
        }
        Release outcome = passedOn ? new Release.Released() : backToDatabase(lease, grant);
        if (!passedOn) {
            line.lock.lock();
            try {
                lease.ends(lease.lostBy() == null ? LeaseState.RELEASED : LeaseState.LOST, outcome);
            } finally {
                line.lock.unlock();
            }
        }
        tellRelease(lease, outcome);
        return outcome;
    }

    /** Whether the next in line has it now. Under the line's lock. */
    private boolean passOn(Line line, Grant grant, Handle lease) {
        Waiting next = line.first();
        long now = nanoTime();
        boolean may = next != null
                && line.grant == grant
                && !grant.over
                && !grant.tainted
                && grant.nextToken <= grant.lastToken
                && grant.handedOver < settings.handOverMax()
                && now - grant.grantedAt < settings.handOverFor().toNanos()
                && next.options.length().equals(grant.length)
                && !grant.isHalfSpent(now);
        if (!may || next == null) {
            return false;
        }
        grant.handedOver++;
        lease.ends(LeaseState.RELEASED, new Release.Released());
        Waiting taken = line.takeFirst();
        taken.isFirst(false);
        Handle given = handle(line, grant, taken);
        if (given.options.renewal() != lease.options.renewal()) {
            arm(grant);
        }
        taken.give(given);
        return true;
    }

    private Release backToDatabase(Handle lease, Grant grant) {
        boolean othersWait = false;
        try {
            LeaseStore.GivenBack done =
                    store().giveBack(grant.key, grant.firstToken, grant.runId, process, settings.statementMax());
            othersWait = done.othersWait();
            if (done.wasOurs()) {
                return done.lapsed() ? new Release.AlreadyExpired() : new Release.Released();
            }
            LeaseRow instead = done.instead();
            return instead == null || instead.token <= grant.lastToken
                    ? new Release.AlreadyExpired()
                    : new Release.StolenBy(instead.token);
        } catch (RuntimeException failed) {
            return new Release.Unknown(failed);
        } finally {
            next(lease.line, othersWait);
        }
    }

    /** The database has it back: the next in line asks for it, later if others are to have their turn. */
    private void next(Line line, boolean othersWait) {
        if (othersWait) {
            line.lock.lock();
            try {
                if (line.first() != null) {
                    long pause = YIELD_NANOS / 2 + errands.timing().random().nextLong(YIELD_NANOS);
                    var unused = timer.after(pause, () -> next(line, false));
                    return;
                }
            } finally {
                line.lock.unlock();
            }
        }
        line.lock.lock();
        try {
            line.releasing = false;
            line.appoint();
            closeIfIdle(line);
        } finally {
            line.lock.unlock();
        }
    }

    private void tellRelease(Handle lease, Release outcome) {
        tell(() -> new RowlockEvent.LeaseReleased(
                lease.key().kind(),
                lease.key().toString(),
                lease.token(),
                Duration.ofNanos(nanoTime() - lease.since),
                outcome.getClass().getSimpleName()));
    }

    // ---- looking and operating

    private boolean isHere(Key key) {
        Line line = lines.get(key);
        return line != null && line.grant != null;
    }

    @Override
    public List<LeaseHolder> holders() {
        return store().holders(this::isHere);
    }

    @Override
    public List<LeaseWaiter> waiters() {
        return board.waiters();
    }

    @Override
    public WaitGraph waitGraph() {
        return board.graph();
    }

    @Override
    public ForcedRelease forceRelease(Key key, long token, String reason) {
        requireOutside("forceRelease");
        if (reason.isBlank() || reason.length() > REASON_MAX) {
            throw new IllegalArgumentException(
                    "Why a lease is taken away is written down, in 1 to " + REASON_MAX + " characters");
        }
        ForcedRelease done = store().force(key, token, reason, processName);
        if (done instanceof ForcedRelease.Forced forced) {
            tell(() -> new RowlockEvent.LeaseForced(key.kind(), key.toString(), token, forced.token(), reason));
            Line line = lines.get(key);
            Grant here = line == null ? null : line.grant;
            if (here != null && here.lastToken < forced.token()) {
                lose(here, LossReason.FORCED);
            }
        }
        return done;
    }

    @Override
    public int reap(Duration idleFor, int leasesMax) {
        requireOutside("reap");
        if (leasesMax < 1 || idleFor.isNegative()) {
            throw new IllegalArgumentException(
                    "At least one lease, idle for some time (leasesMax=" + leasesMax + ", idleFor=" + idleFor + ")");
        }
        int reaped = store().reap(idleFor, leasesMax);
        if (reaped > 0) {
            tell(() -> new RowlockEvent.LeasesReaped(reaped));
        }
        return reaped;
    }

    @Override
    public void close() {
        closed = true;
        for (Line line : lines.values()) {
            line.lock.lock();
            try {
                line.all().forEach(Waiting::close);
            } finally {
                line.lock.unlock();
            }
        }
    }
}
