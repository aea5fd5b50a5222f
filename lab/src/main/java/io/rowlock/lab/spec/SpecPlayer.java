package io.rowlock.lab.spec;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGNotification;

/**
 * Plays one test and writes what PostgreSQL's own tester writes, line by line.
 *
 * <p>A step is sent and watched until it has ended or waits for a lock of another session of the test; then the next one is
 * sent. After each step those that waited are looked at again. A step that has ended is not reported while a blocker of its
 * holds. The order of these looks decides the order of lines, so it is the tester's, down to the 10 ms between two looks:
 * who looks more often sees waits that are over before the tester would look.
 */
final class SpecPlayer implements AutoCloseable {

    private static final long LOOK_MILLIS = 10;
    private static final long HELD_BACK_NANOS = 1_000_000;

    private static final String IS_BLOCKED = "SELECT pg_catalog.pg_isolation_test_session_is_blocked(?, '{%s}')";

    private final Spec spec;
    private final Duration stepDeadline;
    private final StringBuilder out = new StringBuilder();
    private final List<SpecSession> sessions = new ArrayList<>();
    private final SpecSession control;
    private final Connection watchConnection;
    private final PreparedStatement isBlocked;
    private int waits;
    private int errors;
    private boolean newNotice;

    /** Opens a connection of the test. */
    @FunctionalInterface
    interface Connections {
        Connection open(String sessionName) throws SQLException;
    }

    SpecPlayer(Spec spec, Connections connections, Duration stepDeadline) throws SQLException {
        this.spec = spec;
        this.stepDeadline = stepDeadline;
        boolean complete = false;
        SpecSession first = null;
        Connection watch = null;
        try {
            first = new SpecSession("control connection", connections.open("control connection"), notice -> {});
            watch = connections.open("control connection");
            for (Spec.Session session : spec.sessions()) {
                sessions.add(new SpecSession(session.name(), connections.open(session.name()), notice -> {
                    newNotice = true;
                    out.append(notice);
                }));
            }
            isBlocked = watch.prepareStatement(IS_BLOCKED.formatted(
                    sessions.stream().map(s -> Integer.toString(s.pid())).collect(Collectors.joining(","))));
            complete = true;
        } finally {
            if (!complete) {
                closeAll(first, watch);
            }
        }
        control = first;
        watchConnection = watch;
    }

    /** Plays all orders. What stops it before the end is the last line of the output. */
    void play() throws SQLException {
        spec.unusedSteps()
                .forEach(step -> out.append("unused step name: ").append(step).append('\n'));
        out.append("Parsed test spec with %d sessions\n".formatted(sessions.size()));
        try {
            for (Spec.Permutation permutation : spec.orders()) {
                play(permutation);
            }
        } catch (SpecAbort e) {
            out.append(e.getMessage()).append('\n');
        }
    }

    String output() {
        return out.toString();
    }

    /** How often a step was reported as waiting. */
    int waits() {
        return waits;
    }

    /** How many steps ended with an error. */
    int errors() {
        return errors;
    }

    private void play(Spec.Permutation permutation) throws SQLException {
        out.append("\nstarting permutation: ").append(permutation).append('\n');
        for (String setup : spec.setups()) {
            prepare(control, setup, "setup failed: ");
        }
        for (int i = 0; i < sessions.size(); i++) {
            Spec.Session session = spec.sessions().get(i);
            if (session.setup().isPresent()) {
                prepare(
                        sessions.get(i),
                        session.setup().get(),
                        "setup of session %s failed: ".formatted(session.name()));
            }
        }
        List<Running> waiting = new ArrayList<>();
        for (Spec.Planned planned : permutation.steps()) {
            take(planned, waiting);
        }
        tryComplete(waiting, false);
        if (!waiting.isEmpty()) {
            throw new SpecAbort("failed to complete permutation due to mutually-blocking steps");
        }
        for (int i = 0; i < sessions.size(); i++) {
            Spec.Session session = spec.sessions().get(i);
            if (session.teardown().isPresent()) {
                tearDown(
                        sessions.get(i),
                        session.teardown().get(),
                        "teardown of session %s failed: ".formatted(session.name()));
            }
        }
        if (spec.teardown().isPresent()) {
            tearDown(control, spec.teardown().get(), "teardown failed: ");
        }
    }

