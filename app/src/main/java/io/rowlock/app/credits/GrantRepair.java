package io.rowlock.app.credits;

import io.rowlock.DatabaseFailure;
import io.rowlock.ReadTx;
import io.rowlock.Rowlock;
import io.rowlock.Tx;
import io.rowlock.Unit;
import io.rowlock.app.sql.Sql;
import io.rowlock.dialect.Isolation;
import io.rowlock.dialect.SqlFailure;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings the unique keys to a database whose ledger of credits was written without them: finds what was booked more than
 * once, takes the extra bookings away, makes one of several credits of a student, computes the amounts anew from the ledger,
 * and then adds the keys.
 *
 * <pre>{@code
 * GrantRepair repair = new GrantRepair(Rowlock.on(dataSource).build(), dataSource);
 * GrantRepair.Report plan = repair.plan();    // changes nothing
 * GrantRepair.Report done = repair.run();     // done.complete(): the keys are there
 * }</pre>
 *
 * <p><b>What stays.</b> Of the bookings of one student, course and type the oldest, but one in the application of the course's
 * major before any other. Of several credits of a student in an application the oldest. Amounts become the sums of the
 * bookings that stay, also where an amount was wrong without a duplicate: an amount that no booking accounts for is lost. Look
 * at the plan first.
 *
 * <p><b>Promise.</b> Each student is repaired in one commit. A second run finds nothing and changes nothing. What a run was
 * stopped in the middle of, the next one goes on with.
 *
 * <p><b>Holds when</b> others write meanwhile: the credits of a student are locked and get new versions before their ledger is
 * read, so that a unit which finishes a course runs again on what the repair has left; one that meets several credits of a
 * student before they are repaired ends as {@link io.rowlock.RetriesExhausted}, with nothing written. Duplicates that a writer
 * without guards adds before the keys are there are repaired in the next of several rounds. <b>Breaks when</b> such a writer
 * adds them faster than they are repaired: then the report says that the keys are missing. The keys are added outside of units:
 * on MariaDB a definition of data commits what was done before it.
 *
 * <p>Adding a key reads its whole table; PostgreSQL and SQLite let nobody write to the table meanwhile. Safe for use by many
 * threads and from several processes at once.
 */
public final class GrantRepair {
    private static final Unit LOOK = Unit.named("credits-repair-look").withDeadline(Duration.ofSeconds(60));
    private static final Unit PLAN = Unit.named("credits-repair-plan").withIsolation(Isolation.REPEATABLE_READ);
    private static final Unit REPAIR = Unit.named("credits-repair");
    private static final Duration ADD_KEY = Duration.ofSeconds(60);

    /** Students looked for at once. */
    private static final int PAGE = 500;

    /** How many students a report shows. */
    private static final int STUDENTS_SHOWN_MAX = 100;

    /** How often students are repaired and the keys are tried, while somebody goes on making duplicates. */
    private static final int ROUNDS_MAX = 5;

    private static final UUID NONE = new UUID(0, 0);

    /** A unique key that has to be there. */
    private enum UniqueKey {
        OWNER("student_credit", "student_credit_owner", "student_id, application_id"),
        ONCE("student_credit_transaction", "student_credit_transaction_once", "student_id, object_id, type");

        private final String table;
        private final String index;
        private final String columns;

        UniqueKey(String table, String index, String columns) {
            this.table = table;
            this.index = index;
            this.columns = columns;
        }

        String sql() {
            return "CREATE UNIQUE INDEX " + index + " ON " + table + " (" + columns + ")";
        }
    }

    private final Rowlock rowlock;
    private final DataSource outsideUnits;

    /**
     * A repair.
     *
     * @param rowlock on the database whose credits are to be repaired
     * @param outsideUnits the same database; a definition of data is no part of a unit
     */
    public GrantRepair(Rowlock rowlock, DataSource outsideUnits) {
        this.rowlock = rowlock;
        this.outsideUnits = outsideUnits;
    }

