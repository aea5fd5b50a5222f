package io.rowlock.internal.lease;

import io.rowlock.Key;
import io.rowlock.lease.LeaseHolder;
import io.rowlock.lease.LossReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A lease's row as it stands, with the database's clock at the moment it was read. Times in milliseconds since 1970. */
final class LeaseRow {
    static final String COLUMNS = "first_token, token, run_id, owner, actor, call_site, granted_at, renewed_at,"
            + " expires_at, lapsed, forced";

    final long firstToken;
    final long token;
    private final byte @Nullable [] runId;
    private final String owner;
    private final String actor;
    private final String callSite;
    private final long grantedAt;
    private final long renewedAt;
    private final long expiresAt;

    /** Whether its length had passed when it was last granted, renewed or given back. */
    final boolean lapsed;

    private final boolean forced;
    private final long now;

    private LeaseRow(ResultSet row, int from) throws SQLException {
        int index = from;
        firstToken = row.getLong(index++);
        token = row.getLong(index++);
        runId = row.getBytes(index++);
        owner = row.getString(index++);
        actor = row.getString(index++);
        callSite = row.getString(index++);
        grantedAt = row.getLong(index++);
        renewedAt = row.getLong(index++);
        expiresAt = row.getLong(index++);
        lapsed = row.getInt(index++) != 0;
        forced = row.getInt(index++) != 0;
        now = row.getLong(index);
    }

    /** Reads {@link #COLUMNS} and the clock from this column on. */
    static LeaseRow read(ResultSet row, int from) throws SQLException {
        return new LeaseRow(row, from);
    }

    /** The first row there is, or null. */
    static @Nullable LeaseRow first(ResultSet rows) throws SQLException {
        return rows.next() ? read(rows, 1) : null;
    }

    boolean isOf(byte[] run) {
        return Arrays.equals(runId, run);
    }

    boolean isHeld() {
        return runId != null && expiresAt > now;
    }

    long remainingMillis() {
        return expiresAt - now;
    }

    /** Why an acquisition with a lower token has lost it. */
    LossReason reason() {
        return forced ? LossReason.FORCED : LossReason.TAKEN_OVER;
    }

    LeaseHolder holder(Key key, boolean here) {
        return new LeaseHolder(
                key,
                firstToken,
                token,
                owner,
                actor,
                callSite,
                Instant.ofEpochMilli(grantedAt),
                Instant.ofEpochMilli(renewedAt),
                runId == null ? Duration.ZERO : Duration.ofMillis(remainingMillis()),
                here);
    }

    /** The columns with a prefix or a clock in place of names. */
    static String columnsAnd(String clock) {
        return String.join(", ", List.of(COLUMNS, clock));
    }
}