    /** A step under way, with the number of notices at which each of its blockers lets go. */
    private record Running(Spec.Planned planned, SpecSession session, List<Integer> targets) {}

    private void take(Spec.Planned planned, List<Running> waiting) throws SQLException {
        SpecSession session = sessions.get(spec.sessionOf(planned.step()));
        long deadline = System.nanoTime() + 2 * stepDeadline.toNanos();
        while (session.activeStep() != null) {
            Running old = waiting.stream()
                    .filter(each -> each.session() == session)
                    .findFirst()
                    .orElseThrow();
            if (!isStillWaiting(old, false, true)) {
                waiting.remove(old);
            }
            tryComplete(waiting, true);
            if (session.activeStep() != null) {
                if (System.nanoTime() - deadline > 0) {
                    throw timedOut(old.planned());
                }
                // It has ended and is held back; only another session can change that.
                LockSupport.parkNanos(HELD_BACK_NANOS);
            }
        }
        session.begin(planned, spec.step(planned.step()).sql());
        Running running = new Running(planned, session, targets(planned));
        boolean mustWait = isStillWaiting(running, true, false);
        tryComplete(waiting, true);
        if (mustWait) {
            waiting.add(running);
        }
    }

    private List<Integer> targets(Spec.Planned planned) {
        return planned.blockers().stream()
                .map(blocker -> blocker instanceof Spec.Blocker.Notices notices
                        ? notices.count() + sessionOf(notices.step()).totalNotices()
                        : 0)
                .toList();
    }

    private SpecSession sessionOf(String step) {
        return sessions.get(spec.sessionOf(step));
    }

    /** Looks at those that wait, again as long as one that ends may let another go. */
    private void tryComplete(List<Running> waiting, boolean mayWait) throws SQLException {
        boolean hasBlocker;
        int before;
        do {
            newNotice = false;
            hasBlocker = false;
            before = waiting.size();
            for (int i = 0; i < waiting.size(); ) {
                Running each = waiting.get(i);
                if (isStillWaiting(each, mayWait, true)) {
                    hasBlocker |= !each.planned().blockers().isEmpty();
                    i++;
                } else {
                    waiting.remove(i);
                }
            }
        } while (hasBlocker && (waiting.size() < before || newNotice));
    }

    /**
     * Watches a step until it has ended, or waits where it may.
     *
     * @param mayWait whether a wait for a lock is an answer; otherwise its end is waited for
     * @param again whether it was reported as waiting already
     * @return false if it has ended and was reported
     */
    private boolean isStillWaiting(Running running, boolean mayWait, boolean again) throws SQLException {
        Spec.Planned planned = running.planned();
        if (!again && planned.blockers().contains(new Spec.Blocker.Once())) {
            reportWaiting(planned);
            return true;
        }
        SpecSession session = running.session();
        long began = System.nanoTime();
        boolean cancelled = false;
        while (!session.hasEndedWithin(LOOK_MILLIS)) {
            if (mayWait && isBlocked(session)) {
                if (session.hasEndedWithin(0)) {
                    break;
                }
                if (!again) {
                    reportWaiting(planned);
                }
                return true;
            }
            long waited = System.nanoTime() - began;
            if (waited > stepDeadline.toNanos() && !cancelled) {
                out.append("isolationtester: canceling step %s after %d seconds\n"
                        .formatted(planned.step(), TimeUnit.NANOSECONDS.toSeconds(waited)));
                session.cancel();
                cancelled = true;
            }
            if (waited > 2 * stepDeadline.toNanos()) {
                throw timedOut(planned);
            }
        }
        if (hasBlocker(running)) {
            if (!again) {
                reportWaiting(planned);
            }
            return true;
        }
        reportEnd(running, again);
        return false;
    }

