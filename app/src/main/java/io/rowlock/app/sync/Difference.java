package io.rowlock.app.sync;

import io.rowlock.app.sync.SyncTables.AccountRow;
import io.rowlock.app.sync.remote.RemoteAccount;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;

/**
 * What has to be written so that the accounts that are stored are those that the instance has. Immutable.
 *
 * @param toInsert accounts that were never seen
 * @param toUpdate accounts that changed, or are there again, by the id of their row
 * @param toMarkDeleted rows of accounts that are gone
 * @param size in numbers
 */
record Difference(
        List<RemoteAccount> toInsert, Map<UUID, RemoteAccount> toUpdate, List<UUID> toMarkDeleted, Size size) {
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * A difference in numbers.
     *
     * @param synced how many accounts the instance has
     * @param created how many of them were not there before, or not active
     */
    record Size(int synced, int created, int updated, int deleted) {}

    /**
     * Compares.
     *
     * @param stored all rows of the instance
     * @param found all accounts it has; of one name the last counts
     */
    static Difference between(List<AccountRow> stored, List<RemoteAccount> found) {
        Map<String, RemoteAccount> there = new LinkedHashMap<>();
        found.forEach(account -> there.put(account.name(), account));
        Map<UUID, RemoteAccount> updates = new LinkedHashMap<>();
        List<UUID> gone = new ArrayList<>();
        int restored = 0;
        int synced = there.size();
        for (AccountRow row : stored) {
            RemoteAccount account = there.remove(row.name());
            if (account == null) {
                if (row.isActive()) {
                    gone.add(row.id());
                }
            } else if (!row.isActive()) {
                updates.put(row.id(), account);
                restored++;
            } else if (!row.kind().equals(account.kind()) || !row.attributes().equals(json(account.attributes()))) {
                updates.put(row.id(), account);
            }
        }
        List<RemoteAccount> inserts = List.copyOf(there.values());
        return new Difference(
                inserts,
                updates,
                gone,
                new Size(synced, inserts.size() + restored, updates.size() - restored, gone.size()));
    }

    /** Attributes as they are stored. */
    static String json(SortedMap<String, String> attributes) {
        return JSON.writeValueAsString(attributes);
    }
}
