package io.rowlock.lab;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The transactions of a run, what they read and wrote, and what they saw of each other. Immutable. */
final class History {
    private final List<Step> steps;
    private final List<Transaction> transactions;
    private final List<Touch> reads;
    private final List<Touch> writes;
    private final List<Stale> stale;

    /**
     * A transaction of an actor.
     *
     * @param view the step that fixed what its plain reads see, if one did and it is known
     * @param end the step that ended it
     * @param committed whether it is stored
     */
    record Transaction(
            char actor,
            int number,
            List<Integer> steps,
            Optional<Integer> view,
            Optional<Integer> end,
            boolean committed) {}

    /** What one step does to one table, in its transaction. */
    record Touch(int step, Access access, Transaction transaction) {
        char actor() {
            return transaction.actor();
        }
    }

    /** A read that did not see a change that another actor committed. */
    record Stale(Touch read, Touch write) {
        int commit() {
            return write.transaction().end().orElseThrow();
        }
    }

    History(Run run) {
        this.steps = run.steps();
        this.transactions = transactions(steps);
        this.reads = touches(access -> !access.mode().isWrite());
        this.writes = touches(access -> access.mode().isWrite()).stream()
                .filter(write -> write.transaction().committed() && isEffective(write.step()))
                .toList();
        this.stale = findStale();
    }

