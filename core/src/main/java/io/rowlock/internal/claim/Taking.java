package io.rowlock.internal.claim;

import io.rowlock.claim.Claim;
import io.rowlock.event.RowlockEvent;
import io.rowlock.internal.table.TableDef;
import io.rowlock.internal.unit.Errands;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Takes items of a queue, in the way of its engine. Safe for use by many threads. */
final class Taking<T, K> {
    /** How long one request may take, waiting included. */
    static final Duration ASK_MAX = Duration.ofSeconds(10);

    /** How often it is asked again because of what was taken some had to be parked. */
    private static final int PASSES_MAX = 100;

    private final QueueDef<T, K> def;
    private final QueueSql<T, K> sql;
    private final Errands errands;
    private final Comparator<T> order;

    Taking(QueueDef<T, K> def, QueueSql<T, K> sql, Errands errands) {
        this.def = def;
        this.sql = sql;
        this.errands = errands;
        this.order = def.order();
    }

    /** A row as a take has left it. */
    private record Taken<T, K>(TableDef.Fetched<T, K> row, long token, int attempts, boolean parked, String reason) {}

    List<Claim<T, K>> take(int max) {
        long began = errands.nanoTime();
        List<Claim<T, K>> claims = new ArrayList<>();
        if (sql.dialect().looksFirst() && !isAnythingDue()) {
            return claims;
        }
        for (int pass = 1; pass <= PASSES_MAX && claims.size() < max; pass++) {
            int asked = max - claims.size();
            long[] askedAt = new long[1];
            List<Taken<T, K>> taken =
                    errands.write("claims-take", ASK_MAX, statements -> once(statements, asked, askedAt));
            for (Taken<T, K> one : taken) {
                if (one.parked) {
                    parked(one);
                } else {
                    claims.add(claim(one, askedAt[0]));
                }
            }
            if (taken.size() < asked) {
                break;
            }
        }
        if (!claims.isEmpty()) {
            int repeated =
                    (int) claims.stream().filter(claim -> claim.attempt() > 1).count();
            errands.tell(() -> new RowlockEvent.ClaimsTaken(
                    def.queue.name(), claims.size(), repeated, Duration.ofNanos(errands.nanoTime() - began)));
        }
        return claims;
    }

    private boolean isAnythingDue() {
        return errands.read(
                "claims-look",
                ASK_MAX,
                statements -> statements.run(sql.look, statement -> {
                    sql.bindReady(statement);
                    try (ResultSet row = statement.executeQuery()) {
                        return row.next();
                    }
                }));
    }

    private HeldClaim<T, K> claim(Taken<T, K> one, long askedAt) {
        return new HeldClaim<>(
                def, one.row.value(), one.row.key(), one.token, one.attempts, errands::nanoTime, askedAt);
    }

    private void parked(Taken<T, K> one) {
        errands.tell(() ->
                new RowlockEvent.ItemParked(def.queue.name(), def.describe(one.row.key()), one.attempts, one.reason));
    }

    private List<Taken<T, K>> once(Errands.Statements statements, int max, long[] askedAt) {
        if (sql.dialect().takeForm() == ClaimDialect.TakeForm.STEPWISE) {
            return stepwise(statements, max, askedAt);
        }
        askedAt[0] = errands.nanoTime();
        List<Taken<T, K>> taken = statements.run(sql.take, statement -> {
            sql.bindDue(statement, max);
            return allRows(statement);
        });
        // An UPDATE answers its rows in no particular order.
        taken.sort(Comparator.comparing(one -> one.row.value(), order));
        return taken;
    }

    private List<Taken<T, K>> stepwise(Errands.Statements statements, int max, long[] askedAt) {
        statements.begin();
        askedAt[0] = errands.nanoTime();
        List<K> keys = statements.run(sql.lockDue, statement -> {
            sql.bindDue(statement, max);
            List<K> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(def.table.fetch(rows, errands.engine()).key());
                }
            }
            return found;
        });
        List<Taken<T, K>> taken = new ArrayList<>();
        for (K key : keys) {
            int unused = statements.run(sql.claimOne, statement -> {
                def.table.bindKey(statement, 1, key, errands.engine());
                return statement.executeUpdate();
            });
            taken.addAll(statements.run(sql.readOne, statement -> {
                def.table.bindKey(statement, 1, key, errands.engine());
                return allRows(statement);
            }));
        }
        statements.commit();
        return taken;
    }

    /** The rows of all results, where there may be counts between them. */
    private List<Taken<T, K>> allRows(PreparedStatement statement) throws SQLException {
        List<Taken<T, K>> taken = new ArrayList<>();
        boolean isRows = statement.execute();
        while (isRows || statement.getUpdateCount() != -1) {
            if (isRows) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        taken.add(row(rows));
                    }
                }
            }
            isRows = statement.getMoreResults();
        }
        return taken;
    }

    private Taken<T, K> row(ResultSet rows) throws SQLException {
        int next = def.table.selectedCount() + 1;
        String reason = rows.getString(next + 4);
        return new Taken<>(
                def.table.fetch(rows, errands.engine()),
                rows.getLong(next),
                rows.getInt(next + 1),
                "PARKED".equals(rows.getString(next + 2)),
                reason == null ? "" : reason);
    }
}
