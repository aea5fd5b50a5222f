package io.rowlock.lab;

import io.rowlock.lab.Contradictions.Contradiction;
import io.rowlock.lab.History.Stale;
import io.rowlock.lab.History.Touch;
import io.rowlock.lab.internal.tell.Places;
import io.rowlock.lab.internal.tell.Shown;
import io.rowlock.lab.internal.tell.SqlText;
import io.rowlock.watch.trace.Access;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a run went wrong, one sentence after another: what was read, what another changed of it and when that was committed, what was
 * decided on it nevertheless, and why no order of one after the other does the same.
 *
 * @param sentences in the order in which they are to be read; steps are called as in the schedule
 * @param staleReads the reads that this is about; none if it was not to be told from the statements
 */
public record Because(List<String> sentences, List<StaleRead> staleReads) {
    private static final int ROWS_MAX = 3;
    private static final int SQL_MAX = 90;

    /**
     * A read and the change that it did not see. The numbers are those of steps, from 0, as in {@link Run#steps()}.
     *
     * @param read the step that read
     * @param change the step that changed it
     * @param commit the step by which that was stored
     * @param decided the step that was decided on it; of a read skew the read that saw the change
     */
    public record StaleRead(int read, int change, int commit, int decided) {
        /** What is to be said beside the read, in one line. */
        public String note(Run run) {
            Move by = run.steps().get(change).move();
            return (change < read ? by + " had changed this, " : by + " changes this, ")
                    + run.steps().get(decided).move()
                    + (isWrite(run) ? " relies on it" : " reads what is new");
        }

        private boolean isWrite(Run run) {
            return run.steps().get(decided).accesses().stream()
                    .anyMatch(access -> access.mode().isWrite());
        }
    }

    public Because {
        sentences = List.copyOf(sentences);
        staleReads = List.copyOf(staleReads);
    }

    static Because of(Run run) {
        if (run.violation().isEmpty()) {
            return new Because(List.of(), List.of());
        }
        return new Teller(run).tell();
    }

    private static final class Teller {
        private final Run run;
        private final Contradictions contradictions;
        private final History history;
        private final Set<String> sentences = new LinkedHashSet<>();
        private final Set<StaleRead> links = new LinkedHashSet<>();

        Teller(Run run) {
            this.run = run;
            this.contradictions = Contradictions.in(run);
            this.history = contradictions.history();
        }

        Because tell() {
            switch (contradictions.anomaly()) {
                case OPEN_ON_RETURN -> open();
                case PARTIAL_COMMIT -> contradictions.partial().ifPresent(this::partial);
                case DEADLOCK -> contradictions.deadlock().ifPresent(this::deadlock);
                case IGNORED_OUTCOME -> contradictions.ignored().ifPresent(this::ignored);
                case NOT_SERIALIZABLE -> unknown();
                default -> {
                    List<Contradiction> chosen = chosen();
                    chosen.forEach(this::contradiction);
                    say(order(chosen.get(0)));
                }
            }
            return new Because(List.copyOf(sentences), List.copyOf(links));
        }

        /** One; of a write skew both halves, for neither is wrong without the other. */
        private List<Contradiction> chosen() {
            List<Contradiction> all = contradictions.all();
            List<Contradiction> chosen = new ArrayList<>();
            Set<Character> told = new LinkedHashSet<>();
            for (Contradiction each : all) {
                if (each.anomaly() == all.get(0).anomaly()
                        && told.add(each.stale().read().actor())) {
                    chosen.add(each);
                }
            }
            return all.get(0).anomaly() == Anomaly.WRITE_SKEW ? chosen : chosen.subList(0, 1);
        }

        private void contradiction(Contradiction wrong) {
            Stale stale = wrong.stale();
            Touch read = stale.read();
            links.add(new StaleRead(
                    read.step(),
                    stale.write().step(),
                    stale.commit(),
                    wrong.decided().step()));
            Touch lock = wrong.lock();
            if (lock != null && !lock.equals(read)) {
                say(name(lock.step()) + " locked " + Places.of(lock.access()) + waitedFor(lock.step()) + ".");
            }
            say(name(read.step()) + " read " + Places.of(read.access()) + " and got " + answer(read.step()) + ".");
            say(name(stale.write().step()) + " " + verb(stale.write().access()) + " "
                    + Places.of(stale.write().access())
                    + statement(stale.write().step()) + stored(stale) + ".");
            why(wrong, lock);
        }