    private static List<Transaction> transactions(List<Step> steps) {
        Map<String, List<Integer>> numbers = new LinkedHashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).transaction() > 0) {
                String key = steps.get(i).move().actor() + ":" + steps.get(i).transaction();
                numbers.computeIfAbsent(key, each -> new ArrayList<>()).add(i);
            }
        }
        return numbers.values().stream().map(each -> transaction(steps, each)).toList();
    }

    private static Transaction transaction(List<Step> steps, List<Integer> numbers) {
        Step first = steps.get(numbers.get(0));
        Optional<Integer> end =
                numbers.stream().filter(i -> steps.get(i).ends()).findFirst();
        return new Transaction(
                first.move().actor(),
                first.transaction(),
                List.copyOf(numbers),
                numbers.stream().filter(i -> steps.get(i).fixesView()).findFirst(),
                end,
                end.map(steps::get)
                        .filter(step -> !step.move().isCrash()
                                && !step.move().what().equals(Move.ROLLBACK)
                                && step.failure().isEmpty())
                        .isPresent());
    }

    private List<Touch> touches(java.util.function.Predicate<Access> which) {
        List<Touch> found = new ArrayList<>();
        for (Transaction transaction : transactions) {
            for (int i : transaction.steps()) {
                Step step = steps.get(i);
                if (step.failure().isEmpty() && !step.move().isCrash()) {
                    step.accesses().stream()
                            .filter(which)
                            .filter(access -> isTable(access.table()))
                            .forEach(access -> found.add(new Touch(i, access, transaction)));
                }
            }
        }
        return found;
    }

    /** Some accesses stand for what an engine locks besides rows. */
    private static boolean isTable(String name) {
        return !name.startsWith("#");
    }

    private boolean isEffective(int step) {
        return steps.get(step).updated().filter(rows -> rows == 0).isEmpty();
    }

    private List<Stale> findStale() {
        List<Stale> found = new ArrayList<>();
        for (Touch read : reads) {
            for (Touch write : writes) {
                if (read.actor() != write.actor()
                        && committed(write) > viewOf(read)
                        && meet(read.access(), write.access())) {
                    found.add(new Stale(read, write));
                }
            }
        }
        return found;
    }

    // ---- time: twice the number of a step, and one more for what ended after it had to wait

    private static int begun(int step) {
        return 2 * step;
    }

    int done(int step) {
        Step taken = steps.get(step);
        return taken.endedDuring() > step ? 2 * taken.endedDuring() + 1 : begun(step);
    }

    int committed(Touch write) {
        return done(write.transaction().end().orElseThrow());
    }

    /** From when what a read saw is. */
    int viewOf(Touch read) {
        if (read.access().mode().locks()) {
            return done(read.step());
        }
        return begun(
                read.transaction().view().filter(view -> view <= read.step()).orElse(read.step()));
    }

    // ---- what there is

    List<Step> steps() {
        return steps;
    }

    Step step(int number) {
        return steps.get(number);
    }

    List<Transaction> transactions() {
        return transactions;
    }

    /** What was read, with a lock or without; what a change read on its way is not among it. */
    List<Touch> reads() {
        return reads;
    }

    /** Changes that are stored. */
    List<Touch> writes() {
        return writes;
    }

    List<Stale> stale() {
        return stale;
    }

    List<Touch> locks(Transaction transaction) {
        return reads.stream()
                .filter(read -> read.transaction().equals(transaction)
                        && read.access().mode().locks())
                .toList();
    }

    /** Whether a read found nothing, or counted none. */
    boolean foundNothing(Touch read) {
        List<Map<String, Object>> rows = List.copyOf(step(read.step()).rows());
        return rows.isEmpty()
                || (rows.size() == 1 && rows.get(0).values().stream().allMatch(History::isNothing));
    }

    private static boolean isNothing(@org.jspecify.annotations.Nullable Object value) {
        return value == null
                || Boolean.FALSE.equals(value)
                || (value instanceof Number number && number.doubleValue() == 0);
    }

    /** Whether an actor must come after another: it saw its change, changed what it had changed, or was not seen by it. */
    boolean mustFollow(char earlier, char later) {
        return reaches(earlier, later, new HashSet<>());
    }

    private boolean reaches(char from, char to, Set<Character> passed) {
        if (!passed.add(from)) {
            return false;
        }
        Set<Character> next = new HashSet<>();
        stale.stream()
                .filter(each -> each.read().actor() == from)
                .forEach(each -> next.add(each.write().actor()));
        for (Touch write : writes) {
            if (write.actor() == from) {
                reads.stream().filter(read -> sees(read, write)).forEach(read -> next.add(read.actor()));
                writes.stream()
                        .filter(other -> other.actor() != from
                                && committed(write) < committed(other)
                                && meet(other.access(), write.access()))
                        .forEach(other -> next.add(other.actor()));
            }
        }
        return next.contains(to) || next.stream().anyMatch(each -> reaches(each, to, passed));
    }

    /** Whether a read came after another's stored change of what it reads. */
    boolean sees(Touch read, Touch write) {
        return read.actor() != write.actor() && committed(write) < viewOf(read) && meet(read.access(), write.access());
    }

    // ---- whether two accesses can mean the same

    static boolean meet(Access seen, Access write) {
        return isSameRow(seen, write) && shareColumn(seen, write);
    }

    static boolean isSameRow(Access one, Access other) {
        return one.table().equals(other.table())
                && one.keys().mayMeet(other.keys())
                && mayMeet(one.predicate(), other.predicate());
    }

    private static boolean shareColumn(Access seen, Access write) {
        return write.mode() != Mode.UPDATE
                || seen.mode().locks()
                || seen.columns().isEmpty()
                || write.columns().isEmpty()
                || seen.columns().stream().anyMatch(write.columns()::contains);
    }

    private static boolean mayMeet(Predicate one, Predicate other) {
        if (!(one instanceof Predicate.OneOf some) || !(other instanceof Predicate.OneOf others)) {
            return true;
        }
        return some.conjunctions().stream()
                .anyMatch(mine -> others.conjunctions().stream()
                        .anyMatch(theirs -> mine.comparisons().stream()
                                .noneMatch(each -> theirs.comparisons().stream().anyMatch(it -> exclude(each, it)))));
    }

    /** Only what is certain: one column that would have to have two values. */
    private static boolean exclude(Comparison one, Comparison other) {
        return one.column().equals(other.column())
                && names(one)
                && names(other)
                && one.values().stream()
                        .noneMatch(value -> other.values().stream()
                                .anyMatch(each -> value == null
                                        || each == null
                                        || Objects.toString(value).equals(Objects.toString(each))));
    }

    private static boolean names(Comparison comparison) {
        return comparison.operator() == Operator.EQUAL || comparison.operator() == Operator.IN;
    }
}
