package io.rowlock.lab.internal.run;

import io.rowlock.dialect.Engine;
import io.rowlock.dialect.EngineProfile;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import io.rowlock.watch.jdbc.JdbcObserver;
import io.rowlock.watch.jdbc.JdbcResult;
import io.rowlock.watch.jdbc.JdbcSession;
import io.rowlock.watch.jdbc.JdbcStep;
import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where actors take their steps one at a time. An actor stops at a gate in front of each step; whenever all stand, a
 * {@link Director} says who goes on.
 *
 * <p>The decision is taken on the thread of the actor that came to stand last, so an actor that goes on by itself costs no
 * switch of threads. The thread that called {@link #play} looks after those who neither come to a gate nor to their end: they
 * are taken to wait for another actor if two equal readings in a row say so, with nothing having moved between them.
 *
 * <p>One run at a time. The observer may be called by any thread; only actors are held back.
 */
public final class Stage implements AutoCloseable {
    /** What actors meet at in the program: in front of their first step, and when a transaction has ended. */
    private static final Access PROGRAM =
            new Access("#program", Access.Mode.LOCK_EXCLUSIVE, Set.of(), Predicate.any(), Keys.unknown(), Set.of());

    /** What it is called to begin. */
    public static final String BEGIN = "{begin}";

    /** Between two looks at an actor who has not come to stand. */
    private static final Duration LOOK = Duration.ofNanos(400_000);

    /** How long a thread has to wait for another before it counts as blocked; a pool that connects may take as long. */
    private static final Duration IN_PROGRAM = Duration.ofMillis(10);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** The owner of a lock that is free, in the words of {@link ThreadInfo}. */
    private static final long NO_OWNER = -1;

    /** How long one that stood in the program already is given to wake up. */
    private static final Duration IN_PROGRAM_AGAIN = Duration.ofMillis(2);

    /** Who the current thread plays, on whatever stage. */
    private static final ThreadLocal<@Nullable Performer> PERFORMING = new ThreadLocal<>();

    private final EngineProfile profile;
    private final Isolation level;
    private final StatementFacts.Reader reader;
    private final WaitSense sense;
    private final LongSupplier nanoTime;
    private final Duration stuckAfter;
    private final int stepsMax;
    private final boolean endsDeadlocksAtOnce;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition toLookAfter = lock.newCondition();
    private final AtomicInteger threads = new AtomicInteger();
    private final ExecutorService executor = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "lab-actor-" + threads.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Isolation> levels = new ConcurrentHashMap<>();

    /**
     * A stage in front of a database.
     *
     * @param level at which connections are lent
     * @param stuckAfter how long nothing may move
     * @param stepsMax how many steps a run may have
     */
    public Stage(
            EngineProfile profile,
            Isolation level,
            StatementFacts.Reader reader,
            WaitSense sense,
            LongSupplier nanoTime,
            Duration stuckAfter,
            int stepsMax) {
        this.profile = profile;
        this.level = level;
        this.reader = reader;
        this.sense = sense;
        this.nanoTime = nanoTime;
        this.stuckAfter = stuckAfter;
        this.stepsMax = stepsMax;
        this.endsDeadlocksAtOnce = profile.engine() == Engine.MARIADB || profile.engine() == Engine.MYSQL;
    }

    // ---- the run

    private enum State {
        WAITING_TO_BEGIN,
        RUNNING,
        AT_GATE,
        BLOCKED,
        DONE
    }

    private static final class Run {
        final List<Performer> performers = new ArrayList<>();
        final List<Taken> taken = new ArrayList<>();
        final Director director;
        /** Those who would have failed and are to try again, one after the other, in the order in which they came to stand. */
        final Deque<Performer> toTryAgain = new ArrayDeque<>();

        long moved;
        long stood;
        final boolean gatesAtBegin;
        boolean over;
        boolean ending;
        boolean cut;
        boolean metInProgram;

        @Nullable
        String unresolved;

        Run(Director director, boolean gatesAtBegin) {
            this.director = director;
            this.gatesAtBegin = gatesAtBegin;
        }
    }

    /** What a thread that waits in the program waits for. */
    private enum Behind {
        /** A lock of another actor who stands: nobody but that one can let it on. */
        ANOTHER,
        /** A lock that is free, or of an actor who runs: it goes on, or its owner comes to stand. */
        NOBODY,
        /** Who can let it on is not seen. */
        UNKNOWN
    }

    private final class Performer {
        final int number;
        final Part part;
        final Run run;
        final Condition goOn = lock.newCondition();
        final Map<JdbcSession, Seat> seats = new LinkedHashMap<>();
        State state = State.WAITING_TO_BEGIN;
        int statements;
        boolean go;
        boolean crash;
        boolean dead;
        boolean mayHaveFreed;
        /** Waits in the place of the engine, which would have failed. */
        boolean busy;

        long stoodAs;
        /** Since its last step. */
        boolean stoodInProgram;
        /** What it waited for in the program when it was last looked at. */
        Behind behind = Behind.UNKNOWN;

        boolean giveUp;

        @Nullable
        Op op;

        String label = "";

        @Nullable
        Taken taken;

        @Nullable
        Seat inDatabase;

        @Nullable
        Thread thread;

        Ending ending = new Ending.Abandoned();

        Stage stage() {
            return Stage.this;
        }

        Performer(int number, Part part, Run run) {
            this.number = number;
            this.part = part;
            this.run = run;
        }
    }

    /** A connection in the hands of an actor. */
    private final class Seat {
        final JdbcSession session;
        final long server;
        final Transactions transaction = new Transactions(profile);

        Seat(JdbcSession session, long server) {
            this.session = session;
            this.server = server;
        }
    }

    /**
     * Lets the actors play one run.
     *
     * @param gatesAtBegin whether actors stop before they begin. Without, they begin one after the other and run to their
     *     first step; where they meet before that, in the program, the first one always wins
     */
    public Play play(List<Part> parts, Director director, boolean gatesAtBegin) throws InterruptedException {
        lock.lock();
        try {
            Run played = new Run(director, gatesAtBegin);
            for (Part part : parts) {
                played.performers.add(new Performer(played.performers.size(), part, played));
            }
            advance(played);
            lookAfter(played);
            endAll(played);
            int leftOpen = 0;
            for (Performer each : played.performers) {
                leftOpen += each.seats.size();
                giveBackLeftOpen(each);
            }
            return new Play(
                    List.copyOf(played.taken),
                    played.performers.stream().map(each -> each.ending).toList(),
                    played.cut,
                    played.unresolved,
                    leftOpen,
                    played.metInProgram);
        } finally {
            lock.unlock();
        }
    }

    private void perform(Performer performer) {
        PERFORMING.set(performer);
        Ending ending;
        try {
            if (performer.run.gatesAtBegin) {
                arrive(performer, new Op.Begin(), BEGIN);
                Taken taken = performer.taken;
                if (taken != null) {
                    taken.touched(Footprint.of(PROGRAM));
                }
            }
            Object value = performer.part.work().call();
            if (performer.part.mayCrash()) {
                arrive(performer, new Op.End(), "{end}");
            }
            ending = new Ending.Returned(value);
        } catch (Halt halt) {
            ending = halt.isCrash() ? new Ending.Crashed() : new Ending.Abandoned();
        } catch (Throwable thrown) { // an actor is ordinary code, it may throw anything
            ending = performer.dead
                    ? new Ending.Crashed()
                    : performer.run.ending ? new Ending.Abandoned() : new Ending.Threw(thrown);
        } finally {
            PERFORMING.remove();
        }
        undoOpen(performer);
        lock.lock();
        try {
            performer.ending = ending;
            performer.state = State.DONE;
            performer.mayHaveFreed = true;
            moved(performer);
            advance(performer.run);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing that an actor leaves open outlives it. */
    private static void undoOpen(Performer performer) {
        for (Seat seat : List.copyOf(performer.seats.values())) {
            try {
                undo(seat);
            } catch (SQLException broken) {
                // Then the server has done it.
            }
            seat.transaction.over();
        }
    }

    /** What an actor kept was counted; kept for good, it would be missed by the runs that come. */
    private static void giveBackLeftOpen(Performer performer) {
        if (performer.state != State.DONE) {
            // It goes on with it, wherever it is.
            return;
        }
        for (Seat seat : performer.seats.values()) {
            try {
                seat.session.connection().close();
            } catch (SQLException broken) {
                // Then its pool knows by now.
            }
        }
    }

    private static void undo(Seat seat) throws SQLException {
        Connection connection = seat.session.connection();
        if (connection.isClosed()) {
            return;
        }
        if (!connection.getAutoCommit()) {
            connection.rollback();
        } else if (seat.transaction.hasBegun()) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ROLLBACK");
            }
        }
    }

    // ---- gates

    private void arrive(Performer performer, Op op, String label) {
        lock.lock();
        try {
            Run played = performer.run;
            performer.op = op;
            performer.label = label;
            performer.state = State.AT_GATE;
            moved(performer);
            if (played.ending) {
                throw new Halt(false);
            }
            advance(played);
            while (!performer.go && !played.ending) {
                performer.goOn.awaitUninterruptibly();
            }
            performer.go = false;
            performer.state = State.RUNNING;
            if (played.ending) {
                throw new Halt(false);
            }
        } finally {
            lock.unlock();
        }
        if (performer.crash) {
            performer.crash = false;
            performer.dead = true;
            undoOpen(performer);
            performer.mayHaveFreed = true;
            throw new Halt(true);
        }
    }

    /** Somebody came to stand. Whoever stood because of them may go on now; that has to be looked at anew. */
    private void moved(Performer performer) {
        Run played = performer.run;
        played.moved++;
        performer.taken = null;
        if (performer.stoodInProgram && !played.taken.isEmpty()) {
            // Whoever took the last step has let it on.
            played.taken.get(played.taken.size() - 1).touched(Footprint.OPAQUE);
        }
        performer.stoodInProgram = false;
        for (Performer other : played.performers) {
            if (other.state == State.BLOCKED
                    && !other.busy
                    && other.number != performer.number
                    && (performer.mayHaveFreed || !isInDatabase(other))) {
                unblock(other);
            }
        }
        if (performer.mayHaveFreed) {
            played.toTryAgain.clear();
            played.performers.stream()
                    .filter(each -> each.state == State.BLOCKED && each.busy)
                    .sorted(Comparator.comparingLong(each -> each.stoodAs))
                    .forEach(played.toTryAgain::add);
        }
        performer.mayHaveFreed = false;
    }

    private static long patience(Performer performer) {
        return (performer.stoodInProgram ? IN_PROGRAM_AGAIN : IN_PROGRAM).toNanos();
    }

    private static boolean isInDatabase(Performer performer) {
        return performer.inDatabase != null;
    }

    private void unblock(Performer performer) {
        performer.state = State.RUNNING;
        if (performer.busy) {
            performer.busy = false;
            performer.goOn.signal();
        }
        toLookAfter.signal();
    }

    /** Decides what comes next, if all stand. */
    private void advance(Run played) {
        if (played.over || played.ending) {
            toLookAfter.signal();
            return;
        }
        List<Performer> ready = new ArrayList<>();
        for (Performer each : played.performers) {
            switch (each.state) {
                case RUNNING -> {
                    return;
                }
                case WAITING_TO_BEGIN -> {
                    each.state = State.RUNNING;
                    executor.execute(() -> {
                        each.thread = Thread.currentThread();
                        perform(each);
                    });
                    return;
                }
                case AT_GATE -> ready.add(each);
                case BLOCKED, DONE -> {}
            }
        }
        Performer next = played.toTryAgain.poll();
        if (next != null) {
            unblock(next);
            return;
        }
        if (ready.isEmpty()) {
            played.over = played.performers.stream().allMatch(each -> each.state == State.DONE);
            toLookAfter.signal();
            return;
        }
        decide(played, ready);
    }

    private void decide(Run played, List<Performer> ready) {
        if (played.taken.size() >= stepsMax) {
            played.unresolved = "no end within " + stepsMax + " steps";
            played.over = true;
            toLookAfter.signal();
            return;
        }
        List<Director.Ready> shown = ready.stream()
                .map(each -> new Director.Ready(
                        each.number, each.label, Objects.requireNonNull(each.op), each.part.mayCrash()))
                .toList();
        Choice choice = played.director.next(shown, played.taken);
        if (choice == null) {
            played.cut = true;
            played.over = true;
            toLookAfter.signal();
            return;
        }
        Performer chosen = played.performers.get(choice.actor());
        Taken taken = new Taken(
                chosen.number,
                choice.crash() ? "!" : chosen.label,
                Objects.requireNonNull(chosen.op),
                played.taken.size(),
                nanoTime.getAsLong());
        played.taken.add(taken);
        chosen.taken = taken;
        chosen.crash = choice.crash();
        chosen.go = true;
        chosen.state = State.RUNNING;
        chosen.goOn.signal();
        toLookAfter.signal();
    }

    /** A step of another kind, on the thread of an actor; does nothing on any other. */
    public static void named(String name) {
        Performer performer = PERFORMING.get();
        if (performer != null) {
            if (performer.dead) {
                throw new Halt(true);
            }
            performer.stage().arrive(performer, new Op.Named(name), "{" + name + "}");
        }
    }

    /** Who the current thread plays here; the same code may be called by others, and by those of another stage. */
    private @Nullable Performer performing() {
        Performer performer = PERFORMING.get();
        return performer == null || performer.stage() != this ? null : performer;
    }

    /** What holds the actors back at the database. */
    public JdbcObserver gates() {
        return new Gates();
    }

    private final class Gates implements JdbcObserver {
        @Override
        public void opened(JdbcSession session) throws SQLException {
            Performer performer = performing();
            if (performer != null) {
                performer.seats.put(session, new Seat(session, sense.session(session.connection())));
            }
        }

        @Override
        public void closed(JdbcSession session) {
            Performer performer = performing();
            if (performer != null) {
                performer.seats.remove(session);
                performer.mayHaveFreed = true;
            }
        }

        @Override
        public void before(JdbcStep step) throws SQLException {
            Performer performer = performing();
            Seat seat = performer == null ? null : performer.seats.get(step.session());
            if (performer == null || seat == null) {
                return;
            }
            boolean rollsBack = step.control().rollsBack();
            if (performer.dead || performer.run.ending) {
                if (rollsBack) {
                    return;
                }
                throw new Halt(performer.dead);
            }
            StatementFacts facts = reader.read(step);
            boolean gated = isGated(step, facts, seat);
            if (gated) {
                arrive(performer, new Op.Database(step), label(performer, step, facts));
                if (performer.run.ending && !rollsBack) {
                    throw new Halt(false);
                }
            }
            Footprint footprint = seat.transaction.touched(step, facts, level(performer, seat, step));
            Taken taken = performer.taken;
            if (gated && taken != null) {
                taken.touched(performer.run.gatesAtBegin && footprint.ends() ? footprint.with(PROGRAM) : footprint);
            }
            // InnoDB ends a deadlock at once, and perhaps with an actor that stands already.
            performer.mayHaveFreed |= footprint.ends() || (endsDeadlocksAtOnce && locks(footprint));
            sense.prepare(step.session().connection(), () -> standAndWait(performer));
            lock.lock();
            try {
                performer.inDatabase = seat;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void after(JdbcStep step, JdbcResult result) {
            Performer performer = performing();
            Seat seat = performer == null ? null : performer.seats.get(step.session());
            if (performer == null || seat == null) {
                return;
            }
            lock.lock();
            try {
                performer.inDatabase = null;
                performer.giveUp = false;
                performer.stoodAs = 0;
                Taken taken = performer.taken;
                if (taken != null
                        && taken.op() instanceof Op.Database database
                        && database.step().number() == step.number()) {
                    taken.ended(result, Math.max(0, performer.run.taken.size() - 1));
                }
                SQLException failure = result.failure();
                if (failure != null) {
                    performer.mayHaveFreed = true;
                    if (SqlFailure.of(profile.engine(), failure).undone() == SqlFailure.Undone.TRANSACTION
                            && profile.engine() != Engine.POSTGRESQL) {
                        seat.transaction.over();
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void row(JdbcStep step, List<String> columns, List<@Nullable Object> values) {
            Performer performer = performing();
            Taken taken = performer == null ? null : performer.taken;
            if (taken != null
                    && taken.op() instanceof Op.Database database
                    && database.step().number() == step.number()) {
                taken.fetched(columns, values);
            }
        }
    }

    private static boolean locks(Footprint footprint) {
        return footprint.opaque()
                || footprint.accesses().stream()
                        .anyMatch(access -> access.mode().locks());
    }

    /** What nobody can tell the time of needs no gate, nor does the end of a transaction that did nothing. */
    private static boolean isGated(JdbcStep step, StatementFacts facts, Seat seat) {
        return switch (step.kind()) {
            case COMMIT, ROLLBACK -> seat.transaction.isUsed();
            case SAVEPOINT -> false;
            case ROLLBACK_TO_SAVEPOINT -> true;
            case STATEMENT ->
                switch (facts.control()) {
                    case COMMIT, ROLLBACK -> seat.transaction.isUsed();
                    case BEGIN -> false;
                    case BEGIN_AT_ONCE -> true;
                    case NONE -> !facts.neutral();
                };
        };
    }

    private static String label(Performer performer, JdbcStep step, StatementFacts facts) {
        if (step.kind() == JdbcStep.Kind.COMMIT || facts.control() == StatementFacts.Control.COMMIT) {
            return "c";
        }
        if (step.kind() == JdbcStep.Kind.ROLLBACK || facts.control() == StatementFacts.Control.ROLLBACK) {
            return "r";
        }
        performer.statements++;
        return Integer.toString(performer.statements);
    }

    /** Asked once for each step of an actor: the question costs a round trip, and runs take the same steps. */
    private Isolation level(Performer performer, Seat seat, JdbcStep step) {
        if (step.kind() != JdbcStep.Kind.STATEMENT) {
            return level;
        }
        String place = performer.part.letter()
                + performer.label
                + (step.calls().isEmpty() ? "" : step.calls().get(0).sql());
        Isolation known = levels.get(place);
        if (known == null) {
            try {
                known = isolation(seat.session.connection().getTransactionIsolation());
            } catch (SQLException unanswered) {
                // PostgreSQL answers nothing in a transaction that has failed, where nothing is read or written either.
                return level;
            }
            levels.put(place, known);
        }
        return known;
    }

    private static Isolation isolation(int jdbc) {
        return switch (jdbc) {
            case Connection.TRANSACTION_REPEATABLE_READ -> Isolation.REPEATABLE_READ;
            case Connection.TRANSACTION_SERIALIZABLE -> Isolation.SERIALIZABLE;
            default -> Isolation.READ_COMMITTED;
        };
    }

    // ---- waiting

    /** On the thread of an actor that the engine would let fail: it stands until somebody may have freed what it wants. */
    private boolean standAndWait(Performer performer) {
        lock.lock();
        try {
            if (performer.stoodAs == 0) {
                performer.stoodAs = ++performer.run.stood;
            }
            performer.busy = true;
            performer.state = State.BLOCKED;
            Taken taken = performer.taken;
            if (taken != null) {
                taken.hadToWait(nanoTime.getAsLong());
            }
            performer.run.moved++;
            advance(performer.run);
            while (performer.busy && !performer.giveUp && !performer.run.ending) {
                performer.goOn.awaitUninterruptibly();
            }
            performer.busy = false;
            performer.state = State.RUNNING;
            return !performer.giveUp && !performer.run.ending;
        } finally {
            lock.unlock();
        }
    }

    /** Until the run is over: finds out who waits for whom, and ends what stands still. */
    private void lookAfter(Run played) throws InterruptedException {
        long lastMoved = -1;
        long since = nanoTime.getAsLong();
        Set<Performer> before = Set.of();
        while (!played.over) {
            long unused = toLookAfter.awaitNanos(LOOK.toNanos());
            if (played.over) {
                return;
            }
            if (played.moved != lastMoved) {
                lastMoved = played.moved;
                since = nanoTime.getAsLong();
                before = Set.of();
                continue;
            }
            if (nanoTime.getAsLong() - since > stuckAfter.toNanos()) {
                played.unresolved = "stands still: " + standing(played);
                played.over = true;
                return;
            }
            Set<Performer> now = readings(played);
            if (played.moved != lastMoved) {
                continue;
            }
            boolean changed = false;
            for (Performer performer : now) {
                if (performer.state == State.RUNNING
                        && isToBeBelieved(performer, before, nanoTime.getAsLong() - since)) {
                    blocked(performer);
                    if (!isInDatabase(performer)) {
                        played.metInProgram = true;
                        performer.stoodInProgram = true;
                    }
                    changed = true;
                }
            }
            before = now;
            if (changed) {
                advance(played);
            }
            if (played.performers.stream().allMatch(each -> each.state == State.BLOCKED || each.state == State.DONE)) {
                breakCircle(played);
            }
        }
    }

    /** Two readings in a row; one that waits in the program, for nobody knows what, is given some time besides. */
    private static boolean isToBeBelieved(Performer performer, Set<Performer> before, long nanos) {
        return before.contains(performer)
                && (isInDatabase(performer)
                        || performer.behind == Behind.ANOTHER
                        || (performer.behind == Behind.UNKNOWN && nanos > patience(performer)));
    }

    private void blocked(Performer performer) {
        performer.state = State.BLOCKED;
        Taken taken = performer.taken;
        if (taken != null) {
            taken.hadToWait(nanoTime.getAsLong());
        }
    }

    /** An engine ends a deadlock by itself, which is then seen as a move; where it would only fail, the last one fails. */
    private void breakCircle(Run played) {
        Performer last = null;
        for (Performer each : played.performers) {
            if (each.state == State.BLOCKED && each.busy) {
                last = each;
            } else if (each.state == State.BLOCKED) {
                // Whether it still waits is to be seen: the engine may have chosen it as the victim.
                unblock(each);
            }
        }
        if (last != null) {
            last.giveUp = true;
            last.goOn.signal();
        }
    }

    /** The actors that run and seem to wait. Asks the database, and lets the actors on meanwhile. */
    private Set<Performer> readings(Run played) {
        Set<Performer> waiting = new LinkedHashSet<>();
        Map<Long, Performer> inDatabase = new LinkedHashMap<>();
        for (Performer each : played.performers) {
            Seat seat = each.inDatabase;
            if (seat != null && !each.busy && each.state != State.DONE) {
                inDatabase.put(seat.server, each);
            } else if (each.state == State.RUNNING && waitsInProgram(each)) {
                each.behind = behind(played, each);
                waiting.add(each);
            }
        }
        if (inDatabase.isEmpty()) {
            return waiting;
        }
        Set<Long> sessions = Set.copyOf(inDatabase.keySet());
        lock.unlock();
        try {
            sense.waiting(sessions).forEach(session -> waiting.add(Objects.requireNonNull(inDatabase.get(session))));
        } catch (SQLException failed) {
            // Not known: the next reading, or the end of patience, will tell.
        } finally {
            lock.lock();
        }
        return waiting;
    }

    /** A thread that waits for another one, or for a place in a queue. One that sleeps will go on by itself. */
    private boolean waitsInProgram(Performer performer) {
        Thread thread = performer.thread;
        if (thread == null || lock.hasQueuedThread(thread)) {
            return false;
        }
        return switch (thread.getState()) {
            case BLOCKED, WAITING -> true;
            case TIMED_WAITING -> {
                StackTraceElement[] stack = thread.getStackTrace();
                yield stack.length == 0 || !stack[0].getMethodName().startsWith("sleep");
            }
            case NEW, RUNNABLE, TERMINATED -> false;
        };
    }

    /** By the owner of the monitor or the lock that it waits for. */
    private static Behind behind(Run played, Performer performer) {
        Thread waiting = performer.thread;
        ThreadInfo info = waiting == null ? null : THREADS.getThreadInfo(waiting.getId());
        if (info == null || info.getLockInfo() == null) {
            return Behind.UNKNOWN;
        }
        long owner = info.getLockOwnerId();
        if (owner == NO_OWNER || owner == info.getThreadId()) {
            return isWokenWhenFree(info) ? Behind.NOBODY : Behind.UNKNOWN;
        }
        for (Performer other : played.performers) {
            Thread thread = other.thread;
            if (thread != null && thread.getId() == owner) {
                return other.state == State.RUNNING ? Behind.NOBODY : Behind.ANOTHER;
            }
        }
        return Behind.UNKNOWN;
    }

    /**
     * Whether whoever waits for this has been told to go on once it has no owner. A busy machine may take longer to wake a
     * thread than any patience lasts, and until then the JVM shows it as waiting.
     */
    private static boolean isWokenWhenFree(ThreadInfo info) {
        return info.getThreadState() == Thread.State.BLOCKED
                || info.getLockInfo().getClassName().startsWith(ReentrantLock.class.getName() + "$");
    }

    private static String standing(Run played) {
        return played.performers.stream()
                .filter(each -> each.state != State.DONE)
                .map(each -> each.part.letter()
                        + (each.inDatabase != null ? " in the database" : " in the program")
                        + " after " + each.label)
                .collect(Collectors.joining(", "));
    }

    // ---- the end

    /** Brings all actors to their end: at gates by an error, in the database by force. */
    private void endAll(Run played) throws InterruptedException {
        played.ending = true;
        long began = nanoTime.getAsLong();
        boolean forced = false;
        while (!played.performers.stream().allMatch(each -> each.state == State.DONE || each.thread == null)) {
            played.performers.forEach(each -> each.goOn.signal());
            long unused = toLookAfter.awaitNanos(LOOK.toNanos());
            long waited = nanoTime.getAsLong() - began;
            if (!forced && waited > TimeUnit.SECONDS.toNanos(1)) {
                forced = true;
                force(played);
            }
            if (waited > stuckAfter.toNanos() * 2) {
                if (played.unresolved == null) {
                    played.unresolved = "an actor does not end: " + standing(played);
                }
                return;
            }
        }
    }

    private void force(Run played) {
        for (Performer performer : played.performers) {
            if (performer.state == State.DONE) {
                continue;
            }
            Seat seat = performer.inDatabase;
            Thread thread = performer.thread;
            lock.unlock();
            try {
                if (seat != null) {
                    sense.cancel(seat.server, seat.session.connection());
                } else if (thread != null) {
                    thread.interrupt();
                }
            } catch (SQLException failed) {
                // It stays, and is told as not having ended.
            } finally {
                lock.lock();
            }
        }
    }

    @Override
    public void close() throws SQLException {
        executor.shutdownNow();
        sense.close();
    }
}