        private void why(Contradiction wrong, @org.jspecify.annotations.Nullable Touch lock) {
            Touch read = wrong.stale().read();
            String decided = name(wrong.decided().step());
            switch (wrong.anomaly()) {
                case EMPTY_LOCK ->
                    say(name(read.step()) + " asked for a lock, but there was no row to lock: nobody was kept out, and "
                            + did(wrong) + ".");
                case STALE_SNAPSHOT -> {
                    read.transaction()
                            .view()
                            .ifPresent(
                                    view -> say("What " + read.actor() + "'s plain reads see was fixed by " + name(view)
                                            + (lock == null ? "" : ", in front of its lock")
                                            + ": so " + name(read.step()) + ", after "
                                            + name(wrong.stale().commit())
                                            + ", still read what was before it."));
                    say("On that " + did(wrong) + ".");
                }
                case WRONG_ROW_LOCK -> {
                    if (lock != null) {
                        say("The lock of " + name(lock.step()) + " is on " + Places.of(lock.access())
                                + ", and it was decided on " + Places.of(read.access())
                                + ", which it keeps nobody from changing.");
                    }
                    say("On what " + name(read.step()) + " had read, " + did(wrong) + ".");
                }
                case SCOPE_SPLIT ->
                    say(decided + " is in another transaction of " + read.actor() + " than " + name(read.step())
                            + ": between the two nothing held what was read. Still " + did(wrong) + ".");
                case READ_SKEW ->
                    say(decided + " then read " + Places.of(wrong.decided().access()) + " as "
                            + answer(wrong.decided().step()) + ", which is what "
                            + wrong.stale().write().actor()
                            + " had left: the two answers were never true together.");
                case LOST_UPDATE ->
                    say("From what " + name(read.step()) + " had read, " + did(wrong) + ": what "
                            + name(wrong.stale().write().step()) + " had stored there is overwritten.");
                default -> say("On what " + name(read.step()) + " had read, " + did(wrong) + ".");
            }
        }

        private String did(Contradiction wrong) {
            Touch write = wrong.decided();
            return name(write.step()) + " " + verb(write.access()) + " " + Places.of(write.access())
                    + statement(write.step());
        }

        private String order(Contradiction wrong) {
            char reader = wrong.stale().read().actor();
            char writer = wrong.stale().write().actor();
            return "So " + reader + " comes before " + writer + ", for it did not see the change; and " + writer
                    + " comes before " + reader + ", " + back(wrong) + ". Both cannot be.";
        }

        private String back(Contradiction wrong) {
            char reader = wrong.stale().read().actor();
            char writer = wrong.stale().write().actor();
            if (wrong.anomaly() == Anomaly.READ_SKEW) {
                return "for " + name(wrong.decided().step()) + " did see it";
            }
            Optional<Touch> over = history.writes().stream()
                    .filter(mine -> mine.actor() == reader)
                    .filter(mine -> history.writes().stream()
                            .anyMatch(theirs -> theirs.actor() == writer
                                    && theirs.access().mode() != Access.Mode.INSERT
                                    && History.meet(mine.access(), theirs.access())
                                    && history.committed(theirs) < history.committed(mine)))
                    .findFirst();
            if (over.isPresent()) {
                return "for " + name(over.get().step()) + " wrote over it";
            }
            Optional<Stale> mutual = history.stale().stream()
                    .filter(each ->
                            each.read().actor() == writer && each.write().actor() == reader)
                    .findFirst();
            if (mutual.isPresent()) {
                Stale each = mutual.get();
                return "for " + name(each.read().step()) + " ("
                        + answer(each.read().step()) + ") did not see what "
                        + name(each.write().step()) + " stored";
            }
            return "for the others' steps leave no other place";
        }

        private String stored(Stale stale) {
            int commit = stale.commit();
            if (commit == stale.write().step()) {
                return ", and that was stored at once";
            }
            boolean waited = history.done(commit) > 2 * commit;
            return ", and " + name(commit) + " committed it" + (waited ? " when it got through" : "");
        }

        private String waitedFor(int step) {
            Step taken = history.step(step);
            return taken.waited() && taken.endedDuring() > step
                    ? ", and had to wait for it until " + name(taken.endedDuring())
                    : "";
        }

        // ---- what is told from the actors' ends

        private void open() {
            if (history.transactions().stream().allMatch(each -> each.end().isPresent())) {
                say("A connection that is in no transaction was kept: the pool has one less.");
            }
            for (History.Transaction each : history.transactions()) {
                if (each.end().isEmpty()) {
                    say(each.actor() + " ended with a transaction open, begun by "
                            + name(each.steps().get(0))
                            + " and with " + name(last(each))
                            + " as its last step: whoever gets the connection next is in it, and its"
                            + " locks stay.");
                }
            }
        }

