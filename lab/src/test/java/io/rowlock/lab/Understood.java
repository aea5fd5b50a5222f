package io.rowlock.lab;

import io.rowlock.watch.trace.Access;
import io.rowlock.watch.trace.Access.Mode;
import io.rowlock.watch.trace.Keys;
import io.rowlock.watch.trace.Predicate;
import io.rowlock.watch.trace.Predicate.Comparison;
import io.rowlock.watch.trace.Predicate.Conjunction;
import io.rowlock.watch.trace.Predicate.Operator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs whose statements are understood, for tests of what is told from them: those of one table, with conditions that are
 * equalities joined by AND, and a primary key called {@code id}. What the lab understood by itself stays.
 */
final class Understood {
    private static final Pattern SELECT = Pattern.compile(
            "select (.+?) from (\\w+)(?: where (.+?))?( for update| for share| lock in share mode)?", Pattern.DOTALL);
    private static final Pattern UPDATE = Pattern.compile("update (\\w+) set (.+?)(?: where (.+))?", Pattern.DOTALL);
    private static final Pattern DELETE = Pattern.compile("delete from (\\w+)(?: where (.+))?", Pattern.DOTALL);
    private static final Pattern INSERT =
            Pattern.compile("insert into (\\w+) ?\\(([^)]*)\\) values ?\\(([^)]*)\\)", Pattern.DOTALL);

    /** Whether a transaction's plain reads see what its first of them saw, which nobody knows who does not know reads. */
    private final boolean firstPlainReadFixes;

    private final Map<String, Boolean> fixed = new HashMap<>();

    private Understood(boolean firstPlainReadFixes) {
        this.firstPlainReadFixes = firstPlainReadFixes;
    }

    static Run of(Run run) {
        return of(run, false);
    }

    static Run of(Run run, boolean firstPlainReadFixes) {
        Understood understood = new Understood(firstPlainReadFixes);
        return new Run(
                run.steps().stream().map(understood::step).toList(), run.outcome(), run.violation(), run.unresolved());
    }

    private Step step(Step step) {
        List<Access> accesses =
                step.accesses().stream().anyMatch(access -> !access.table().startsWith("#"))
                        ? step.accesses()
                        : read(step);
        boolean plain = accesses.stream().anyMatch(access -> access.mode() == Mode.READ);
        String transaction = step.move().actor() + ":" + step.transaction();
        boolean fixes = step.fixesView()
                || (firstPlainReadFixes && plain && !step.ends() && fixed.put(transaction, true) == null);
        return new Step(
                step.move(),
                step.sql(),
                step.values(),
                step.rows(),
                step.updated(),
                step.failure(),
                step.waited(),
                step.endedDuring(),
                accesses,
                step.transaction(),
                fixes,
                step.ends());
    }

    private static List<Access> read(Step step) {
        String sql = step.sql().toLowerCase(Locale.ROOT).strip();
        Values values = new Values(step.values());
        Matcher select = SELECT.matcher(sql);
        if (select.matches()) {
            Mode mode = select.group(4) == null ? Mode.READ : Mode.LOCK_EXCLUSIVE;
            return access(select.group(2), mode, columns(select.group(1)), select.group(3), values);
        }
        Matcher update = UPDATE.matcher(sql);
        if (update.matches()) {
            Set<String> columns = new HashSet<>();
            for (String each : update.group(2).split(",", -1)) {
                columns.add(each.substring(0, each.indexOf('=')).strip());
                values.skip(each);
            }
            return access(update.group(1), Mode.UPDATE, columns, update.group(3), values);
        }
        Matcher delete = DELETE.matcher(sql);
        if (delete.matches()) {
            return access(delete.group(1), Mode.DELETE, Set.of(), delete.group(2), values);
        }
        Matcher insert = INSERT.matcher(sql);
        if (insert.matches()) {
            List<String> conditions = new ArrayList<>();
            String[] columns = insert.group(2).split(",", -1);
            String[] given = insert.group(3).split(",", -1);
            for (int i = 0; i < columns.length; i++) {
                conditions.add(columns[i].strip() + " = " + given[i].strip());
            }
            return access(insert.group(1), Mode.INSERT, Set.of(), String.join(" and ", conditions), values);
        }
        return List.of();
    }

    private static Set<String> columns(String list) {
        Set<String> columns = new HashSet<>();
        for (String each : list.split(",", -1)) {
            if (!each.strip().matches("\\w+")) {
                return Set.of();
            }
            columns.add(each.strip());
        }
        return columns;
    }

    private static List<Access> access(String table, Mode mode, Set<String> columns, String where, Values values) {
        if (where == null) {
            return List.of(new Access(table, mode, columns, Predicate.any(), Keys.unknown(), Set.of()));
        }
        List<Comparison> comparisons = new ArrayList<>();
        Keys keys = Keys.unknown();
        for (String each : where.split(" and ", -1)) {
            String[] sides = each.split("=", -1);
            Object value = values.of(sides[1].strip());
            comparisons.add(new Comparison(sides[0].strip(), Operator.EQUAL, List.of(value)));
            if (sides[0].strip().equals("id")) {
                keys = new Keys(Set.of(List.of(value.toString())), true);
            }
        }
        Predicate predicate = new Predicate.OneOf(List.of(new Conjunction(comparisons)));
        return List.of(new Access(table, mode, columns, predicate, keys, Set.of()));
    }

    private static final class Values {
        private final List<?> bound;
        private int next;

        Values(List<?> bound) {
            this.bound = bound;
        }

        void skip(String part) {
            next += (int) part.chars().filter(c -> c == '?').count();
        }

        Object of(String text) {
            return text.equals("?") ? bound.get(next++) : text.replace("'", "");
        }
    }
}
