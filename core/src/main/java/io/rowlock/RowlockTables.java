package io.rowlock;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;

/**
 * Rowlock's own tables: {@code rowlock_guard} for {@link Tx#guard}, {@code rowlock_tombstone} for
 * {@link Table.Builder#tombstones}, {@code rowlock_once} for {@link Rowlock#once}, {@code rowlock_lease} and three more for
 * {@link Rowlock#leases}, {@code rowlock_cache_epoch} and {@code rowlock_cache_outbox} for {@code rowlock-cache}. A program that
 * uses none of them needs none.
 *
 * <p>Put {@link #ddl(Engine)} into your migrations, or call {@link #createMissing} at the start. A release that brings a
 * further table says so in the changelog: {@code createMissing} then creates it beside those that are there, and for
 * migrations {@link #ddl(Engine, String)} gives it alone.
 */
public final class RowlockTables {
    private static final Map<String, Map<Engine, List<String>>> DDL = ddl();

    private RowlockTables() {}

    private static Map<String, Map<Engine, List<String>>> ddl() {
        Map<String, Map<Engine, List<String>>> ddl = new LinkedHashMap<>();
        ddl.put("rowlock_guard", perEngine(List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key bytea  NOT NULL PRIMARY KEY,
                        version   bigint NOT NULL
                    )"""), List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key VARBINARY(255) NOT NULL PRIMARY KEY,
                        version   BIGINT         NOT NULL
                    ) ENGINE=InnoDB"""), List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key BLOB    NOT NULL PRIMARY KEY,
                        version   INTEGER NOT NULL
                    ) WITHOUT ROWID""")));
        ddl.put("rowlock_tombstone", perEngine(List.of("""
                    CREATE TABLE rowlock_tombstone (
                        row_key bytea  NOT NULL PRIMARY KEY,
                        version bigint NOT NULL
                    )"""), List.of("""
                    CREATE TABLE rowlock_tombstone (
                        row_key VARBINARY(255) NOT NULL PRIMARY KEY,
                        version BIGINT         NOT NULL
                    ) ENGINE=InnoDB"""), List.of("""
                    CREATE TABLE rowlock_tombstone (
                        row_key BLOB    NOT NULL PRIMARY KEY,
                        version INTEGER NOT NULL
                    ) WITHOUT ROWID""")));
        // Times in milliseconds since 1970, by the database's clock. No answer: kept free of a commit that may still
        // come.
        ddl.put(
                "rowlock_once",
                perEngine(
                        List.of("""
                    CREATE TABLE rowlock_once (
                        once_key    bytea  NOT NULL PRIMARY KEY,
                        run_id      bytea  NOT NULL,
                        fingerprint bytea  NOT NULL,
                        answer      bytea,
                        answered_at bigint NOT NULL,
                        expires_at  bigint NOT NULL
                    )""", "CREATE INDEX rowlock_once_expires ON rowlock_once (expires_at)"),
                        List.of("""
                    CREATE TABLE rowlock_once (
                        once_key    VARBINARY(255) NOT NULL PRIMARY KEY,
                        run_id      VARBINARY(16)  NOT NULL,
                        fingerprint VARBINARY(32)  NOT NULL,
                        answer      LONGBLOB,
                        answered_at BIGINT         NOT NULL,
                        expires_at  BIGINT         NOT NULL,
                        INDEX rowlock_once_expires (expires_at)
                    ) ENGINE=InnoDB"""),
                        List.of("""
                    CREATE TABLE rowlock_once (
                        once_key    BLOB    NOT NULL PRIMARY KEY,
                        run_id      BLOB    NOT NULL,
                        fingerprint BLOB    NOT NULL,
                        answer      BLOB,
                        answered_at INTEGER NOT NULL,
                        expires_at  INTEGER NOT NULL
                    )""", "CREATE INDEX rowlock_once_expires ON rowlock_once (expires_at)")));
        leases(ddl);
        cache(ddl);
        return ddl;
    }

    /** What the coherent cache keeps in the database: the epoch of each region, and what is to be finished if its writer dies. */
    private static void cache(Map<String, Map<Engine, List<String>>> ddl) {
        ddl.put("rowlock_cache_epoch", perEngine(List.of("""
                    CREATE TABLE rowlock_cache_epoch (
                        region  varchar(100) NOT NULL PRIMARY KEY,
                        tier    varchar(200) NOT NULL,
                        closed  smallint     NOT NULL,
                        version bigint       NOT NULL
                    ) WITH (fillfactor = 50)"""), List.of("""
                    CREATE TABLE rowlock_cache_epoch (
                        region  VARCHAR(100) NOT NULL PRIMARY KEY,
                        tier    VARCHAR(200) NOT NULL,
                        closed  SMALLINT     NOT NULL,
                        version BIGINT       NOT NULL
                    ) ENGINE=InnoDB CHARACTER SET ascii COLLATE ascii_bin"""), List.of("""
                    CREATE TABLE rowlock_cache_epoch (
                        region  TEXT    NOT NULL PRIMARY KEY,
                        tier    TEXT    NOT NULL,
                        closed  INTEGER NOT NULL,
                        version INTEGER NOT NULL
                    ) WITHOUT ROWID""")));
        ddl.put(
                "rowlock_cache_outbox",
                perEngine(
                        List.of("""
                    CREATE TABLE rowlock_cache_outbox (
                        op_id      bytea  NOT NULL PRIMARY KEY,
                        changes    bytea  NOT NULL,
                        created_at bigint NOT NULL
                    )""", "CREATE INDEX rowlock_cache_outbox_created ON rowlock_cache_outbox (created_at)"),
                        List.of("""
                    CREATE TABLE rowlock_cache_outbox (
                        op_id      VARBINARY(16) NOT NULL PRIMARY KEY,
                        changes    LONGBLOB      NOT NULL,
                        created_at BIGINT        NOT NULL,
                        INDEX rowlock_cache_outbox_created (created_at)
                    ) ENGINE=InnoDB"""),
                        List.of(
                                """
                    CREATE TABLE rowlock_cache_outbox (
                        op_id      BLOB    NOT NULL PRIMARY KEY,
                        changes    BLOB    NOT NULL,
                        created_at INTEGER NOT NULL
                    )""",
                                "CREATE INDEX rowlock_cache_outbox_created ON rowlock_cache_outbox (created_at)")));
    }

    /** A lease's row changes its tokens at a grant and a forced release alone; run_id is null while the key is free. */
    private static void leases(Map<String, Map<Engine, List<String>>> ddl) {
        ddl.put("rowlock_lease", perEngine(List.of("""
                    CREATE TABLE rowlock_lease (
                        lease_key   bytea        NOT NULL PRIMARY KEY,
                        first_token bigint       NOT NULL,
                        token       bigint       NOT NULL,
                        run_id      bytea,
                        owner       varchar(200) NOT NULL,
                        actor       varchar(100) NOT NULL,
                        call_site   varchar(300) NOT NULL,
                        granted_at  bigint       NOT NULL,
                        renewed_at  bigint       NOT NULL,
                        expires_at  bigint       NOT NULL,
                        lapsed      smallint     NOT NULL,
                        forced      smallint     NOT NULL
                    ) WITH (fillfactor = 50)"""), List.of("""
                    CREATE TABLE rowlock_lease (
                        lease_key   VARBINARY(255) NOT NULL PRIMARY KEY,
                        first_token BIGINT         NOT NULL,
                        token       BIGINT         NOT NULL,
                        run_id      VARBINARY(16),
                        owner       VARCHAR(200)   NOT NULL,
                        actor       VARCHAR(100)   NOT NULL,
                        call_site   VARCHAR(300)   NOT NULL,
                        granted_at  BIGINT         NOT NULL,
                        renewed_at  BIGINT         NOT NULL,
                        expires_at  BIGINT         NOT NULL,
                        lapsed      SMALLINT       NOT NULL,
                        forced      SMALLINT       NOT NULL
                    ) ENGINE=InnoDB CHARACTER SET utf8mb4"""), List.of("""
                    CREATE TABLE rowlock_lease (
                        lease_key   BLOB    NOT NULL PRIMARY KEY,
                        first_token INTEGER NOT NULL,
                        token       INTEGER NOT NULL,
                        run_id      BLOB,
                        owner       TEXT    NOT NULL,
                        actor       TEXT    NOT NULL,
                        call_site   TEXT    NOT NULL,
                        granted_at  INTEGER NOT NULL,
                        renewed_at  INTEGER NOT NULL,
                        expires_at  INTEGER NOT NULL,
                        lapsed      INTEGER NOT NULL,
                        forced      INTEGER NOT NULL
                    ) WITHOUT ROWID""")));
        ddl.put("rowlock_lease_floor", perEngine(List.of("""
                    CREATE TABLE rowlock_lease_floor (
                        id    smallint NOT NULL PRIMARY KEY,
                        token bigint   NOT NULL
                    )"""), List.of("""
                    CREATE TABLE rowlock_lease_floor (
                        id    SMALLINT NOT NULL PRIMARY KEY,
                        token BIGINT   NOT NULL
                    ) ENGINE=InnoDB"""), List.of("""
                    CREATE TABLE rowlock_lease_floor (
                        id    INTEGER NOT NULL PRIMARY KEY,
                        token INTEGER NOT NULL
                    )""")));
        ddl.put(
                "rowlock_lease_waiter",
                perEngine(
                        List.of("""
                    CREATE TABLE rowlock_lease_waiter (
                        waiter_id  bytea         NOT NULL PRIMARY KEY,
                        lease_key  bytea         NOT NULL,
                        process_id bytea         NOT NULL,
                        owner      varchar(200)  NOT NULL,
                        actor      varchar(100)  NOT NULL,
                        call_site  varchar(300)  NOT NULL,
                        holds      varchar(8000) NOT NULL,
                        since      bigint        NOT NULL,
                        expires_at bigint        NOT NULL
                    )""", "CREATE INDEX rowlock_lease_waiter_key ON rowlock_lease_waiter (lease_key)"),
                        List.of("""
                    CREATE TABLE rowlock_lease_waiter (
                        waiter_id  VARBINARY(16)  NOT NULL PRIMARY KEY,
                        lease_key  VARBINARY(255) NOT NULL,
                        process_id VARBINARY(16)  NOT NULL,
                        owner      VARCHAR(200)   NOT NULL,
                        actor      VARCHAR(100)   NOT NULL,
                        call_site  VARCHAR(300)   NOT NULL,
                        holds      VARCHAR(8000)  NOT NULL,
                        since      BIGINT         NOT NULL,
                        expires_at BIGINT         NOT NULL,
                        INDEX rowlock_lease_waiter_key (lease_key)
                    ) ENGINE=InnoDB CHARACTER SET utf8mb4"""),
                        List.of("""
                    CREATE TABLE rowlock_lease_waiter (
                        waiter_id  BLOB    NOT NULL PRIMARY KEY,
                        lease_key  BLOB    NOT NULL,
                        process_id BLOB    NOT NULL,
                        owner      TEXT    NOT NULL,
                        actor      TEXT    NOT NULL,
                        call_site  TEXT    NOT NULL,
                        holds      TEXT    NOT NULL,
                        since      INTEGER NOT NULL,
                        expires_at INTEGER NOT NULL
                    )""", "CREATE INDEX rowlock_lease_waiter_key ON rowlock_lease_waiter (lease_key)")));
        ddl.put("rowlock_lease_audit", perEngine(List.of("""
                    CREATE TABLE rowlock_lease_audit (
                        audit_id  bytea        NOT NULL PRIMARY KEY,
                        lease_key bytea        NOT NULL,
                        token     bigint       NOT NULL,
                        owner     varchar(200) NOT NULL,
                        forced_by varchar(200) NOT NULL,
                        reason    varchar(500) NOT NULL,
                        forced_at bigint       NOT NULL
                    )"""), List.of("""
                    CREATE TABLE rowlock_lease_audit (
                        audit_id  VARBINARY(16)  NOT NULL PRIMARY KEY,
                        lease_key VARBINARY(255) NOT NULL,
                        token     BIGINT         NOT NULL,
                        owner     VARCHAR(200)   NOT NULL,
                        forced_by VARCHAR(200)   NOT NULL,
                        reason    VARCHAR(500)   NOT NULL,
                        forced_at BIGINT         NOT NULL
                    ) ENGINE=InnoDB CHARACTER SET utf8mb4"""), List.of("""
                    CREATE TABLE rowlock_lease_audit (
                        audit_id  BLOB    NOT NULL PRIMARY KEY,
                        lease_key BLOB    NOT NULL,
                        token     INTEGER NOT NULL,
                        owner     TEXT    NOT NULL,
                        forced_by TEXT    NOT NULL,
                        reason    TEXT    NOT NULL,
                        forced_at INTEGER NOT NULL
                    )""")));
    }

    private static Map<Engine, List<String>> perEngine(
            List<String> postgres, List<String> innodb, List<String> sqlite) {
        return Map.of(Engine.POSTGRESQL, postgres, Engine.MARIADB, innodb, Engine.MYSQL, innodb, Engine.SQLITE, sqlite);
    }

    /** The statements that create the tables on an engine, in order, ready for a migration. */
    public static List<String> ddl(Engine engine) {
        return DDL.keySet().stream()
                .flatMap(table -> ddl(engine, table).stream())
                .toList();
    }

    /**
     * The statements that create one of the tables on an engine, in order, for a database that has the others.
     *
     * @throws IllegalArgumentException if there is no table of that name
     */
    public static List<String> ddl(Engine engine, String table) {
        Map<Engine, List<String>> perEngine = DDL.get(table);
        if (perEngine == null) {
            throw new IllegalArgumentException(
                    "Not a table of Rowlock's (table=" + table + ", known=" + DDL.keySet() + ")");
        }
        return Objects.requireNonNull(perEngine.get(engine));
    }

    /**
     * Creates those of the tables that are not there, in the connection's default schema. Safe to call from several
     * processes at once.
     *
     * @return the names of the tables that were created
     * @throws SQLException if the database refuses; an account without the right to create tables has them made by a
     *     migration instead
     */
    public static List<String> createMissing(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            Engine engine = Engine.of(connection);
            List<String> created = new ArrayList<>();
            for (String table : DDL.keySet()) {
                if (!exists(statement, table)) {
                    create(statement, engine, table);
                    created.add(table);
                }
            }
            return created;
        }
    }

    /**
     * A table comes with its index or not at all, where the engine allows: nobody would miss the index until the table is
     * large. InnoDB commits each such statement by itself, and has the index in the table's own.
     */
    private static void create(Statement statement, Engine engine, String table) throws SQLException {
        boolean together = !engine.isInnodb();
        try {
            if (together) {
                statement.execute(engine == Engine.SQLITE ? "BEGIN IMMEDIATE" : "BEGIN");
            }
            for (String sql : ddl(engine, table)) {
                statement.execute(sql.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
                        .replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS"));
            }
            if (together) {
                statement.execute("COMMIT");
            }
        } catch (SQLException failed) {
            if (together) {
                rollBack(statement, failed);
            }
            // PostgreSQL's IF NOT EXISTS does not see what another process is about to commit.
            if (!exists(statement, table)) {
                throw failed;
            }
        }
    }

    private static void rollBack(Statement statement, SQLException failed) {
        try {
            statement.execute("ROLLBACK");
        } catch (SQLException nothingToRollBack) {
            failed.addSuppressed(nothingToRollBack);
        }
    }

    private static boolean exists(Statement statement, String table) {
        try (ResultSet rows = statement.executeQuery("SELECT 1 FROM " + table + " WHERE 1 = 0")) {
            return !rows.next();
        } catch (SQLException missing) {
            return false;
        }
    }
}