        private void partial(int commit) {
            char actor = history.step(commit).move().actor();
            say(name(commit) + " committed a first part of what " + actor + " does.");
            run.steps().stream()
                    .filter(step -> step.move().actor() == actor
                            && (step.move().isCrash() || step.failure().isPresent()))
                    .reduce((first, second) -> second)
                    .ifPresentOrElse(
                            step -> say(
                                    step.move().isCrash()
                                            ? step.move() + ": there " + actor + " crashed, in front of "
                                                    + SqlText.brief(SqlText.bound(step.sql(), step.values()), SQL_MAX)
                                                    + "."
                                            : step.move() + " failed ("
                                                    + step.failure().orElse("") + ")."),
                            () -> say("Then " + actor + " "
                                    + run.outcome().results().get(actor) + "."));
            say("What was to follow " + name(commit) + " is missing, and nobody does it any more.");
        }

        private void deadlock(int step) {
            char actor = history.step(step).move().actor();
            say(name(step) + " was ended by the database ("
                    + history.step(step).failure().orElse("") + "), since " + actor
                    + " and others waited for each other.");
            for (int i = 0; i < history.steps().size(); i++) {
                Step other = history.step(i);
                if (i != step && other.waited() && other.endedDuring() >= Math.min(i, step)) {
                    say(name(i) + statement(i) + " waited as well.");
                }
            }
            say(actor + "'s transaction is undone, and nobody ran it again.");
        }

        private void ignored(int step) {
            Step taken = history.step(step);
            say(name(step)
                    + statement(step)
                    + (taken.failure().isPresent()
                            ? " failed: " + taken.failure().get() + "."
                            : " changed no row: none met its condition any more."));
            int before = lastCommitOfAnother(step);
            if (before >= 0) {
                say(name(before) + " had been committed in front of it.");
            }
            say(taken.move().actor() + " did not look at that, and returned "
                    + run.outcome().results().get(taken.move().actor()) + " as if it had worked.");
        }

        private int lastCommitOfAnother(int step) {
            int last = -1;
            for (History.Transaction each : history.transactions()) {
                int end = each.end().orElse(-1);
                if (each.committed()
                        && each.actor() != history.step(step).move().actor()
                        && end >= 0
                        && history.done(end) < history.done(step)) {
                    last = Math.max(last, end);
                }
            }
            return last;
        }

        private void unknown() {
            for (int i = 0; i < history.steps().size(); i++) {
                Step step = history.step(i);
                if (step.failure().isPresent()
                        && run.outcome().results().get(step.move().actor()) instanceof ActorResult.Threw) {
                    say(name(i) + statement(i) + " was refused ("
                            + step.failure().get() + "); " + step.move().actor()
                            + " is undone, and nobody ran it again.");
                }
            }
            boolean understood =
                    run.steps().stream().anyMatch(step -> !step.accesses().isEmpty());
            say(
                    understood
                            ? "No read is stale by another's change in a way that has a name of its own."
                            : "What the statements do to rows was not understood, so this is told from the outcome alone.");
            Set<Character> over = new LinkedHashSet<>();
            for (History.Transaction each : history.transactions()) {
                for (History.Transaction other : history.transactions()) {
                    if (each.actor() != other.actor() && overlap(each, other) && over.add(each.actor())) {
                        say("The transaction of " + name(each.steps().get(0)) + " to " + name(last(each))
                                + " was under way when " + name(other.end().orElseThrow()) + " ended another's.");
                    }
                }
            }
        }

        private boolean overlap(History.Transaction each, History.Transaction other) {
            return other.end().isPresent()
                    && each.steps().get(0) < other.end().get()
                    && last(each) > other.end().get();
        }

        private static int last(History.Transaction transaction) {
            return transaction.steps().get(transaction.steps().size() - 1);
        }

        // ---- words

        private void say(String sentence) {
            sentences.add(sentence);
        }

        private String name(int step) {
            return history.step(step).move().toString();
        }

        private String statement(int step) {
            Step taken = history.step(step);
            return " (" + SqlText.brief(SqlText.bound(taken.sql(), taken.values()), SQL_MAX) + ")";
        }

        private String answer(int step) {
            Step taken = history.step(step);
            return taken.rows().isEmpty() ? "no row" : Shown.rows(taken.rows(), ROWS_MAX);
        }

        private static String verb(Access access) {
            return switch (access.mode()) {
                case INSERT -> "inserted into";
                case DELETE -> "deleted from";
                case UPSERT -> "wrote";
                case UPDATE -> "changed";
                case READ, LOCK_SHARED, LOCK_EXCLUSIVE -> "read";
            };
        }
    }
}
