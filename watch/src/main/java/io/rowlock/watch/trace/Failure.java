package io.rowlock.watch.trace;

import io.rowlock.dialect.SqlFailure;
import org.jspecify.annotations.Nullable;

/**
 * What a statement failed with. The message is left out: it may quote values.
 *
 * @param kind what it means
 * @param undone what the engine undid because of it
 * @param sqlState the SQLSTATE, or null
 * @param vendorCode the vendor's code
 */
public record Failure(
        SqlFailure.Kind kind,
        SqlFailure.Undone undone,
        @Nullable String sqlState,
        int vendorCode) {}
