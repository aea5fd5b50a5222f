package io.rowlock.app.sync.remote;

import org.jspecify.annotations.Nullable;

/**
 * A database that is read. Immutable; it holds no secret.
 *
 * @param url in one of the forms that {@link RemoteAddress} knows
 * @param username who to be there, or null for a file
 * @param credential the name of that user's password, or null for none
 */
public record RemoteInstance(
        String url, @Nullable String username, @Nullable String credential) {}
