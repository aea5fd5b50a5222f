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
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows that a run left behind, as text. Tables are looked up once. One thread at a time. */
final class FinalState {
    private static final int ROWS_MAX = 1_000;

    /** What tools for migrations remember is no state of the program. */
    private static final Set<String> OF_MIGRATIONS =
            Set.of("flyway_schema_history", "databasechangelog", "databasechangeloglock");

    private @Nullable List<Question> everything;

    /**
     * What is asked.
     *
     * @param table the whole of which is asked for, in any order; or empty for a query of the user's
     * @param quoted the table as it is written in statements
     */
    private record Question(String table, String quoted, String sql) {
        boolean isOfAll() {
            return !table.isEmpty();
        }
    }

    List<String> read(Connection connection, List<String> queries) throws SQLException {
        List<Question> asked = queries.isEmpty()
                ? everything(connection)
                : queries.stream().map(query -> new Question("", "", query)).toList();
        Set<String> filled = FilledTables.among(
                asked.stream().filter(Question::isOfAll).map(Question::quoted).toList(), connection);
        List<String> state = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(ROWS_MAX);
            for (Question question : asked) {
                state.add(
                        question.isOfAll() && !filled.contains(question.quoted())
                                ? question.table() + "[]"
                                : rows(statement, question));
            }
        }
        return state;
    }

    private static String rows(Statement statement, Question question) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(question.sql())) {
            ResultSetMetaData columns = result.getMetaData();
            while (result.next()) {
                StringJoiner row = new StringJoiner(" ");
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    row.add(columns.getColumnLabel(i).toLowerCase(Locale.ROOT) + "=" + result.getString(i));
                }
                rows.add(row.toString());
            }
        }
        if (question.isOfAll()) {
            rows.sort(null);
        }
        return question.table() + rows;
    }

    private List<Question> everything(Connection connection) throws SQLException {
        List<Question> known = everything;
        if (known != null) {
            return known;
        }
        List<Question> questions = new ArrayList<>();
        DatabaseMetaData meta = connection.getMetaData();
        String quote = meta.getIdentifierQuoteString();
        List<String> tables = new ArrayList<>();
        try (ResultSet found =
                meta.getTables(connection.getCatalog(), connection.getSchema(), "%", new String[] {"TABLE"})) {
            while (found.next()) {
                String table = found.getString("TABLE_NAME");
                if (!OF_MIGRATIONS.contains(table.toLowerCase(Locale.ROOT))) {
                    tables.add(table);
                }
            }
        }
        tables.sort(null);
        for (String table : tables) {
            List<String> columns = columns(connection, meta, table);
            if (!columns.isEmpty()) {
                String all =
                        columns.stream().map(column -> quote + column + quote).collect(Collectors.joining(", "));
                String quoted = quote + table + quote;
                questions.add(new Question(table, quoted, "SELECT " + all + " FROM " + quoted));
            }
        }
        everything = questions;
        return questions;
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
