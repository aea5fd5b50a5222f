package io.rowlock.watch.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The tables of a database of MariaDB or MySQL, by four questions in all. Their drivers ask four for each table, each of
 * which opens the table.
 */
final class InnodbSchema {
    private static final String TABLES = """
            SELECT TABLE_NAME FROM information_schema.TABLES
             WHERE TABLE_SCHEMA = ? AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')""";

    private static final String COLUMNS = """
            SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS
             WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION""";

    /** A part of an index that is an expression has no column. */
    private static final String UNIQUE = """
            SELECT TABLE_NAME, COLUMN_NAME, INDEX_NAME FROM information_schema.STATISTICS
             WHERE TABLE_SCHEMA = ? AND NON_UNIQUE = 0 ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX""";

    private static final String REFERENCES = """
            SELECT TABLE_NAME, COLUMN_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE
             WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_NAME IS NOT NULL
             ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION""";

    private static final String PRIMARY = "PRIMARY";

    private InnodbSchema() {}

    private static final class Found {
        final List<String> columns = new ArrayList<>();
        final Map<String, List<String>> indexes = new LinkedHashMap<>();
        final Set<String> overExpressions = new LinkedHashSet<>();
        final Map<String, List<String>> constraints = new LinkedHashMap<>();
        final Map<String, String> parents = new HashMap<>();

        TableFacts facts(String name) {
            indexes.keySet().removeAll(overExpressions);
            Map<List<String>, String> references = new LinkedHashMap<>();
            constraints.forEach((constraint, from) -> references.put(from, parents.getOrDefault(constraint, "")));
            return new TableFacts(
                    name,
                    indexes.getOrDefault(PRIMARY, List.of()),
                    new LinkedHashSet<>(indexes.values()),
                    references,
                    columns);
        }
    }

    @FunctionalInterface
    private interface EachRow {
        void row(Found table, ResultSet row) throws SQLException;
    }

    static Map<String, TableFacts> read(Connection connection, String database) throws SQLException {
        Map<String, Found> tables = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, database);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    tables.put(lower(rows.getString(1)), new Found());
                }
            }
        }
        each(connection, COLUMNS, database, tables, (table, row) -> table.columns.add(lower(row.getString(2))));
        each(connection, UNIQUE, database, tables, (table, row) -> {
            String column = row.getString(2);
            String index = row.getString(3);
            if (column == null) {
                table.overExpressions.add(index);
            } else {
                table.indexes
                        .computeIfAbsent(index, unused -> new ArrayList<>())
                        .add(lower(column));
            }
        });
        each(connection, REFERENCES, database, tables, (table, row) -> {
            String constraint = row.getString(3);
            table.constraints
                    .computeIfAbsent(constraint, unused -> new ArrayList<>())
                    .add(lower(row.getString(2)));
            table.parents.put(constraint, lower(row.getString(4)));
        });
        Map<String, TableFacts> facts = new LinkedHashMap<>();
        tables.forEach((name, found) -> facts.put(name, found.facts(name)));
        return facts;
    }

    private static void each(
            Connection connection, String question, String database, Map<String, Found> tables, EachRow each)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(question)) {
            statement.setString(1, database);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Found table = tables.get(lower(rows.getString(1)));
                    if (table != null) {
                        each.row(table, rows);
                    }
                }
            }
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
