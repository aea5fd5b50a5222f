package io.rowlock.lab;

import io.rowlock.dialect.SqlFailure;
import io.rowlock.lab.internal.run.Choice;
import io.rowlock.lab.internal.run.Director;
import io.rowlock.lab.internal.run.Ending;
import io.rowlock.lab.internal.run.Op;
import io.rowlock.lab.internal.run.Play;
import io.rowlock.lab.internal.run.Taken;
import io.rowlock.watch.jdbc.JdbcCall;
import io.rowlock.watch.jdbc.JdbcResult;
import io.rowlock.watch.jdbc.JdbcStep;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says what a run came to, and whether that is right: by the scenario's invariant, or because some serial order comes to the
 * same. Serial orders are run when they are first asked for. An actor that lost against others may be missing from the serial
 * order, and one that crashed may be in it or not.
 */
final class Judge {
    static final String NOT_GIVEN_BACK = "Connections that were not given back: ";

    private final Theatre theatre;
    private final Scenario scenario;
    private final Map<List<Integer>, Outcome> serial = new LinkedHashMap<>();

    Judge(Theatre theatre, Scenario scenario) {
        this.theatre = theatre;
        this.scenario = scenario;
    }

    /**
     * Judges a run.
     *
     * @param who the actors that took part, by number
     * @param strayed why the run did not go the way it was to go, or null
     */
    Run judge(Play play, List<Integer> who, @Nullable String strayed) throws InterruptedException {
        Outcome outcome = theatre.withPlain(connection -> outcome(connection, play, who));
        List<Step> steps = steps(play, who);
        String open = strayed != null ? "the code does not repeat itself: " + strayed : play.unresolved();
        if (open == null && play.endings().stream().anyMatch(Ending.Abandoned.class::isInstance)) {
            open = "an actor was not let on";
        }
        if (open != null) {
            return new Run(steps, outcome, Optional.empty(), Optional.of(open));
        }
        return new Run(steps, outcome, violation(play, outcome, who), Optional.empty());
    }

    private Optional<String> violation(Play play, Outcome outcome, List<Integer> who) throws InterruptedException {
        if (play.leftOpen() > 0) {
            return Optional.of(NOT_GIVEN_BACK + play.leftOpen());
        }
        Optional<Scenario.Invariant> invariant = scenario.invariant();
        if (invariant.isPresent()) {
            Scenario.Invariant held = invariant.get();
            Optional<String> broken =
                    theatre.withPlain(connection -> held.check().violation(connection, outcome));
            return broken.map(what -> held.name() + ": " + what);
        }
        if (isSerial(outcome, who)) {
            return Optional.empty();
        }
        return Optional.of("No serial order comes to this. "
                + serial.entrySet().stream()
                        .filter(order -> order.getKey().size() == who.size())
                        .map(order -> letters(order.getKey()) + " comes to [" + order.getValue() + "]")
                        .collect(Collectors.joining(", ")));
    }

    private String letters(List<Integer> order) {
        return order.stream()
                .map(number -> scenario.letters().get(number).toString())
                .collect(Collectors.joining(";"));
    }

