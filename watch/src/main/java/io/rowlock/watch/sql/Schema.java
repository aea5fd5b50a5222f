package io.rowlock.watch.sql;

import io.rowlock.dialect.Engine;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the tables of a database. Immutable, safe for use by many threads.
 *
 * @param name the schema, or MariaDB's database, that a table without one is in; in lower case, empty if there is none
 * @param tables by name, in lower case
 */
public record Schema(String name, Map<String, TableFacts> tables) {

    private static final Schema UNKNOWN = new Schema("", Map.of());

    public Schema {
        tables = Map.copyOf(tables);
    }

    /** Nothing is known: no statement pins a key then. */
    public static Schema unknown() {
        return UNKNOWN;
    }

    /** What is known of a table. */
    public Optional<TableFacts> table(String table) {
        return Optional.ofNullable(tables.get(table));
    }

    /**
     * Reads the tables of the schema that the connection is in. Takes a few round trips, on PostgreSQL and SQLite for each table; changes
     * nothing.
     *
     * @throws IllegalArgumentException if the engine is none that Rowlock knows
     * @throws SQLException if the database cannot be asked
     */
    public static Schema read(Connection connection) throws SQLException {
        Engine engine = Engine.of(connection);
        DatabaseMetaData meta = connection.getMetaData();
        String catalog = connection.getCatalog();
        if ((engine == Engine.MARIADB || engine == Engine.MYSQL) && catalog != null) {
            return new Schema(lower(catalog), InnodbSchema.read(connection, catalog));
        }
        String schema = engine == Engine.POSTGRESQL ? connection.getSchema() : null;
        Map<String, TableFacts> tables = new LinkedHashMap<>();
        for (String table : tables(meta, catalog, schema)) {
            TableFacts facts = facts(meta, catalog, schema, table);
            tables.put(facts.name(), facts);
        }
        String name = engine == Engine.SQLITE ? "main" : engine == Engine.POSTGRESQL ? schema : catalog;
        return new Schema(name == null ? "" : lower(name), tables);
    }

    private static List<String> tables(DatabaseMetaData meta, @Nullable String catalog, @Nullable String schema)
            throws SQLException {
        List<String> tables = new ArrayList<>();
        try (ResultSet rows =
                meta.getTables(catalog, schema, "%", new String[] {"TABLE", "PARTITIONED TABLE", "BASE TABLE"})) {
            while (rows.next()) {
                tables.add(rows.getString("TABLE_NAME"));
            }
        }
        return tables;
    }

    private static TableFacts facts(
            DatabaseMetaData meta, @Nullable String catalog, @Nullable String schema, String table)
            throws SQLException {
        List<String> primaryKey = new ArrayList<>();
        TreeMap<Integer, String> ordered = new TreeMap<>();
        try (ResultSet rows = meta.getPrimaryKeys(catalog, schema, table)) {
            while (rows.next()) {
                ordered.put(rows.getInt("KEY_SEQ"), lower(rows.getString("COLUMN_NAME")));
            }
        }
        primaryKey.addAll(ordered.values());
        List<String> columns = new ArrayList<>();
        try (ResultSet rows = meta.getColumns(catalog, schema, escaped(meta, table), "%")) {
            while (rows.next()) {
                columns.add(lower(rows.getString("COLUMN_NAME")));
            }
        }
        Set<List<String>> unique = uniqueKeys(meta, catalog, schema, table);
        if (!primaryKey.isEmpty()) {
            unique.add(List.copyOf(primaryKey));
        }
        return new TableFacts(lower(table), primaryKey, unique, references(meta, catalog, schema, table), columns);
    }

    /** A name that is a pattern to the driver, taken as it is. */
    private static String escaped(DatabaseMetaData meta, String name) throws SQLException {
        String escape = meta.getSearchStringEscape();
        return escape == null || escape.isEmpty()
                ? name
                : name.replace("_", escape + "_").replace("%", escape + "%");
    }

    /** An index over expressions, or over some rows only, is none that keeps a second row out. */
    private static Set<List<String>> uniqueKeys(
            DatabaseMetaData meta, @Nullable String catalog, @Nullable String schema, String table)
            throws SQLException {
        Map<String, TreeMap<Integer, String>> indexes = new LinkedHashMap<>();
        Set<String> partial = partialIndexes(meta);
        try (ResultSet rows = meta.getIndexInfo(catalog, schema, table, true, true)) {
            while (rows.next()) {
                String index = rows.getString("INDEX_NAME");
                String column = rows.getString("COLUMN_NAME");
                if (index == null || rows.getShort("TYPE") == DatabaseMetaData.tableIndexStatistic) {
                    continue;
                }
                if (rows.getString("FILTER_CONDITION") != null || column == null || !column.matches("[\\w\"`$]+")) {
                    partial.add(index);
                } else if (!rows.getBoolean("NON_UNIQUE")) {
                    indexes.computeIfAbsent(index, i -> new TreeMap<>())
                            .put(rows.getInt("ORDINAL_POSITION"), Names.plain(column));
                }
            }
        }
        Set<List<String>> keys = new LinkedHashSet<>();
        indexes.forEach((index, columns) -> {
            if (!partial.contains(index)) {
                keys.add(List.copyOf(columns.values()));
            }
        });
        return keys;
    }

    /** SQLite's driver does not tell of them. */
    private static Set<String> partialIndexes(DatabaseMetaData meta) throws SQLException {
        Set<String> partial = new LinkedHashSet<>();
        if (Engine.of(meta.getConnection()) == Engine.SQLITE) {
            try (Statement statement = meta.getConnection().createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT name FROM sqlite_master WHERE type = 'index' AND upper(sql) LIKE '%WHERE%'")) {
                while (rows.next()) {
                    partial.add(rows.getString(1));
                }
            }
        }
        return partial;
    }

    private static Map<List<String>, String> references(
            DatabaseMetaData meta, @Nullable String catalog, @Nullable String schema, String table)
            throws SQLException {
        Map<List<String>, String> references = new LinkedHashMap<>();
        List<String> columns = new ArrayList<>();
        String parent = null;
        try (ResultSet rows = meta.getImportedKeys(catalog, schema, table)) {
            while (rows.next()) {
                if (rows.getInt("KEY_SEQ") <= 1 && parent != null) {
                    references.put(List.copyOf(columns), parent);
                    columns.clear();
                }
                parent = lower(rows.getString("PKTABLE_NAME"));
                columns.add(lower(rows.getString("FKCOLUMN_NAME")));
            }
        }
        if (parent != null) {
            references.put(List.copyOf(columns), parent);
        }
        return references;
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
