package io.rowlock.lab;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which of many tables have rows. A run fills few of a schema's, and to ask about all of them at once costs less than a statement
 * for each.
 */
final class FilledTables {
    /** Below every engine's limit of columns in an answer. */
    private static final int ASKED_AT_ONCE = 500;

    private FilledTables() {}

    /** Those of these that have rows. Quoted names. */
    static Set<String> among(List<String> tables, Connection connection) throws SQLException {
        Set<String> filled = new LinkedHashSet<>();
        for (int from = 0; from < tables.size(); from += ASKED_AT_ONCE) {
            List<String> asked = tables.subList(from, Math.min(tables.size(), from + ASKED_AT_ONCE));
            String question = asked.stream()
                    .map(table -> "EXISTS (SELECT 1 FROM " + table + ")")
                    .collect(Collectors.joining(", ", "SELECT ", ""));
            try (Statement statement = connection.createStatement();
                    ResultSet answer = statement.executeQuery(question)) {
                answer.next();
                for (int i = 0; i < asked.size(); i++) {
                    if (answer.getBoolean(i + 1)) {
                        filled.add(asked.get(i));
                    }
                }
            }
        }
        return filled;
    }
}
