package io.rowlock.app.credits;

import io.rowlock.Rowlock;
import io.rowlock.Unit;
import io.rowlock.app.audit.Finding;
import io.rowlock.app.credits.audit.CreditAudit;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Isolation;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How the credits stand, for those who run them. Locks nothing; each answer is of one moment. Safe for use by many threads. */
final class Monitor {
    private static final Unit COUNT = Unit.named("credits-count").withIsolation(Isolation.REPEATABLE_READ);

    /** The audit reads whole tables. */
    private static final Unit AUDIT =
            Unit.named("credits-audit").withIsolation(Isolation.REPEATABLE_READ).withDeadline(Duration.ofSeconds(60));

    private final Rowlock rowlock;

    Monitor(Rowlock rowlock) {
        this.rowlock = rowlock;
    }

    /**
     * What there is.
     *
     * @param accesses how many, by status
     * @param students how many have earned something
     * @param bookings how many the ledger has
     * @param booked what they sum to
     * @param amounts what all credits sum to; the same, if the books are right
     */
    record Overview(
            long majors,
            long courses,
            Map<String, Long> accesses,
            long students,
            long bookings,
            Credit booked,
            Credit amounts) {}

    Overview overview() {
        return rowlock.read(COUNT, tx -> {
            Map<AccessStatus, Long> accesses = new EnumMap<>(AccessStatus.class);
            Sql.query(
                            tx,
                            row -> Map.entry(AccessStatus.of(row.getInt(1)), row.getLong(2)),
                            "SELECT status, COUNT(*) FROM course_access GROUP BY status")
                    .forEach(entry -> accesses.put(entry.getKey(), entry.getValue()));
            Map<String, Long> named = new TreeMap<>();
            accesses.forEach((status, count) -> named.put(status.name().toLowerCase(Locale.ROOT), count));
            return new Overview(
                    Sql.number(tx, "SELECT COUNT(*) FROM major"),
                    Sql.number(tx, "SELECT COUNT(*) FROM course"),
                    named,
                    Sql.number(tx, "SELECT COUNT(DISTINCT student_id) FROM student_credit"),
                    Sql.number(tx, "SELECT COUNT(*) FROM student_credit_transaction"),
                    new Credit(Sql.number(tx, "SELECT COALESCE(SUM(change_cents), 0) FROM student_credit_transaction")),
                    new Credit(Sql.number(tx, "SELECT COALESCE(SUM(amount_cents), 0) FROM student_credit")));
        });
    }

    /** Whether the books are right. */
    List<Finding> audit() {
        return rowlock.read(AUDIT, tx -> Sql.on(tx, CreditAudit::run));
    }
}