    private boolean isSerial(Outcome outcome, List<Integer> who) throws InterruptedException {
        List<Integer> certain = new ArrayList<>();
        List<Integer> perhaps = new ArrayList<>();
        for (int number : who) {
            ActorResult result = result(outcome, number);
            if (result instanceof ActorResult.Crashed) {
                perhaps.add(number);
            } else if (!(result instanceof ActorResult.Threw threw && threw.contention())) {
                certain.add(number);
            }
        }
        for (List<Integer> more : subsets(perhaps)) {
            List<Integer> present = new ArrayList<>(certain);
            present.addAll(more);
            for (List<Integer> order : orders(present)) {
                if (isSame(serial(order), outcome, certain)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isSame(Outcome wanted, Outcome outcome, List<Integer> certain) {
        return wanted.state().equals(outcome.state())
                && certain.stream().allMatch(number -> result(wanted, number).equals(result(outcome, number)));
    }

    private ActorResult result(Outcome outcome, int number) {
        return java.util.Objects.requireNonNull(
                outcome.results().get(scenario.letters().get(number)));
    }

    private Outcome serial(List<Integer> order) throws InterruptedException {
        Outcome known = serial.get(order);
        if (known == null) {
            Play play = theatre.play(scenario, order, oneAfterAnother());
            known = theatre.withPlain(connection -> outcome(connection, play, order));
            serial.put(List.copyOf(order), known);
        }
        return known;
    }

    private static Director oneAfterAnother() {
        return (ready, taken) -> new Choice(ready.get(0).actor(), false);
    }

    private static List<List<Integer>> subsets(List<Integer> of) {
        List<List<Integer>> subsets = new ArrayList<>();
        subsets.add(List.of());
        for (int each : of) {
            for (List<Integer> subset : List.copyOf(subsets)) {
                List<Integer> larger = new ArrayList<>(subset);
                larger.add(each);
                subsets.add(larger);
            }
        }
        return subsets;
    }

    private static List<List<Integer>> orders(List<Integer> of) {
        if (of.isEmpty()) {
            return List.of(List.of());
        }
        List<List<Integer>> orders = new ArrayList<>();
        for (int first : of) {
            List<Integer> rest = new ArrayList<>(of);
            rest.remove(Integer.valueOf(first));
            for (List<Integer> tail : orders(rest)) {
                List<Integer> order = new ArrayList<>();
                order.add(first);
                order.addAll(tail);
                orders.add(order);
            }
        }
        return orders;
    }

    // ---- what it came to

    private Outcome outcome(Connection connection, Play play, List<Integer> who) throws SQLException {
        Map<Character, ActorResult> results = new LinkedHashMap<>();
        for (int i = 0; i < who.size(); i++) {
            results.put(
                    scenario.letters().get(who.get(i)), result(play.endings().get(i)));
        }
        return new Outcome(results, theatre.state(connection, scenario));
    }

    private ActorResult result(Ending ending) {
        if (ending instanceof Ending.Returned returned) {
            Object value = returned.value();
            return new ActorResult.Returned(value == null ? "-" : scenario.show(value));
        }
        if (ending instanceof Ending.Threw threw) {
            Throwable thrown = threw.thrown();
            Optional<SqlFailure.Kind> kind = kind(thrown);
            return new ActorResult.Threw(
                    kind.map(known -> thrown.getClass().getSimpleName() + " " + known)
                            .orElseGet(() -> thrown.getClass().getSimpleName()),
                    scenario.isContention(thrown)
                            || kind.filter(Judge::isContention).isPresent());
        }
        return new ActorResult.Crashed();
    }

    private Optional<SqlFailure.Kind> kind(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException) {
                return Optional.of(
                        SqlFailure.of(theatre.profile().engine(), cause).kind());
            }
        }
        return Optional.empty();
    }

    private static boolean isContention(SqlFailure.Kind kind) {
        return switch (kind) {
            case SERIALIZATION, DEADLOCK, LOCK_TIMEOUT, BUSY, BUSY_SNAPSHOT -> true;
            default -> false;
        };
    }

    private List<Step> steps(Play play, List<Integer> who) {
        List<Step> steps = new ArrayList<>();
        TransactionNumbers numbers = new TransactionNumbers();
        for (Taken taken : play.taken()) {
            steps.add(step(taken, scenario.letters().get(who.get(taken.actor())), numbers));
        }
        return steps;
    }

    private Step step(Taken taken, char letter, TransactionNumbers numbers) {
        String sql;
        List<@Nullable Object> values = List.of();
        if (taken.op() instanceof Op.Database database) {
            JdbcStep step = database.step();
            sql = step.kind() == JdbcStep.Kind.STATEMENT
                    ? step.calls().stream().map(JdbcCall::sql).distinct().collect(Collectors.joining("; "))
                    : step.kind().toString();
            if (!step.calls().isEmpty()) {
                values = step.calls().get(0).values();
            }
        } else if (taken.op() instanceof Op.Named named) {
            sql = named.name();
        } else if (taken.op() instanceof Op.Begin) {
            sql = "begin";
        } else {
            sql = "end";
        }
        JdbcResult result = taken.result();
        SQLException failure = result == null ? null : result.failure();
        boolean ends = TransactionNumbers.ends(taken);
        return new Step(
                new Move(letter, taken.label()),
                sql,
                values,
                taken.rows(),
                result == null || result.updateCounts().isEmpty()
                        ? Optional.empty()
                        : Optional.of(result.updateCounts().stream()
                                .mapToLong(Long::longValue)
                                .sum()),
                Optional.ofNullable(failure).map(this::facts),
                taken.waited(),
                Optional.ofNullable(taken.recognised()),
                taken.endedDuring(),
                taken.footprint().accesses(),
                numbers.of(taken, ends),
                TransactionNumbers.isKnown(taken) && taken.footprint().fixesSnapshot(),
                ends);
    }

    private String facts(SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        return SqlFailure.of(theatre.profile().engine(), failure).kind() + " "
                + message.lines().findFirst().orElse("");
    }
}
