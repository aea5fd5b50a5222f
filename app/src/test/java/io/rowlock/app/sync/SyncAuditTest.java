package io.rowlock.app.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.rowlock.app.audit.Finding;
import io.rowlock.app.sync.audit.SyncAudit;
import io.rowlock.app.sync.remote.RemoteFailure;
import io.rowlock.app.sync.remote.Stop;
import io.rowlock.engines.Database;
import io.rowlock.engines.Databases;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;

/** Right tables pass, and each error that is planted is found by the check that is for it, and by no other. */
class SyncAuditTest {
    /** What was synced: an instance twice, and once beside one that could not be reached. */
    private record Synced(UUID instance, UUID first, UUID firstRecord, UUID second, UUID secondRecord, UUID failed) {
        static Synced by(Park park) {
            UUID instance = park.instance("ann", "bob");
            UUID away = park.instance(stop -> {
                throw new RemoteFailure(RemoteFailure.Kind.UNREACHABLE, "");
            });
            UUID first = run(park, instance);
            park.change(instance, stop -> Park.accounts("ann", "cid"));
            UUID second = run(park, instance);
            UUID failed = run(park, away);
            return new Synced(
                    instance,
                    first,
                    park.record(first, instance).id(),
                    second,
                    park.record(second, instance).id(),
                    failed);
        }

        private static UUID run(Park park, UUID instance) {
            UUID session = park.session(instance);
            assertThat(park.first.sync.sync(park.record(session, instance), new Stop()))
                    .isEqualTo(InstanceSync.Result.DONE);
            return session;
        }

        /** Statements by the check that is to find what they do. */
        Map<String, List<String>> errors(Database database) {
            Map<String, List<String>> errors = new LinkedHashMap<>();
            errors.put(
                    "no-orphan",
                    List.of(withoutForeignKeys(database), "DELETE FROM instances WHERE id = '" + instance + "'"));
            errors.put(
                    "session-counts",
                    List.of("UPDATE sync_sessions SET total_instances = 2, failed_instances = 1 WHERE session_id = '"
                            + first + "'"));
            errors.put(
                    "session-end",
                    List.of(
                            "UPDATE sync_sessions SET status = 'completed' WHERE session_id = '" + failed + "'",
                            "UPDATE sync_transitions SET to_status = 'completed' WHERE subject_id = '" + failed
                                    + "' AND to_status = 'failed'"));
            errors.put(
                    "ended-once",
                    List.of("UPDATE sync_transitions SET to_status = 'cancelled' WHERE subject_id = '" + first
                            + "' AND to_status = 'completed'"));
            errors.put(
                    "reasons",
                    List.of("UPDATE sync_instance_records SET error_code = NULL WHERE session_id = '" + failed + "'"));
            errors.put(
                    "tokens-rise",
                    List.of("UPDATE sync_instance_records SET lease_token = "
                            + "(SELECT last_token FROM instances WHERE id = '" + instance + "') WHERE id = '"
                            + firstRecord + "'"));
            errors.put(
                    "nobody-between",
                    List.of("UPDATE sync_instance_records SET runs_at_end = runs_at_end + 1 WHERE id = '" + firstRecord
                            + "'"));
            errors.put(
                    "instance-runs",
                    List.of("UPDATE instances SET open_token = last_token + 1 WHERE id = '" + instance + "'"));
            errors.put(
                    "account-tokens",
                    List.of("UPDATE instance_accounts SET lease_token = 999 WHERE instance_id = '" + instance + "'"));
            errors.put(
                    "account-ends",
                    List.of("UPDATE instance_accounts SET deleted_at = updated_at WHERE instance_id = '" + instance
                            + "' AND name = 'ann'"));
            errors.put(
                    "account-sums",
                    List.of("UPDATE sync_instance_records SET accounts_created = accounts_synced + 1 WHERE id = '"
                            + firstRecord + "'"));
            errors.put(
                    "accounts-there",
                    List.of(
                            "UPDATE instance_accounts SET is_active = FALSE, deleted_at = updated_at WHERE instance_id = '"
                                    + instance + "' AND name = 'ann'"));
            return errors;
        }
    }

    private static String withoutForeignKeys(Database database) {
        return switch (database.engine()) {
            case SQLITE -> "PRAGMA foreign_keys = OFF";
            case POSTGRESQL -> "SET session_replication_role = replica";
            case MARIADB, MYSQL -> "SET SESSION foreign_key_checks = 0";
        };
    }

    @Databases
    void whatIsPlantedIsFoundByItsCheckAlone(Database database) throws SQLException {
        try (Park park = new Park(database)) {
            Synced synced = Synced.by(park);
            park.isRight();
            Map<String, List<String>> errors = synced.errors(database);
            for (Map.Entry<String, List<String>> planted : errors.entrySet()) {
                assertThat(planted(database, planted.getValue()))
                        .extracting(Finding::check)
                        .as(planted.getKey())
                        .containsExactly(planted.getKey());
            }
            park.isRight();
            // The tables themselves keep the others, and nothing can be planted past them.
            assertThat(new TreeSet<>(SyncAudit.checks()))
                    .containsAll(errors.keySet())
                    .hasSize(errors.size() + 3)
                    .contains("one-record", "one-account", "end-times");
        }
    }

    /** On a connection of its own, whose settings are gone with it. */
    private static List<Finding> planted(Database database, List<String> sql) throws SQLException {
        try (Connection connection = database.connect()) {
            try (Statement statement = connection.createStatement()) {
                for (String each : sql) {
                    if (each.startsWith("PRAGMA") || each.startsWith("SET ")) {
                        statement.execute(each);
                        continue;
                    }
                    connection.setAutoCommit(false);
                    assertThat(statement.executeUpdate(each)).as(each).isPositive();
                }
                return SyncAudit.run(connection).stream()
                        .filter(finding -> !finding.holds())
                        .toList();
            } finally {
                connection.rollback();
            }
        }
    }
}
