package io.rowlock.lab;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The rows that a run left behind, as text. Tables are looked up once. One thread at a time. */
final class FinalState {
    private static final int ROWS_MAX = 1_000;

    private @Nullable List<String> everything;

    List<String> read(Connection connection, List<String> queries) throws SQLException {
        List<String> asked = queries.isEmpty() ? everything(connection) : queries;
        List<String> state = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(ROWS_MAX);
            for (String query : asked) {
                state.add(rows(statement, query, queries.isEmpty()));
            }
        }
        return state;
    }

    private static String rows(Statement statement, String query, boolean named) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(query)) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                StringJoiner row = new StringJoiner(" ");
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.add(columns.getColumnLabel(i).toLowerCase(Locale.ROOT) + "=" + result.getString(i));
                }
                rows.add(row.toString());
            }
        }
        if (named) {
            rows.sort(null);
            return query.substring(query.lastIndexOf(' ') + 1) + rows;
        }
        return rows.toString();
    }

    private List<String> everything(Connection connection) throws SQLException {
        List<String> known = everything;
        if (known != null) {
            return known;
        }
        List<String> queries = new ArrayList<>();
        DatabaseMetaData meta = connection.getMetaData();
        List<String> tables = new ArrayList<>();
        try (ResultSet found =
                meta.getTables(connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (found.next()) {
                tables.add(found.getString("TABLE_NAME"));
            }
        }
        tables.sort(null);
        for (String table : tables) {
            List<String> columns = columns(connection, meta, table);
            if (!columns.isEmpty()) {
                queries.add("SELECT " + String.join(", ", columns) + " FROM " + table);
            }
        }
        everything = queries;
        return queries;
    }

    /** Without those that the database numbers: the numbers differ each time and mean nothing. */
    private static List<String> columns(Connection connection, DatabaseMetaData meta, String table)
            throws SQLException {
        List<String> columns = new ArrayList<>();
        try (ResultSet found = meta.getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
            while (found.next()) {
                if (!"YES".equals(found.getString("IS_AUTOINCREMENT"))) {
                    columns.add(found.getString("COLUMN_NAME"));
                }
            }
        }
        return columns;
    }
}