    /**
     * What was booked more than once.
     *
     * @param objectId the course
     * @param type of the bookings, 6 for what finishing a course on its day earns
     * @param times how often, at least 2
     */
    public record Duplicate(UUID studentId, UUID objectId, int type, long times) {}

    /**
     * What a repair changes for a student in an application.
     *
     * @param bookingsRemoved extra bookings that go
     * @param bookingsRewritten bookings that stay and get another balance or credit
     * @param creditsRemoved credits that go because there is an older one
     * @param creditsAdded credits that are made, for bookings that had none
     * @param amountBefore of all credits together, as text with two decimals
     * @param amountAfter of the one that stays
     */
    public record Change(
            UUID studentId,
            UUID applicationId,
            int bookingsRemoved,
            int bookingsRewritten,
            int creditsRemoved,
            int creditsAdded,
            String amountBefore,
            String amountAfter) {
        boolean isNone() {
            return bookingsRemoved + bookingsRewritten + creditsRemoved + creditsAdded == 0
                    && amountBefore.equals(amountAfter);
        }
    }

    /**
     * What a run has changed, or what one would change.
     *
     * @param dryRun whether nothing was changed
     * @param students how many students were, or would be, repaired
     * @param bookingsRemoved extra bookings in all
     * @param creditsRemoved extra credits in all
     * @param amountsChanged amounts that differ from before
     * @param keysAdded unique keys that were, or would be, added
     * @param complete whether all is well and the keys are there now
     * @param changes the first {@value GrantRepair#STUDENTS_SHOWN_MAX} changes
     */
    public record Report(
            boolean dryRun,
            int students,
            int bookingsRemoved,
            int creditsRemoved,
            int amountsChanged,
            List<String> keysAdded,
            boolean complete,
            List<Change> changes) {
        public Report {
            keysAdded = List.copyOf(keysAdded);
            changes = List.copyOf(changes);
        }
    }

    /**
     * What was booked more than once, the most often first.
     *
     * @param limit how many at the most
     */
    public List<Duplicate> duplicates(int limit) {
        return rowlock.read(
                LOOK,
                tx -> Sql.query(
                        tx,
                        row -> new Duplicate(Sql.uuid(row, 1), Sql.uuid(row, 2), row.getInt(3), row.getLong(4)),
                        """
                SELECT student_id, object_id, type, COUNT(*) AS times
                  FROM student_credit_transaction
                 GROUP BY student_id, object_id, type
                HAVING COUNT(*) > 1
                 ORDER BY times DESC, student_id, object_id, type
                 LIMIT ?""",
                        limit));
    }

    /** What {@link #run} would change. Changes nothing and locks nothing. */
    public Report plan() {
        Tally tally = new Tally(true);
        for (List<UUID> page = ill(">=", NONE); !page.isEmpty(); page = ill(">", page.get(page.size() - 1))) {
            for (UUID student : page) {
                tally.add(rowlock.read(PLAN, tx -> Student.read(tx, student).changes()));
            }
        }
        tally.keys.addAll(keysMissing());
        return tally.report(tally.students == 0 && tally.keys.isEmpty());
    }

    /** Repairs what there is to repair, and adds the keys that are missing. */
    public Report run() {
        Tally tally = new Tally(false);
        for (int round = 1; round <= ROUNDS_MAX; round++) {
            repairStudents(tally);
            if (addMissingKeys(tally) && ill(">=", NONE).isEmpty()) {
                return tally.report(true);
            }
        }
        return tally.report(false);
    }

    /** The names of the unique keys that the database lacks; none if all is well. */
    public List<String> keysMissing() {
        return missingKeys().stream().map(key -> key.index).toList();
    }

    private void repairStudents(Tally tally) {
        for (List<UUID> page = ill(">=", NONE); !page.isEmpty(); page = ill(">", page.get(page.size() - 1))) {
            for (UUID student : page) {
                tally.add(repair(student));
            }
        }
    }