    private SpecAbort timedOut(Spec.Planned planned) {
        return new SpecAbort(
                "step %s timed out after %d seconds".formatted(planned.step(), 2 * stepDeadline.toSeconds()));
    }

    private boolean isBlocked(SpecSession session) throws SQLException {
        isBlocked.setInt(1, session.pid());
        try (ResultSet rows = isBlocked.executeQuery()) {
            rows.next();
            return rows.getBoolean(1);
        }
    }

    private boolean hasBlocker(Running running) {
        List<Spec.Blocker> blockers = running.planned().blockers();
        for (int i = 0; i < blockers.size(); i++) {
            Spec.Blocker blocker = blockers.get(i);
            if (blocker instanceof Spec.Blocker.OtherStep other) {
                Spec.Planned active = sessionOf(other.step()).activeStep();
                if (active != null && active.step().equals(other.step())) {
                    return true;
                }
            } else if (blocker instanceof Spec.Blocker.Notices notices
                    && sessionOf(notices.step()).totalNotices()
                            < running.targets().get(i)) {
                return true;
            }
        }
        return false;
    }

    private void reportWaiting(Spec.Planned planned) {
        waits++;
        out.append("step %s: ".formatted(planned.step()))
                .append(spec.step(planned.step()).sql())
                .append(" <waiting ...>\n");
    }

    private void reportEnd(Running running, boolean again) throws SQLException {
        String step = running.planned().step();
        out.append("step ")
                .append(step)
                .append(again ? ": <... completed>" : ": " + spec.step(step).sql())
                .append('\n');
        SpecSession session = running.session();
        SpecSession.Answer answer = session.finish();
        answer.rows().forEach(out::append);
        if (answer.failure() != null) {
            errors++;
            out.append(SpecSession.shortText(answer.failure()));
        }
        for (PGNotification notification : session.notifications()) {
            out.append("%s: NOTIFY \"%s\" with payload \"%s\" from %s\n"
                    .formatted(
                            session.name(),
                            notification.getName(),
                            notification.getParameter(),
                            sender(notification.getPID())));
        }
    }

    private String sender(int pid) {
        return sessions.stream()
                .filter(session -> session.pid() == pid)
                .map(SpecSession::name)
                .findFirst()
                .orElse("PID " + pid);
    }

    private void prepare(SpecSession session, String sql, String whatFailed) throws SQLException {
        SQLException failure = runAndReport(session, sql);
        if (failure != null) {
            throw new SpecAbort(whatFailed + SpecSession.fullText(failure).stripTrailing());
        }
    }

    private void tearDown(SpecSession session, String sql, String whatFailed) throws SQLException {
        SQLException failure = runAndReport(session, sql);
        if (failure != null) {
            out.append(whatFailed).append(SpecSession.fullText(failure));
        }
    }

    /** Of several statements only the answer of the last is shown. */
    private @Nullable SQLException runAndReport(SpecSession session, String sql) throws SQLException {
        SpecSession.Answer answer;
        try {
            answer = session.run(sql);
        } catch (SQLException e) {
            return e;
        }
        if (answer.failure() == null && answer.lastIsRows()) {
            out.append(answer.rows().get(answer.rows().size() - 1));
        }
        return answer.failure();
    }

    private void closeAll(@Nullable SpecSession first, @Nullable Connection watch) throws SQLException {
        List<AutoCloseable> all = new ArrayList<>(sessions);
        if (first != null) {
            all.add(first);
        }
        if (watch != null) {
            all.add(watch);
        }
        SQLException failure = null;
        for (AutoCloseable each : all) {
            try {
                each.close();
            } catch (Exception e) {
                failure = failure == null ? new SQLException("A connection could not be closed", e) : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws SQLException {
        closeAll(control, watchConnection);
    }
}
