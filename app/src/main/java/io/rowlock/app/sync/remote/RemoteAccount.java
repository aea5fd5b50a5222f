package io.rowlock.app.sync.remote;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One account, or one table of an SQLite file, as the instance showed it. Immutable.
 *
 * @param name unique in its instance; at most {@value #NAME_MAX} characters
 * @param kind what it is: {@code role}, {@code user}, {@code table}, {@code view}
 * @param attributes what is known of it, by name: whether it may log in, its privileges, its columns
 */
public record RemoteAccount(String name, String kind, SortedMap<String, String> attributes) {
    /** The longest name that is kept. */
    public static final int NAME_MAX = 400;

    public RemoteAccount {
        attributes = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }
}
