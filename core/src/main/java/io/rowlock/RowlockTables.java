package io.rowlock;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * Rowlock's own tables: {@code rowlock_guard} for {@link Tx#guard} and {@code rowlock_tombstone} for
 * {@link Table.Builder#tombstones}. A unit that uses neither needs neither.
 *
 * <p>Put {@link #ddl} into your migrations, or call {@link #createMissing} at the start.
 */
public final class RowlockTables {
    private static final List<String> NAMES = List.of("rowlock_guard", "rowlock_tombstone");

    private RowlockTables() {}

    /** The statements that create the tables on an engine, one each, ready for a migration. */
    public static List<String> ddl(Engine engine) {
        return switch (engine) {
            case POSTGRESQL -> List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key bytea  NOT NULL PRIMARY KEY,
                        version   bigint NOT NULL
                    )""", """
                    CREATE TABLE rowlock_tombstone (
                        row_key bytea  NOT NULL PRIMARY KEY,
                        version bigint NOT NULL
                    )""");
            case MARIADB, MYSQL -> List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key VARBINARY(255) NOT NULL PRIMARY KEY,
                        version   BIGINT         NOT NULL
                    ) ENGINE=InnoDB""", """
                    CREATE TABLE rowlock_tombstone (
                        row_key VARBINARY(255) NOT NULL PRIMARY KEY,
                        version BIGINT         NOT NULL
                    ) ENGINE=InnoDB""");
            case SQLITE -> List.of("""
                    CREATE TABLE rowlock_guard (
                        guard_key BLOB    NOT NULL PRIMARY KEY,
                        version   INTEGER NOT NULL
                    ) WITHOUT ROWID""", """
                    CREATE TABLE rowlock_tombstone (
                        row_key BLOB    NOT NULL PRIMARY KEY,
                        version INTEGER NOT NULL
                    ) WITHOUT ROWID""");
        };
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
            List<String> created = new java.util.ArrayList<>();
            for (int i = 0; i < NAMES.size(); i++) {
                if (!exists(statement, NAMES.get(i))) {
                    statement.execute(ddl(engine).get(i).replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
                    created.add(NAMES.get(i));
                }
            }
            return created;
        }
    }

    private static boolean exists(Statement statement, String table) {
        try (ResultSet rows =
                statement.executeQuery("SELECT 1 FROM " + table.toLowerCase(Locale.ROOT) + " WHERE 1 = 0")) {
            return !rows.next();
        } catch (SQLException missing) {
            return false;
        }
    }
}