    /** Repairs one student, in one unit; says what was changed. */
    List<Change> repair(UUID student) {
        return rowlock.transact(REPAIR, tx -> repair(tx, student));
    }

    private static List<Change> repair(Tx tx, UUID student) {
        // Locks the student's credits, and raises their versions: whoever has read them decides again.
        int locked = tx.execute("UPDATE student_credit SET version = version + 1 WHERE student_id = ?", student)
                .count();
        Student found = Student.read(tx, student);
        if (locked != found.credits.size()) {
            // One was added in between; it is not locked. The next round has it.
            return List.of();
        }
        found.write(tx);
        return found.changes();
    }

    /** Whether all keys are there. */
    private boolean addMissingKeys(Tally tally) {
        for (UniqueKey key : missingKeys()) {
            try (Connection connection = outsideUnits.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.setQueryTimeout((int) ADD_KEY.toSeconds());
                statement.executeUpdate(key.sql());
                tally.keys.add(key.index);
            } catch (SQLException failed) {
                SqlFailure failure = SqlFailure.of(rowlock.profile().engine(), failed);
                if (failure.kind() != SqlFailure.Kind.UNIQUE && missingKeys().contains(key)) {
                    throw new DatabaseFailure(failure, Map.of("index", key.index));
                }
                // Somebody made a duplicate in between, or somebody else has added the key.
            }
        }
        return missingKeys().isEmpty();
    }

    private List<UniqueKey> missingKeys() {
        return rowlock.read(LOOK, tx -> {
            List<UniqueKey> missing = new ArrayList<>();
            for (UniqueKey key : UniqueKey.values()) {
                if (!isThere(tx, key)) {
                    missing.add(key);
                }
            }
            return missing;
        });
    }

    /** Whether the table has a unique index of exactly these columns, by whatever name. */
    private static boolean isThere(ReadTx tx, UniqueKey key) {
        return Sql.on(tx, connection -> {
            DatabaseMetaData meta = connection.getMetaData();
            Map<String, Set<String>> indexes = new HashMap<>();
            try (ResultSet columns =
                    meta.getIndexInfo(connection.getCatalog(), connection.getSchema(), key.table, true, true)) {
                while (columns.next()) {
                    String column = columns.getString("COLUMN_NAME");
                    // Not every driver leaves out the others when it is asked to.
                    if (column != null && !columns.getBoolean("NON_UNIQUE")) {
                        indexes.computeIfAbsent(columns.getString("INDEX_NAME"), name -> new HashSet<>())
                                .add(column.toLowerCase(Locale.ROOT));
                    }
                }
            }
            return indexes.containsValue(Set.of(key.columns.split(", ")));
        });
    }

    /** Students of whom something is wrong, in the order of their ids, from one of them on or after it. */
    private List<UUID> ill(String comparison, UUID from) {
        return rowlock.read(LOOK, tx -> Sql.ids(tx, """
                WITH owners AS (
                    SELECT student_id, application_id FROM student_credit
                    UNION
                    SELECT student_id, application_id FROM student_credit_transaction
                ), credits AS (
                    SELECT student_id, application_id, COUNT(*) AS credits, SUM(amount_cents) AS cents
                      FROM student_credit
                     GROUP BY student_id, application_id
                ), running AS (
                    SELECT student_id, application_id, change_cents, amount_cents,
                           SUM(change_cents) OVER (PARTITION BY student_id, application_id
                                                       ORDER BY amount_cents, created_at, id) AS sum_cents
                      FROM student_credit_transaction
                ), booked AS (
                    SELECT student_id, application_id, SUM(change_cents) AS cents,
                           SUM(CASE WHEN amount_cents <> sum_cents THEN 1 ELSE 0 END) AS wrong
                      FROM running
                     GROUP BY student_id, application_id
                ), duplicates AS (
                    SELECT DISTINCT student_id
                      FROM (SELECT student_id
                              FROM student_credit_transaction
                             GROUP BY student_id, object_id, type
                            HAVING COUNT(*) > 1) twice
                )
                SELECT DISTINCT o.student_id
                  FROM owners o
                  LEFT JOIN credits c ON c.student_id = o.student_id AND c.application_id = o.application_id
                  LEFT JOIN booked b ON b.student_id = o.student_id AND b.application_id = o.application_id
                  LEFT JOIN duplicates d ON d.student_id = o.student_id
                 WHERE o.student_id %s ?
                   AND (COALESCE(c.credits, 0) <> 1
                        OR COALESCE(c.cents, 0) <> COALESCE(b.cents, 0)
                        OR COALESCE(b.wrong, 0) > 0
                        OR d.student_id IS NOT NULL)
                 ORDER BY o.student_id
                 LIMIT ?""".formatted(comparison), from, PAGE));
    }

