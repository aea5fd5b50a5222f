package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.LeaseLost;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.unit.Fenced;
import io.rowlock.lease.Lease;
import io.rowlock.lease.LeaseOptions;
import io.rowlock.lease.LeaseState;
import io.rowlock.lease.LossReason;
import io.rowlock.lease.Release;
import io.rowlock.lease.Renewal;
import io.rowlock.lease.Renewed;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One holder's token of a grant. Its state is guarded by its line's lock and may be looked at without. */
final class Handle implements Lease, Fenced {
    final Line line;
    final Grant grant;
    final LeaseOptions options;
    final String actor;
    final String owner;
    final long since;
    private final LeaseService service;
    private volatile String callSite;
    private final long token;
    private final AtomicReference<@Nullable CompletableFuture<LossReason>> loss = new AtomicReference<>();

    private volatile LeaseState state = LeaseState.HELD;
    private volatile @Nullable LossReason lostBy;
    private volatile @Nullable Release outcome;

    /** How many leases of the same actor stand on this one. */
    private int depth = 1;

    /** Whether the first of them was given back. */
    private boolean firstGivenBack;

    /** How many running units it fences. */
    private int units;

    Handle(LeaseService service, Line line, Grant grant, long token, Waiting asked, String callSite, long since) {
        this.service = service;
        this.line = line;
        this.grant = grant;
        this.token = token;
        this.options = asked.options;
        this.actor = asked.actor;
        this.owner = asked.owner;
        this.callSite = callSite;
        this.since = since;
    }

    /** Where in the code it was acquired. */
    String callSite() {
        return callSite;
    }

    void callSite(String site) {
        callSite = site;
    }

    // ---- what it is

    @Override
    public Key key() {
        return grant.key;
    }

    @Override
    public long token() {
        return token;
    }

    @Override
    public long firstToken() {
        return grant.firstToken;
    }

    @Override
    public long grantedNanos() {
        return since;
    }

    @Override
    public LeaseState state() {
        return state;
    }

    @Override
    public Duration remaining() {
        return state == LeaseState.HELD
                ? Duration.ofNanos(Math.max(0, grant.standsUntil() - service.nanoTime()))
                : Duration.ZERO;
    }

    @Override
    public boolean isHeld() {
        return state == LeaseState.HELD && (grant.isPinned() || grant.standsUntil() - service.nanoTime() > 0);
    }

    @Override
    public void requireHeld() {
        if (!isHeld()) {
            throw lost(0);
        }
    }

    // ---- what is done with it

    @Override
    public Renewed renew() {
        return service.renewNow(this);
    }

    @Override
    public Release release() {
        return service.release(this, false);
    }

    /** One of those that it was given again is given back. */
    Release releaseAgain() {
        return service.release(this, true);
    }

    @Override
    public void close() {
        release();
    }

    @Override
    public CompletionStage<LossReason> lost() {
        return future().minimalCompletionStage();
    }

    @Override
    public void onLoss(Consumer<LossReason> listener) {
        var unused = future().thenAccept(listener);
    }

    /** Made when somebody asks: most leases are never lost and nobody asks. */
    private CompletableFuture<LossReason> future() {
        CompletableFuture<LossReason> known = loss.get();
        if (known == null) {
            CompletableFuture<LossReason> made = new CompletableFuture<>();
            known = loss.compareAndSet(null, made) ? made : java.util.Objects.requireNonNull(loss.get());
        }
        LossReason reason = lostBy;
        if (reason != null) {
            known.complete(reason);
        }
        return known;
    }

    // ---- under the line's lock

    /** The same actor has it once more, with a lease to give back of its own. */
    Lease again() {
        depth++;
        return new Again(this);
    }

    /**
     * One of its actor's leases is given back; whether that was the last.
     *
     * @param again whether it was one of the later ones, each of which comes here once
     */
    boolean isLastGivenBack(boolean again) {
        if (!again && firstGivenBack) {
            return false;
        }
        firstGivenBack |= !again;
        return --depth <= 0;
    }

    int units() {
        return units;
    }

    void ends(LeaseState how, Release outcome) {
        state = how;
        this.outcome = outcome;
    }

    @Nullable
    Release outcome() {
        return outcome;
    }

    @Nullable
    LossReason lostBy() {
        return lostBy;
    }

    /** Outside the lock, {@link #tellLoss} is to follow. */
    void isLost(LossReason reason) {
        lostBy = reason;
        state = LeaseState.LOST;
    }

    boolean renewsItself() {
        return options.renewal() == Renewal.AUTOMATIC;
    }

    // ---- outside of it

    void tellLoss() {
        LossReason reason = lostBy;
        CompletableFuture<LossReason> asked = loss.get();
        if (reason == null) {
            return;
        }
        service.tell(() -> new RowlockEvent.LeaseLoss(key().kind(), key().toString(), token, reason.name()));
        if (asked != null) {
            asked.complete(reason);
        }
    }

    LeaseLost lost(long currentToken) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("key", key());
        facts.put("token", token);
        LossReason reason = lostBy;
        if (reason != null) {
            facts.put("reason", reason);
        } else if (state == LeaseState.HELD) {
            facts.put("reason", LossReason.EXPIRED);
        } else {
            facts.put("reason", state);
        }
        if (currentToken > 0) {
            facts.put("currentToken", currentToken);
        }
        facts.put("heldFor", Duration.ofNanos(service.nanoTime() - since));
        return new LeaseLost(facts, null);
    }

    // ---- for units

    @Override
    public void join() {
        line.lock.lock();
        try {
            if (!isHeld()) {
                throw lost(0);
            }
            units++;
        } finally {
            line.lock.unlock();
        }
    }

    @Override
    public void pin() {
        line.lock.lock();
        try {
            requireCommittable();
            grant.pins.incrementAndGet();
        } finally {
            line.lock.unlock();
        }
    }

    @Override
    public void unpin() {
        line.lock.lock();
        try {
            grant.pins.decrementAndGet();
        } finally {
            line.lock.unlock();
        }
        service.unpinned(grant);
    }

    @Override
    public void leave(boolean pinned, boolean unknown) {
        boolean last;
        line.lock.lock();
        try {
            units--;
            if (pinned) {
                grant.pins.decrementAndGet();
            }
            grant.tainted |= unknown;
            last = units == 0 && state == LeaseState.RELEASING;
        } finally {
            line.lock.unlock();
        }
        if (last) {
            service.giveBack(this);
        } else if (pinned) {
            service.unpinned(grant);
        }
    }

    @Override
    public void requireCommittable() {
        LeaseState now = state;
        boolean stands = now == LeaseState.RELEASING || isHeld();
        if (!stands) {
            throw lost(0);
        }
    }

    @Override
    public LeaseLost refused(long currentToken, boolean forced) {
        LossReason reason = forced ? LossReason.FORCED : LossReason.TAKEN_OVER;
        service.lose(grant, currentToken > grant.lastToken ? reason : LossReason.EXPIRED);
        return lost(currentToken);
    }

    @Override
    public String toString() {
        return "Lease[" + key() + "#" + token + ", " + state + "]";
    }
}