    // ---- one student

    private record StoredCredit(UUID id, UUID application, long cents) {}

    private record StoredBooking(
            UUID id, UUID application, @Nullable UUID credit, UUID object, int type, long change, long after) {}

    /** A booking that stays, with the balance that it has to have. */
    private record RightBooking(StoredBooking stored, long after) {
        boolean differs(@Nullable UUID credit) {
            return credit == null || !credit.equals(stored.credit()) || after != stored.after();
        }
    }

    /** What there is of a student in one application, and what has to be. */
    private static final class Account {
        private final UUID application;
        private final List<StoredCredit> credits = new ArrayList<>();
        private final List<RightBooking> right = new ArrayList<>();
        private final List<StoredBooking> extra = new ArrayList<>();
        private long cents;

        Account(UUID application) {
            this.application = application;
        }

        /** The credit that stays, or null if there is none yet. */
        @Nullable
        UUID credit() {
            return credits.isEmpty() ? null : credits.get(0).id();
        }

        void keep(StoredBooking stored) {
            cents += stored.change();
            right.add(new RightBooking(stored, cents));
        }

        long before() {
            return credits.stream().mapToLong(StoredCredit::cents).sum();
        }
    }

    /** The books of a student, read once. */
    private static final class Student {
        private final UUID student;
        private final List<StoredCredit> credits;
        private final Map<UUID, Account> accounts = new LinkedHashMap<>();

        private Student(UUID student, List<StoredCredit> credits) {
            this.student = student;
            this.credits = credits;
        }

        static Student read(ReadTx tx, UUID student) {
            List<StoredCredit> credits = Sql.query(
                    tx, row -> new StoredCredit(Sql.uuid(row, 1), Sql.uuid(row, 2), row.getLong(3)), """
                    SELECT id, application_id, amount_cents
                      FROM student_credit
                     WHERE student_id = ?
                     ORDER BY created_at, id""", student);
            Student read = new Student(student, credits);
            credits.forEach(credit -> read.account(credit.application()).credits.add(credit));
            List<StoredBooking> bookings = Sql.query(
                    tx,
                    row -> new StoredBooking(
                            Sql.uuid(row, 1),
                            Sql.uuid(row, 2),
                            row.getString(3) == null ? null : Sql.uuid(row, 3),
                            Sql.uuid(row, 4),
                            row.getInt(5),
                            row.getLong(6),
                            row.getLong(7)),
                    """
                    SELECT id, application_id, credit_id, object_id, type, change_cents, amount_cents
                      FROM student_credit_transaction
                     WHERE student_id = ?
                     ORDER BY created_at, amount_cents, id""",
                    student);
            Set<UUID> home = new HashSet<>(Sql.ids(tx, """
                    SELECT t.id
                      FROM student_credit_transaction t
                      JOIN course c ON c.id = t.object_id
                      JOIN major m ON m.id = c.major_id AND m.application_id = t.application_id
                     WHERE t.student_id = ?""", student));
            Map<String, UUID> kept = new HashMap<>();
            bookings.stream()
                    .filter(booking -> home.contains(booking.id()))
                    .forEach(booking -> kept.putIfAbsent(what(booking), booking.id()));
            bookings.forEach(booking -> kept.putIfAbsent(what(booking), booking.id()));
            bookings.forEach(booking -> {
                Account account = read.account(booking.application());
                if (booking.id().equals(kept.get(what(booking)))) {
                    account.keep(booking);
                } else {
                    account.extra.add(booking);
                }
            });
            return read;
        }

        private static String what(StoredBooking booking) {
            return booking.object() + "/" + booking.type();
        }

        private Account account(UUID application) {
            return accounts.computeIfAbsent(application, Account::new);
        }

        List<Change> changes() {
            return accounts.values().stream()
                    .map(account -> new Change(
                            student,
                            account.application,
                            account.extra.size(),
                            (int) account.right.stream()
                                    .filter(booking -> booking.differs(account.credit()))
                                    .count(),
                            Math.max(0, account.credits.size() - 1),
                            account.credits.isEmpty() && !account.right.isEmpty() ? 1 : 0,
                            new Credit(account.before()).toString(),
                            new Credit(account.cents).toString()))
                    .filter(change -> !change.isNone())
                    .toList();
        }

        void write(Tx tx) {
            accounts.values().forEach(account -> write(tx, account));
        }

        private void write(Tx tx, Account account) {
            UUID credit = account.credit();
            if (credit == null && account.right.isEmpty()) {
                credit = NONE;
            } else if (credit == null) {
                credit = tx.newId("credit:" + account.application);
                tx.execute("""
                                INSERT INTO student_credit (id, application_id, student_id, amount_cents, created_at, updated_at)
                                VALUES (?, ?, ?, ?, ?, ?)""", credit, account.application, student, account.cents, tx.now(), tx.now())
                        .expect(1);
            } else if (account.credits.get(0).cents() != account.cents) {
                tx.execute(
                                "UPDATE student_credit SET amount_cents = ?, updated_at = ? WHERE id = ?",
                                account.cents,
                                tx.now(),
                                credit)
                        .expect(1);
            }
            for (StoredBooking extra : account.extra) {
                tx.execute("DELETE FROM student_credit_transaction WHERE id = ?", extra.id())
                        .expect(1);
            }
            for (RightBooking booking : account.right) {
                if (booking.differs(account.credit())) {
                    tx.execute("""
                                    UPDATE student_credit_transaction
                                       SET credit_id = ?, amount_cents = ?, version = version + 1
                                     WHERE id = ?""", credit, booking.after(), booking.stored().id())
                            .expect(1);
                }
            }
            for (StoredCredit younger :
                    account.credits.subList(Math.min(1, account.credits.size()), account.credits.size())) {
                tx.execute("DELETE FROM student_credit WHERE id = ?", younger.id())
                        .expect(1);
            }
        }
    }

    /** What a run adds up to. */
    private static final class Tally {
        private final boolean dryRun;
        private final List<String> keys = new ArrayList<>();
        private final List<Change> shown = new ArrayList<>();
        private int students;
        private int bookings;
        private int credits;
        private int amounts;

        Tally(boolean dryRun) {
            this.dryRun = dryRun;
        }

        void add(List<Change> changes) {
            students += changes.isEmpty() ? 0 : 1;
            for (Change change : changes) {
                bookings += change.bookingsRemoved();
                credits += change.creditsRemoved();
                amounts += change.amountBefore().equals(change.amountAfter()) ? 0 : 1;
                if (shown.size() < STUDENTS_SHOWN_MAX) {
                    shown.add(change);
                }
            }
        }

        Report report(boolean complete) {
            return new Report(dryRun, students, bookings, credits, amounts, keys, complete, shown);
        }
    }
}
